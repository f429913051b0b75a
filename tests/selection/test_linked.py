"""A graph beside its vectors gives what the vectors alone give: the app's way and the function's way agree."""

import numpy as np
import pytest

from votek.graph import build_graph, unit_vectors
from votek.selection import select, select_linked


@pytest.mark.parametrize(("n", "k", "budget"), [(60, 3, 45), (200, 10, 12), (150, 20, 150)])
def test_picks_equal_those_from_vectors(n: int, k: int, budget: int) -> None:
    vectors = np.random.default_rng(n).normal(size=(n, 8)).astype(np.float32)
    graph = build_graph(vectors, k=40)
    ours = select_linked(graph, vectors, budget=budget, k=k)
    theirs = select(vectors, budget=budget, k=k)
    assert ours.indices.tolist() == theirs.indices.tolist()
    assert ours.gains.tolist() == theirs.gains.tolist()


@pytest.mark.parametrize("linked", [True, False], ids=["graph and vectors", "vectors"])
def test_nearest_earlier_pick_is_the_most_similar_one_linked_or_not(linked: bool) -> None:
    vectors = np.random.default_rng(5).normal(size=(120, 6)).astype(np.float32)
    made = (
        select_linked(build_graph(vectors, k=30), vectors, budget=10, k=2, labeled=[3, 70])
        if linked
        else select(vectors, budget=10, k=2, labeled=[3, 70])
    )
    unit = unit_vectors(vectors, centre=True)
    for rank in range(10):
        earlier = [3, 70, *made.indices[:rank].tolist()]
        cosines = [float(unit[row] @ unit[made.indices[rank]]) for row in earlier]
        told = made.explain(rank)
        assert told.nearest_earlier == earlier[int(np.argmax(cosines))]
        assert told.similarity == pytest.approx(max(cosines), abs=1e-6)


def test_the_first_pick_has_no_earlier_one() -> None:
    vectors = np.random.default_rng(5).normal(size=(50, 6)).astype(np.float32)
    assert select(vectors, budget=3, k=5).explain(0).nearest_earlier is None
