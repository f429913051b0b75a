"""Calibration against examples worked by hand, and against exact fractions."""

import random
from fractions import Fraction
from math import exp, log

import pytest

from votek.errors import InputError
from votek.scoring import CalibratedScorer, ModelSettings, Request, Score, open_scorer
from votek.scoring.calibration import calibrated, content_free_requests, mean_probabilities, normalised

LABELS = ("positive", "negative")


class Fixed:
    """Says of each prompt what it was told to, as log-probabilities."""

    name = "fixed"
    digest = "f" * 64

    def __init__(self, table):
        self.table = table
        self.asked = []

    def score(self, requests, *, done=None):
        for request in requests:
            self.asked.append(request.prompt)
            scores = {label: log(share) for label, share in self.table[request.prompt].items() if share}
            best = max(scores, key=scores.get)
            score = Score(request.id, best, scores[best], scores, 0.1)
            if done is not None:
                done(request, score)
            yield score


def request(text, labels=LABELS, head="Great film = positive\n"):
    """A request about a text, after one demonstration."""
    blanks = tuple(f"{blank} =" for blank in ("N/A", "", "[MASK]"))
    return Request(text, f"{head}{text} =", (), (), labels, f"{text} =", blanks)


def printed(logs, places=4):
    """Probabilities as they would be printed."""
    return {label: f"{exp(value):.{places}f}" for label, value in logs.items()}


def test_a_content_free_text_becomes_even():
    # Zhao et al. 2021 tell of a model that calls "N/A" positive with 61.8%.
    prior = {"positive": log(0.618), "negative": log(0.382)}
    assert printed(calibrated(prior, prior), 3) == {"positive": "0.500", "negative": "0.500"}


def test_a_worked_example_of_contextual_calibration():
    # p = (.7, .3); p_cf = (.618, .382): .7/.618 = 1.132686, .3/.382 = .785340; q = 1.132686 / 1.918026 = .590548
    scores, prior = {"positive": log(0.7), "negative": log(0.3)}, {"positive": log(0.618), "negative": log(0.382)}
    assert printed(calibrated(scores, prior), 6) == {"positive": "0.590548", "negative": "0.409452"}


def test_contextual_calibration_asks_about_nothing_three_times_and_turns_the_answer():
    head = "Great film = positive\n"
    table = {
        head + "dull =": {"positive": 0.55, "negative": 0.45},
        head + "N/A =": {"positive": 0.7, "negative": 0.3},
        head + " =": {"positive": 0.6, "negative": 0.4},
        head + "[MASK] =": {"positive": 0.8, "negative": 0.2},
    }
    model = Fixed(table)
    score = next(CalibratedScorer(model, "contextual").score([request("dull")]))
    # p_cf = (.7, .3): .55/.7 = .785714, .45/.3 = 1.5; q(negative) = 1.5 / 2.285714 = .656250
    assert printed(score.label_scores, 6) == {"positive": "0.343750", "negative": "0.656250"}
    assert score.prediction == "negative"
    assert score.confidence == score.label_scores["negative"]
    assert score.missing_mass == 0.1
    assert sorted(model.asked) == sorted(table)


def test_the_same_demonstrations_are_asked_about_nothing_once():
    head = "Great film = positive\n"
    table = {head + f"{text} =": {"positive": 0.5, "negative": 0.5} for text in ("a", "b", "c", "N/A", "", "[MASK]")}
    model = Fixed(table)
    assert len(list(CalibratedScorer(model, "contextual").score([request(text) for text in "abc"]))) == 3
    assert len(model.asked) == 6
    assert len(set(model.asked)) == 6


def test_a_worked_example_of_batch_calibration():
    head = "Great film = positive\n"
    shares = [(0.9, 0.1), (0.8, 0.2), (0.7, 0.3)]
    table = {head + f"{at} =": dict(zip(LABELS, share, strict=True)) for at, share in enumerate(shares)}
    scores = list(CalibratedScorer(Fixed(table), "batch").score([request(str(at)) for at in range(3)]))
    # The mean is (.8, .2): q(positive) = (9/8) / (9/8 + 1/2) = 9/13; 1/2; (7/8) / (7/8 + 3/2) = 7/19
    assert [f"{exp(score.label_scores['positive']):.6f}" for score in scores] == ["0.692308", "0.500000", "0.368421"]
    assert [score.prediction for score in scores] == ["positive", "positive", "negative"]


@pytest.mark.parametrize("kind", ["contextual", "batch"])
def test_both_equal_exact_fractions(kind):
    draw = random.Random(11)
    labels = ("a", "b", "c", "d", "e")

    def shares():
        parts = [draw.randrange(1, 10_000) for _ in labels]
        return dict(zip(labels, (Fraction(part, sum(parts)) for part in parts), strict=True))

    texts = [f"text {at}" for at in range(12)]
    asked = [request(text, labels) for text in texts]
    exact = {one.prompt: shares() for one in asked}
    free = {one.prompt: shares() for one in content_free_requests(asked[0])}
    scores = list(CalibratedScorer(Fixed({**exact, **free}), kind).score(asked))
    source = list(free.values()) if kind == "contextual" else list(exact.values())
    prior = {label: sum(one[label] for one in source) / len(source) for label in labels}
    for one, score in zip(asked, scores, strict=True):
        divided = {label: exact[one.prompt][label] / prior[label] for label in labels}
        for label in labels:
            expected = divided[label] / sum(divided.values())
            assert exp(score.label_scores[label]) == pytest.approx(float(expected), abs=1e-9)
        assert score.prediction == max(divided, key=divided.get)


def test_very_small_probabilities_do_not_vanish():
    scores, prior = {"a": -4000.0, "b": -4001.0}, {"a": log(0.9), "b": log(0.1)}
    found = calibrated(scores, prior)
    expected = exp(-1) * 9 / (1 + exp(-1) * 9)
    assert exp(found["b"]) == pytest.approx(expected, abs=1e-9)


def test_a_label_not_shown_for_nothing_counts_as_the_least_likely_shown():
    found = calibrated({"a": log(0.5), "b": log(0.5)}, {"a": log(0.25)})
    assert printed(found, 2) == {"a": "0.50", "b": "0.50"}
    mean = mean_probabilities([{"a": log(0.5)}, {"a": log(0.25), "b": log(0.25)}], ["a", "b", "c"])
    assert {label: exp(value) for label, value in mean.items()} == pytest.approx({"a": 0.375, "b": 0.125, "c": 0.0})
    assert normalised({}) == {}


def test_free_text_and_answers_without_scores_stay_as_they_are():
    class Silent(Fixed):
        def score(self, requests, *, done=None):
            for one in requests:
                yield Score(one.id, None, None, {}, 1.0)

    one = request("x", ())
    assert next(CalibratedScorer(Silent({}), "contextual").score([one])) == Score("x", None, None, {}, 1.0)
    two = request("x")
    assert next(CalibratedScorer(Silent({}), "batch").score([two])) == Score("x", None, None, {}, 1.0)


def test_requests_that_do_not_say_where_their_text_stands_are_refused():
    with pytest.raises(InputError, match="build_requests"):
        next(CalibratedScorer(Fixed({}), "contextual").score([Request("x", "prompt", (), (), LABELS)]))


def test_kept_scores_are_uncalibrated_and_serve_every_calibration(endpoint, server, requests_of, tmp_path):
    plain = endpoint(calibration="none")
    list(open_scorer(plain, cache=tmp_path).score(requests_of(4)))
    before = len(server.calls)
    list(open_scorer(endpoint(calibration="batch"), cache=tmp_path).score(requests_of(4)))
    assert len(server.calls) == before
    list(open_scorer(endpoint(calibration="contextual"), cache=tmp_path).score(requests_of(4)))
    assert len(server.calls) == before + 3
    digests = {open_scorer(endpoint(calibration=kind)).digest for kind in ("none", "batch", "contextual")}
    assert len(digests) == 3


def test_a_local_model_is_calibrated_too(model_folder, requests_of):
    settings = ModelSettings("transformers", str(model_folder), calibration="contextual")
    for score in open_scorer(settings).score(requests_of(2)):
        assert sum(exp(value) for value in score.label_scores.values()) == pytest.approx(1, abs=1e-9)
