"""The stand-in: its formula, its ties, and what it says when it knows nothing."""

import math
import random

import numpy as np
import pytest

from votek.errors import InputError
from votek.scoring import KnnScorer, Request
from votek.scoring.knn import TEMPERATURE


def score(answers, similarities, labels=("a", "b", "c")):
    """The stand-in's answer to one request."""
    return next(KnnScorer().score([Request("x", "…", tuple(answers), tuple(similarities), labels)]))


def test_probabilities_are_the_documented_softmax():
    answers, similarities, labels = ("a", "b", "a", "gone"), (0.31, 0.52, -0.2, 0.4), ("a", "b", "c")
    weights = [math.exp(s / TEMPERATURE) for s in similarities]
    total = 1 + sum(weights)
    unknown = (1 + weights[3]) / 3
    expected = {"a": unknown + weights[0] + weights[2], "b": unknown + weights[1], "c": unknown}
    found = score(answers, similarities, labels)
    assert found.prediction == "b"
    assert found.missing_mass == 0.0
    for label, mass in expected.items():
        assert found.label_scores[label] == pytest.approx(math.log(mass / total), abs=1e-12)
    assert found.confidence == found.label_scores["b"]


def test_every_label_has_a_probability_and_they_sum_to_one():
    draw = random.Random(3)
    for _ in range(200):
        size = draw.randrange(0, 9)
        answers = [draw.choice("abcd") for _ in range(size)]
        similarities = [draw.uniform(-1, 1) for _ in range(size)]
        found = score(answers, similarities)
        total = sum(math.exp(value) for value in found.label_scores.values())
        assert total == pytest.approx(1, abs=1e-12)
        assert all(math.isfinite(value) for value in found.label_scores.values())
        assert found.confidence == max(found.label_scores.values()) <= 0


def test_without_demonstrations_all_labels_are_alike_and_the_first_is_said():
    found = score((), ())
    assert found.prediction == "a"
    assert list(found.label_scores.values()) == pytest.approx([math.log(1 / 3)] * 3, abs=1e-15)


def test_ties_go_to_the_earlier_label_not_to_the_earlier_demonstration():
    assert score(("c", "b"), (0.4, 0.4)).prediction == "b"


def test_near_and_agreeing_demonstrations_make_it_surer():
    near, far = score(("a", "a"), (0.7, 0.6)), score(("a", "a"), (0.2, 0.1))
    torn = score(("a", "b"), (0.7, 0.6))
    assert near.confidence > far.confidence
    assert near.confidence > torn.confidence


def test_free_text_takes_the_nearest_answer_and_the_weight_of_all_that_say_the_same():
    found = score(("yes", "no", "yes"), (0.2, 0.5, 0.4), labels=())
    weights = np.exp(np.array([0.2, 0.5, 0.4]) / TEMPERATURE)
    assert found.prediction == "no"
    assert found.confidence == pytest.approx(math.log(weights[1] / (1 + weights.sum())), abs=1e-12)
    again = score(("no", "no", "yes"), (0.2, 0.5, 0.4), labels=())
    assert again.confidence == pytest.approx(math.log((weights[0] + weights[1]) / (1 + weights.sum())), abs=1e-12)


def test_free_text_ties_go_to_the_demonstration_nearest_to_the_question():
    assert score(("far", "near"), (0.5, 0.5), labels=()).prediction == "near"


def test_free_text_without_demonstrations_says_nothing():
    found = score((), (), labels=())
    assert (found.prediction, found.confidence, dict(found.label_scores)) == (None, None, {})


@pytest.mark.parametrize("similarities", [(math.nan,), (math.inf,), (0.1, 0.2), ()])
def test_similarities_that_are_no_numbers_are_refused(similarities):
    with pytest.raises(InputError, match="one finite cosine"):
        score(("a",), similarities)


def test_scores_come_in_order_one_by_one_and_are_told_at_once():
    requests = [Request(str(at), "…", ("a",), (at / 10,), ("a", "b")) for at in range(5)]
    told = []
    answers = KnnScorer().score(requests, done=lambda request, score: told.append(request.id))
    assert next(answers).id == "0"
    assert told == ["0"]
    assert [score.id for score in answers] == ["1", "2", "3", "4"]
    assert told == list("01234")
