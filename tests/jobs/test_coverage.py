"""The curve of random picks, against a plain count."""

import numpy as np
import pytest

from votek.datatypes import SimilarityGraph
from votek.graph import build_graph
from votek.jobs.coverage import random_curve


@pytest.fixture(scope="module")
def graph():
    return build_graph(np.random.default_rng(1).normal(size=(60, 6)).astype(np.float32), k=12)


def plain(graph, k, warm, drawn):
    """Share of covered nodes after each drawn one, by the definition."""
    curve = []
    for size in range(1, len(drawn) + 1):
        picked = set(warm) | set(drawn[:size])
        covered = [n in picked or bool(picked & set(graph.neighbors[n, :k].tolist())) for n in range(len(graph))]
        curve.append(sum(covered) / len(graph))
    return np.array(curve)


@pytest.mark.parametrize(("k", "warm"), [(3, []), (12, []), (5, [2, 7, 40])])
def test_one_draw_is_counted_as_defined(graph, k, warm):
    drawn = np.random.default_rng(4).permutation(np.setdiff1d(np.arange(60), warm))[:20]
    found = random_curve(graph, k, warm=warm, picks=20, seed=4, draws=1)
    assert np.allclose(found, plain(graph, k, warm, drawn.tolist()))


def test_twenty_draws_are_their_mean_and_repeat(graph):
    rng = np.random.default_rng(9)
    expected = np.mean([plain(graph, 4, [], rng.permutation(60)[:5].tolist()) for _ in range(20)], axis=0)
    assert np.allclose(random_curve(graph, 4, warm=[], picks=5, seed=9), expected)
    assert np.array_equal(
        random_curve(graph, 4, warm=[], picks=5, seed=9), random_curve(graph, 4, warm=[], picks=5, seed=9)
    )


def test_picking_all_covers_all(graph):
    assert random_curve(graph, 4, warm=[1, 2], picks=58, seed=0)[-1] == 1.0


def test_a_graph_without_edges_covers_what_is_picked():
    bare = SimilarityGraph(np.empty((4, 0), dtype=np.int32), np.empty((4, 0), dtype=np.float32))
    assert random_curve(bare, 0, warm=[], picks=4, seed=0).tolist() == [0.25, 0.5, 0.75, 1.0]
