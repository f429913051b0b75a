"""Weighted coverage equals a plain greedy written from the formula with exact whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

import votek
from votek.datatypes import SimilarityGraph
from votek.selection import weighted_coverage
from votek.selection.weighted_coverage import UNIT, baseline


def worths(graph: SimilarityGraph, k: int) -> np.ndarray:
    """int (n, n): what node j is worth to node i, as a whole number of 1/UNIT."""
    n = len(graph)
    worth = np.zeros((n, n), dtype=object)
    for i in range(n):
        similarities = graph.similarities[i].astype(np.float32)
        fall = similarities[(k + 1) // 2 - 1] - similarities[k - 1]
        base = float(min(max(similarities[k - 1] - fall, np.float32(0)), np.float32(1)))
        worth[i, i] = round((1.0 - base) * UNIT)
        for j, cosine in zip(graph.neighbors[i, :k].tolist(), similarities[:k].tolist(), strict=True):
            worth[i, j] = round(max(cosine - base, 0.0) * UNIT)
    return worth


def greedy(
    graph: SimilarityGraph,
    budget: int,
    k: int,
    labeled: Sequence[int] = (),
    exclude: Sequence[int] = (),
    groups: Sequence[int] | None = None,
    floor: int = 0,
) -> tuple[list[int], list[int]]:
    """Every gain worked out again for every pick; stops when nothing is gained."""
    worth, n = worths(graph, k), len(graph)
    degree = [sum(j in graph.neighbors[i, :k] for i in range(n)) for j in range(n)]
    names = list(groups) if groups is not None else [0] * n
    taken, picks, gains = list(labeled), [], []

    def owed() -> dict[int, int]:
        least = {g: min(sum(names[u] == g and u not in exclude for u in range(n)), floor) for g in set(names)}
        return {g: max(least[g] - sum(names[u] == g for u in taken), 0) for g in least}

    for place in range(budget):
        best = [max((worth[i, j] for j in taken), default=0) for i in range(n)]
        due = owed()
        open_now = [u for u in range(n) if u not in taken and u not in exclude]
        if sum(due.values()) == budget - place:
            open_now = [u for u in open_now if due[names[u]]]
        gain = {u: sum(max(worth[i, u] - best[i], 0) for i in range(n)) for u in open_now}
        node = min(open_now, key=lambda u: (-gain[u], -degree[u], u))
        if gain[node] == 0:
            break
        taken.append(node)
        picks.append(node)
        gains.append(gain[node])
    return picks, gains


@pytest.mark.parametrize("seed", range(50))
def test_picks_and_gains_equal_the_plain_greedy(seed: int, random_graph: Callable[..., SimilarityGraph]) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 40))
    graph = random_graph(rng, n, int(rng.integers(1, n)))
    k = int(rng.integers(1, graph.k + 1))
    rows = rng.permutation(n).tolist()
    labeled, exclude = rows[: n // 6], rows[n // 6 : n // 4]
    budget = int(rng.integers(1, n - n // 4 + 1))
    groups = rng.integers(0, 3, size=n).tolist() if seed % 3 == 0 else None
    floor = min(budget // 3, 2) if groups else 0
    given = {"labeled": labeled, "exclude": exclude, "groups": groups, "floor": floor}
    found = votek.select(graph, budget=budget, method="weighted-coverage", k=k, **given)
    picks, gains = greedy(graph, budget, k, **given)
    assert found.indices[: len(picks)].tolist() == picks
    assert (found.gains[: len(picks)] * UNIT).tolist() == gains
    assert (found.gains[len(picks) :] == 0).all()
    assert len(set(found.indices.tolist()) - set(labeled) - set(exclude)) == budget


def test_the_baseline_goes_on_falling_as_it_fell() -> None:
    graph = SimilarityGraph(
        np.array([[1, 2, 3, 4]], dtype=np.int32), np.array([[0.9, 0.8, 0.7, 0.5]], dtype=np.float32)
    )
    assert baseline(graph, 4)[0] == pytest.approx(0.5 - (0.8 - 0.5))
    assert baseline(graph, 3)[0] == pytest.approx(0.7 - (0.8 - 0.7))
    assert baseline(graph, 1)[0] == pytest.approx(0.9)


def test_a_pick_whose_voters_were_not_listed_at_first_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(3).normal(size=(400, 6))
    whole = votek.select(vectors, budget=60, method="weighted-coverage")
    few = weighted_coverage.Votes.voters
    asked = []

    def voters(self: weighted_coverage.Votes, rows: np.ndarray) -> object:
        asked.append(len(rows))
        return few(self, rows)

    monkeypatch.setattr(weighted_coverage.Votes, "voters", voters)
    monkeypatch.setattr(weighted_coverage, "at_first", lambda order, budget: 5)
    again = votek.select(vectors, budget=60, method="weighted-coverage")
    assert asked == [5 * 4**i for i in range(len(asked) - 1)] + [min(400, 5 * 4 ** (len(asked) - 1))]
    assert len(asked) > 2
    assert again.indices.tolist() == whole.indices.tolist()
    assert again.gains.tolist() == whole.gains.tolist()


def test_a_raised_budget_goes_on_where_the_earlier_one_stopped() -> None:
    vectors = np.random.default_rng(5).normal(size=(300, 10))
    whole = votek.select(vectors, budget=40, method="weighted-coverage", k=12)
    first = votek.select(vectors, budget=15, method="weighted-coverage", k=12)
    rest = votek.select(vectors, budget=25, method="weighted-coverage", k=12, labeled=first.indices)
    assert [*first.indices, *rest.indices] == whole.indices.tolist()
    assert [*first.gains, *rest.gains] == whole.gains.tolist()


def test_it_is_what_auto_means_and_needs_no_more_than_a_graph() -> None:
    vectors = np.random.default_rng(8).normal(size=(200, 8))
    graph = votek.build_graph(vectors, k=60)
    by_name = votek.select(graph, budget=20, method="weighted-coverage")
    assert votek.select(graph, budget=20).indices.tolist() == by_name.indices.tolist()
    assert votek.select(vectors, budget=20).indices.tolist() == by_name.indices.tolist()
