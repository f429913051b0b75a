"""The reasons for each pick equal what the graph says, in whatever row numbers they are told."""

from __future__ import annotations

import numpy as np
import pytest

import votek
from votek.datatypes import SimilarityGraph
from votek.selection import remap


@pytest.fixture(scope="module")
def graph() -> SimilarityGraph:
    return votek.build_graph(np.random.default_rng(8).normal(size=(80, 5)), k=9)


@pytest.mark.parametrize("method", ["fast-vote-k", "random"])
@pytest.mark.parametrize("turned", [False, True], ids=["by scanning", "by the turned graph"])
def test_explanations_equal_a_slow_count(graph: SimilarityGraph, method: str, turned: bool) -> None:
    graph = SimilarityGraph(graph.neighbors, graph.similarities)
    if turned:
        assert graph.incoming
    k, labeled = (9 if turned else 6), [3, 50]
    selection = votek.select(graph, budget=30, k=k, labeled=labeled, method=method)
    votes_for = [set(row[:k].tolist()) for row in graph.neighbors]
    earlier = list(labeled)
    covered = {v for v in range(80) if v in earlier or votes_for[v] & set(earlier)}
    for rank, pick in enumerate(selection.indices.tolist()):
        told = selection.explain(rank)
        voters = [v for v in range(80) if pick in votes_for[v]]
        assert (told.rank, told.index, told.gain) == (rank, pick, selection.gains[rank])
        assert list(told.voters) == voters
        assert set(told.newly_covered) == {pick, *voters} - covered
        covered |= {pick, *voters}
        assert selection.coverage[rank] == len(covered) / 80
        cosines = {}
        for u, v in [(pick, other) for other in earlier] + [(other, pick) for other in earlier]:
            if v in votes_for[u]:
                other = v if u == pick else u
                cosines[other] = float(graph.similarities[u, graph.neighbors[u].tolist().index(v)])
        expected = min(cosines, key=lambda other: (-cosines[other], other)) if cosines else None
        assert told.nearest_earlier == expected
        if expected is not None:
            assert told.similarity == pytest.approx(cosines[expected], abs=1e-6)
        earlier.append(pick)


def test_explanations_count_from_the_end_and_stop_there(graph: SimilarityGraph) -> None:
    selection = votek.select(graph, budget=5, k=9)
    assert selection.explain(-1) == selection.explain(4)
    with pytest.raises(IndexError):
        selection.explain(5)


def test_remapping_renumbers_every_row(graph: SimilarityGraph) -> None:
    selection = votek.select(graph, budget=10, k=9)
    rows = np.random.default_rng(0).permutation(1000)[:80]
    told = remap(selection, rows)
    assert told.indices.tolist() == rows[selection.indices].tolist()
    assert told.coverage.tolist() == selection.coverage.tolist()
    assert told.digest == selection.digest
    for i in range(10):
        before, after = selection.explain(i), told.explain(i)
        assert after.index == rows[before.index]
        assert after.voters == tuple(rows[list(before.voters)])
        assert after.newly_covered == tuple(rows[list(before.newly_covered)])
        assert (after.nearest_earlier is None) == (before.nearest_earlier is None)
        if before.nearest_earlier is not None:
            assert after.nearest_earlier == rows[before.nearest_earlier]


def test_copies_are_explained_in_original_rows() -> None:
    texts = np.random.default_rng(9).normal(size=(30, 4))
    vectors = np.repeat(texts, 2, axis=0)
    selection = votek.select(vectors, budget=8, k=5)
    assert (selection.indices % 2 == 0).all()
    for i in range(8):
        assert all(row % 2 == 0 for row in selection.explain(i).voters)
    assert selection.coverage[-1] <= 1


def test_the_digest_tells_runs_apart(graph: SimilarityGraph) -> None:
    base = votek.select(graph, budget=5, k=9).digest
    assert len(base) == 64
    assert votek.select(graph, budget=5, k=9).digest == base
    others = [
        votek.select(graph, budget=6, k=9),
        votek.select(graph, budget=5, k=8),
        votek.select(graph, budget=5, k=9, rho=3),
        votek.select(graph, budget=5, k=9, seed=1),
        votek.select(graph, budget=5, k=9, labeled=[1]),
        votek.select(graph, budget=5, k=9, labeled=[2]),
        votek.select(graph, budget=5, k=9, exclude=[1]),
        votek.select(graph, budget=5, k=9, method="random"),
        votek.select(SimilarityGraph(graph.neighbors, graph.similarities * np.float32(0.5)), budget=5, k=9),
    ]
    assert len({base, *(selection.digest for selection in others)}) == len(others) + 1


def test_the_digest_does_not_depend_on_unused_neighbours(graph: SimilarityGraph) -> None:
    assert votek.select(graph, budget=5, k=4).digest == votek.select(graph.truncate(4), budget=5, k=4).digest


def test_results_are_read_only(graph: SimilarityGraph) -> None:
    selection = votek.select(graph, budget=5, k=9)
    for array in (selection.indices, selection.gains, selection.coverage):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
