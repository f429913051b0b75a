"""IDEAL picks what reaches most, in worlds drawn beforehand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

import votek
from votek.datatypes import SimilarityGraph
from votek.selection.ideal import WORLDS, K, live_edges


def reach(graph: SimilarityGraph, live: np.ndarray, world: int, start: Iterable[int]) -> set[int]:
    """All that `start` reaches in one world."""
    found, waiting = set(start), list(start)
    while waiting:
        node = waiting.pop()
        for j, other in enumerate(graph.neighbors[node].tolist()):
            if int(live[node, j]) >> world & 1 and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def oracle(graph: SimilarityGraph, budget: int, *, seed: int, labeled: list[int], exclude: list[int]):
    """Plain greedy search: all spreads worked out again for every candidate and pick."""
    n = len(graph)
    linked = graph.truncate(min(K, graph.k))
    live = live_edges(linked, np.random.default_rng(seed))
    degree = np.bincount(linked.neighbors.ravel(), minlength=n)
    chosen, picks, gains = list(labeled), [], []
    for _ in range(budget):
        before = sum(len(reach(linked, live, world, chosen)) for world in range(WORLDS))
        added = {
            u: sum(len(reach(linked, live, world, [*chosen, u])) for world in range(WORLDS)) - before
            for u in range(n)
            if u not in chosen and u not in exclude
        }
        best = min(added, key=lambda u: (-added[u], -degree[u], u))
        chosen.append(best)
        picks.append(best)
        gains.append(added[best] / WORLDS)
    return picks, gains


def test_equals_the_oracle_on_random_graphs(random_graph) -> None:
    rng = np.random.default_rng(0)
    for case in range(60):
        n = int(rng.integers(2, 15))
        graph = random_graph(rng, n, int(rng.integers(1, min(n, 13))))
        rows = rng.permutation(n)
        labeled = rows[: rng.integers(0, n // 3 + 1)].tolist()
        exclude = rows[len(labeled) :][: rng.integers(0, n // 4 + 1)].tolist()
        room = n - len(labeled) - len(exclude)
        options = {
            "seed": int(rng.integers(100)),
            "labeled": labeled,
            "exclude": exclude,
        }
        budget = room if case % 3 == 0 else int(rng.integers(1, min(room, 5) + 1))
        k = int(rng.integers(1, graph.k + 1))
        found = votek.select(graph, budget=budget, k=k, method="ideal", **options)
        picks, gains = oracle(graph, budget, **options)
        assert found.indices.tolist() == picks, case
        assert found.gains.tolist() == gains, case


def test_live_edges_have_their_probability() -> None:
    similarities = np.tile(np.array([[0.6, 0.3, 0.1, -0.5]], dtype=np.float32), (3000, 1))
    graph = SimilarityGraph(np.tile(np.arange(4, dtype=np.int32), (3000, 1)), similarities)
    live = live_edges(graph, np.random.default_rng(1))
    share = [np.bitwise_count(live[:, j]).sum() / (3000 * WORLDS) for j in range(4)]
    np.testing.assert_allclose(share, [0.6, 0.3, 0.1, 0.0], atol=0.005)


def test_worlds_are_independent_of_each_other() -> None:
    graph = SimilarityGraph(np.ones((4000, 2), dtype=np.int32), np.ones((4000, 2), dtype=np.float32))
    live = live_edges(graph, np.random.default_rng(2))[:, 0]
    both = [(live >> np.uint64(a)) & (live >> np.uint64(b)) & np.uint64(1) for a, b in ((0, 1), (3, 60), (31, 32))]
    np.testing.assert_allclose([part.mean() for part in both], 0.25, atol=0.03)


def test_a_chain_is_entered_where_it_begins() -> None:
    # Each row passes on to the next for sure, the last to itself's predecessor: row 0 reaches all.
    neighbors = np.array([[1], [2], [3], [4], [3]], dtype=np.int32)
    graph = SimilarityGraph(neighbors, np.ones((5, 1), dtype=np.float32))
    selection = votek.select(graph, budget=2, method="ideal", k=1)
    assert selection.indices.tolist()[0] == 0
    assert selection.gains.tolist() == [5.0, 0.0]


def test_gains_never_grow_and_count_the_pick_itself() -> None:
    vectors = np.random.default_rng(3).normal(size=(200, 6))
    gains = votek.select(vectors, budget=200, method="ideal").gains
    assert (np.diff(gains) <= 0).all()
    assert gains.sum() == 200  # by the end everything is reached, in every world


@pytest.mark.parametrize("seed", [0, 1])
def test_the_seed_alone_decides(seed: int) -> None:
    vectors = np.random.default_rng(4).normal(size=(120, 5))
    runs = [votek.select(vectors, budget=15, method="ideal", seed=seed).indices.tolist() for _ in range(2)]
    assert runs[0] == runs[1] != votek.select(vectors, budget=15, method="ideal", seed=seed + 2).indices.tolist()


def test_ten_neighbours_count_whatever_k_is() -> None:
    vectors = np.random.default_rng(5).normal(size=(120, 5))
    picks = [votek.select(vectors, budget=15, method="ideal", k=k).indices.tolist() for k in (3, 10, 60)]
    assert picks[0] == picks[1] == picks[2]


def test_texts_without_any_likeness_reach_themselves() -> None:
    vectors = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1], [0, 0]])
    graph = votek.build_graph(vectors, k=4)
    selection = votek.select(graph, budget=5, method="ideal", k=4)
    assert selection.gains.tolist() == [1.0] * 5
