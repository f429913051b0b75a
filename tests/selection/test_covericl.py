"""CoverICL covers the hard half, then all over again, then the rest."""

from __future__ import annotations

import numpy as np
import pytest

import votek
from votek.datatypes import SimilarityGraph
from votek.selection.covericl import K


def oracle(
    graph: SimilarityGraph, budget: int, *, confidence: np.ndarray, labeled: list[int], exclude: list[int]
) -> tuple[list[int], list[float], int]:
    """Plain sets, each counted again for every pick; the third: how often covering started anew."""
    n = len(graph)
    nearest = [set(row[: min(K, graph.k)].tolist()) for row in graph.neighbors]
    degree = np.bincount(graph.neighbors[:, :K].ravel(), minlength=n)
    free = [u for u in range(n) if u not in labeled and u not in exclude]
    hard = set(sorted(free, key=lambda u: (confidence[u], u))[: -(-len(free) // 2)])
    covered_by = list(labeled)
    picks, gains, anew = [], [], 0

    def newly(u: int) -> int:
        return sum(
            not nearest[v] & set(covered_by) and v not in covered_by for v in to_cover if v == u or u in nearest[v]
        )

    to_cover = set(hard)
    for _ in range(budget):
        candidates = [u for u in free if u in hard]
        if not candidates:
            hard, to_cover, covered_by = set(free), set(free), []
            candidates, anew = list(free), anew + 1
        elif not any(newly(u) for u in candidates):
            to_cover, covered_by = set(candidates), []
            anew += 1
        counts = {u: newly(u) for u in candidates}
        best = min(candidates, key=lambda u: (-counts[u], -degree[u], u))
        picks.append(best)
        gains.append(float(counts[best]))
        covered_by.append(best)
        free.remove(best)
    return picks, gains, anew


def test_equals_the_oracle_on_random_graphs(random_graph) -> None:
    rng = np.random.default_rng(0)
    anew = 0
    for case in range(80):
        n = int(rng.integers(3, 40))
        graph = random_graph(rng, n, int(rng.integers(1, n)))
        rows = rng.permutation(n)
        labeled = rows[: rng.integers(0, n // 3 + 1)].tolist()
        exclude = rows[len(labeled) :][: rng.integers(0, n // 4 + 1)].tolist()
        room = n - len(labeled) - len(exclude)
        budget = room if case % 3 == 0 else int(rng.integers(1, room + 1))
        confidence = rng.integers(0, 5, size=n).astype(float)
        confidence[rows[-2:]] = [6, 7]
        k, options = int(rng.integers(1, graph.k + 1)), {"labeled": labeled, "exclude": exclude}
        found = votek.select(graph, budget=budget, method="covericl", k=k, confidence=confidence, **options)
        picks, gains, times = oracle(graph, budget, confidence=confidence, **options)
        assert found.indices.tolist() == picks, case
        assert found.gains.tolist() == gains, case
        anew += times
    assert anew > 60


def test_only_hard_texts_are_picked_while_there_are_any() -> None:
    vectors = np.random.default_rng(1).normal(size=(41, 4))
    confidence = np.random.default_rng(2).random(41)
    hard = set(np.argsort(confidence)[:21].tolist())
    picks = votek.select(vectors, budget=41, method="covericl", confidence=confidence).indices.tolist()
    assert set(picks[:21]) == hard
    assert sorted(picks) == list(range(41))


def test_a_labelled_text_covers_those_near_it() -> None:
    # Rows 0..3 vote for 4, rows 5..7 for 8: the first region is larger, unless row 4 is labelled.
    neighbors = np.array([[4], [4], [4], [4], [0], [8], [8], [8], [5], [0]], dtype=np.int32)
    graph = SimilarityGraph(neighbors, np.ones((10, 1), dtype=np.float32))
    confidence = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1.0])
    options = {"k": 1, "method": "covericl", "groups": list("aaaaaaaaab")}
    assert votek.select(graph, budget=1, confidence=confidence[::1], **options).indices.tolist() == [4]
    wide = {**options, "exclude": [9]}
    confidence[[0, 1, 2, 3]] = 0.5
    assert votek.select(graph, budget=1, labeled=[4], confidence=confidence, **wide).indices.tolist() == [8]


def test_fifteen_neighbours_count_whatever_k_is() -> None:
    vectors = np.random.default_rng(5).normal(size=(120, 5))
    confidence = np.random.default_rng(6).random(120)
    options = {"budget": 8, "method": "covericl", "confidence": confidence}
    picks = [votek.select(vectors, k=k, **options).indices.tolist() for k in (3, 15, 60)]
    assert picks[0] == picks[1] == picks[2]


@pytest.mark.parametrize("budget", [10, 25])
def test_floors_may_reach_beyond_the_hard_half(budget: int) -> None:
    vectors = np.random.default_rng(7).normal(size=(30, 4))
    confidence = np.arange(30.0)
    groups = ["easy" if row >= 20 else "hard" for row in range(30)]
    options = {"confidence": confidence, "groups": groups, "floor": 4, "method": "covericl"}
    picks = votek.select(vectors, budget=budget, **options).indices.tolist()
    assert len(set(picks)) == budget
    assert sum(row >= 20 for row in picks) >= 4
