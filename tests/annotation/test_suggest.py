"""A suggestion comes from closed labels of other texts, is the stand-in's answer, and absent where little is known."""

import numpy as np
import pytest

from votek.annotation.suggest import Proposal, fits_task, held_back, suggest_from_nearest
from votek.datatypes import Embeddings, LabelSpec, TaskSpec
from votek.scoring import KnnScorer, Request

X, Y, Z = (LabelSpec(name, "#000000") for name in "xyz")
SINGLE, MULTI = TaskSpec("single", (X, Y, Z)), TaskSpec("multi", (X, Y, Z))


@pytest.fixture
def two_groups():
    """Forty texts around two directions, the even rows around the first: (embeddings, copies)."""
    rng = np.random.default_rng(3)
    centres = np.eye(6)[:2] * 3
    vectors = (centres[np.arange(40) % 2] + rng.normal(size=(40, 6)) * 0.4 + 5).astype(np.float32)
    return Embeddings(vectors, "m", "d", vectors.mean(axis=0)), np.arange(40)


def sides(rows, *, multi=False):
    """Labels of these rows: x for the first group, y for the second."""
    return {row: ["x"] if multi and row % 2 == 0 else ["y", "z"] if multi else "xy"[row % 2] for row in rows}


def suggested(given, labels, rows=(30, 31), task=SINGLE):
    embeddings, copies = given
    return suggest_from_nearest(rows, labels=labels, task=task, embeddings=embeddings, copies=copies)


def test_the_label_of_the_nearest_labelled_texts(two_groups):
    found = suggested(two_groups, sides(range(20)))
    assert {row: one.value for row, one in found.items()} == {30: "x", 31: "y"}
    assert all(0.9 < one.confidence < 1 and one.source == "knn" for one in found.values())


def test_it_is_what_the_stand_in_says_of_the_same_eight_texts(two_groups):
    embeddings, _ = two_groups
    rng = np.random.default_rng(4)
    labels = {row: "xyz"[int(rng.integers(3))] for row in range(30)}
    units = embeddings.vectors.astype(float) - embeddings.mean.astype(float)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    found = suggested(two_groups, labels, rows=range(30, 40))
    assert found
    for row in range(30, 40):
        near = np.argsort(-(units[:30] @ units[row]))[:8]
        request = Request("a", "", tuple(labels[at] for at in near), tuple(units[near] @ units[row]), ("x", "y", "z"))
        score = next(KnnScorer().score([request]))
        share = float(np.exp(score.confidence))
        assert (row in found) == (share > 0.5)
        if row in found:
            assert found[row].value == score.prediction
            assert found[row].confidence == pytest.approx(share, abs=1e-9)


def test_several_labels_are_voted_on_one_by_one(two_groups):
    found = suggested(two_groups, sides(range(20), multi=True), task=MULTI)
    assert {row: one.value for row, one in found.items()} == {30: ["x"], 31: ["y", "z"]}
    labels = {**sides(range(20), multi=True), 1: ["y"], 3: ["y"], 5: ["y"]}
    mixed = suggested(two_groups, labels, rows=[31], task=MULTI)[31]
    assert mixed.value in (["y"], ["y", "z"])
    assert mixed.confidence < found[31].confidence


@pytest.mark.parametrize(
    "labels",
    [sides(range(7)), dict.fromkeys(range(20), "x"), dict.fromkeys(range(20), "gone"), {}],
    ids=["too few", "one label", "labels of another task", "none"],
)
def test_nothing_where_little_is_known(two_groups, labels):
    assert suggested(two_groups, labels) == {}


def test_nothing_where_no_label_has_half_of_the_vote(two_groups):
    embeddings, _ = two_groups
    even = Embeddings(np.tile(embeddings.vectors[:2], (20, 1)), "m", "d", embeddings.mean)
    labels = {row: "xyz"[row // 2 % 3] for row in range(24)}
    assert suggested((even, np.arange(40)), labels, rows=[30]) == {}


def test_nothing_for_written_answers(two_groups):
    assert suggested(two_groups, {row: f"answer {row % 2}" for row in range(20)}, task=TaskSpec("text")) == {}


def test_neither_the_text_itself_nor_its_copies_have_a_vote(two_groups):
    embeddings, copies = two_groups
    copies = copies.copy()
    copies[[2, 4, 6, 8, 10, 12]] = 2
    labels = {**sides(range(16)), **dict.fromkeys([2, 4, 6, 8, 10, 12], "z")}
    told = suggested((embeddings, np.arange(40)), labels, rows=[2])
    assert told == {} or told[2].value == "z"
    alone = suggested((embeddings, copies), labels, rows=[2])
    assert alone == {} or alone[2].value != "z"
    near = suggested(two_groups, {**sides(range(20)), 30: "z"}, rows=[30])
    assert near[30].value == "x"


def test_what_is_no_label_any_more_is_not_shown():
    assert fits_task("x", SINGLE)
    assert fits_task(["x", "y"], MULTI)
    for value, task in [("gone", SINGLE), (["x"], SINGLE), ("x", MULTI), (["x", "gone"], MULTI), ([], MULTI)]:
        assert not fits_task(value, task)
    assert not fits_task("x", TaskSpec("text"))


def test_the_blind_share_is_the_same_wherever_it_is_asked_and_as_large_as_wanted():
    items = [f"t{at}" for at in range(2000)]
    for share in (0.0, 0.1, 0.5, 1.0):
        drawn = [held_back("p", item, "ann", share) for item in items]
        assert np.mean(drawn) == pytest.approx(share, abs=0.03)
        assert drawn == [held_back("p", item, "ann", share) for item in items]
    kept = {item for item in items if held_back("p", item, "ann", 0.1)}
    assert kept < {item for item in items if held_back("p", item, "ann", 0.3)}
    assert kept != {item for item in items if held_back("p", item, "bob", 0.1)}


def test_a_proposal_names_its_source():
    assert Proposal("x", 0.7).source == "knn"
