"""A graph beside its vectors gives what the vectors alone give: the app's way and the function's way agree."""

import numpy as np
import pytest

from votek.errors import InputError
from votek.graph import build_graph, unit_vectors
from votek.pipeline import choose, prepare
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


@pytest.fixture(scope="module")
def prepared():
    texts = [f"text {row} about {word}" for row, word in enumerate(["cards", "cash", "loans"] * 6)]
    return prepare([*texts, texts[0]], model="votek-hash", threshold=1.0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"labeled": [19]}, "labeled names row 19"),
        ({"labeled": [-1]}, "labeled names row -1"),
        ({"exclude": [0.5]}, "exclude must be a list of row numbers"),
        ({"confidence": np.arange(18.0), "method": "least-confidence"}, "confidence holds 18 entries for 19 texts"),
        ({"confidence": np.arange(20.0), "method": "least-confidence"}, "confidence holds 20 entries for 19 texts"),
        ({"groups": ["a"] * 20, "floor": 1}, "groups holds 20 entries for 19 texts"),
    ],
)
def test_what_is_not_given_for_the_texts_is_refused(prepared, given: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        choose(prepared, budget=2, **given)


def test_a_labelled_copy_stands_for_its_text(prepared) -> None:
    picks = choose(prepared, budget=17, labeled=[18], exclude=[0]).indices.tolist()
    assert sorted(picks) == list(range(1, 18))
