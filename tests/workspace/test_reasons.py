"""Each method's reason says what that method looked at."""

import datetime as dt

import pytest

from votek.datatypes import Explanation, Round
from votek.selection.registry import METHODS
from votek.workspace.reason_words import reason_words

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def made(method, gains=(3.0, 2.0, 1.0)):
    rows = tuple(range(len(gains)))
    return Round("r", "p", 1, "select", method, {}, (), (), rows, tuple(gains), NOW)


def told(voters=4, fresh=2, similarity=0.31, gain=2.0):
    covered = tuple(range(100, 100 + fresh))
    return Explanation(
        1, 1, gain, tuple(range(100, 100 + voters)), covered, None if similarity is None else 0, similarity
    )


@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_has_a_reason_with_and_without_evidence(method):
    assert reason_words(made(method), 1, told()).endswith(".")
    assert reason_words(made(method), 0, told(similarity=None)).endswith(".")
    assert reason_words(made(method), 1, None).endswith(".")


def test_random_and_least_confidence_do_not_speak_of_votes():
    assert reason_words(made("random"), 1, told()) == "Drawn at random."
    unsure = made("least-confidence", gains=(2.0, 5.0, 1.0))
    assert reason_words(unsure, 1, told()) == "Of the 3 picks, the model was least sure of this one."
    assert reason_words(unsure, 2, None) == "The model was unsure here: number 3 of 3, from the least sure."


def test_methods_that_go_away_from_earlier_picks_name_the_similarity():
    assert "similarity of 0.31" in reason_words(made("k-center"), 1, told())
    assert "similarity of 0.31" in reason_words(made("dpp"), 1, told())
    assert reason_words(made("dpp"), 0, told(similarity=None)).startswith("The first pick")


def test_votes_are_told_where_they_are_the_reason():
    votes = "4 texts have this one among their nearest neighbours; 2 of them were not covered by an earlier pick."
    assert reason_words(made("fast-vote-k"), 1, told()) == votes
    assert reason_words(made("vote-k"), 1, told()).endswith(votes)
    assert reason_words(made("vote-k"), 1, told()).startswith("Has the most votes among texts that the model")
    assert reason_words(made("covericl"), 1, told(gain=7.0)).startswith("Near 7 texts that the model is unsure of")


def test_a_method_of_another_version_is_named():
    assert reason_words(made("gone"), 1, told()).startswith("Picked by gone. 4 texts")
