"""Answers of endpoints that are JSON, and not what the protocol says."""

import json

import pytest

from votek.errors import ScoringError
from votek.scoring import ModelSettings, Request
from votek.scoring.client import EndpointClient, _TemporaryError
from votek.scoring.echo import EchoWay
from votek.scoring.generate import GenerateWay
from votek.scoring.letters import LettersWay

SETTINGS = ModelSettings(tier="openai", model="m", base_url="http://127.0.0.1:1/v1")
ASKED = Request("one", "Text: x\nLabel:", ("yes",), (0.5,), ("yes", "no"))
FREE = Request("one", "Text: x\nLabel:", ("yes",), (0.5,))
NAN, INFINITE = float("nan"), float("inf")


class Said:
    """A client that always gets the same choice."""

    host = "there"

    def __init__(self, choice):
        self.choice = choice

    def chat(self, body, *, item):
        return {"choices": [self.choice]}

    def complete(self, body, *, item):
        prompts = body["prompt"] if isinstance(body["prompt"], list) else [body["prompt"]]
        return {"choices": [{"index": at, "text": text, **self.choice} for at, text in enumerate(prompts)]}


@pytest.mark.parametrize("logprobs", [5, "x", [1], {"content": "x"}, {"content": [1]}, {"content": [{"token": 1}]}])
def test_a_written_label_is_read_whatever_stands_for_its_log_probabilities(logprobs):
    score = GenerateWay(Said({"message": {"content": "yes"}, "logprobs": logprobs}), SETTINGS).ask(ASKED)
    assert (score.prediction, score.confidence) == ("yes", None)


@pytest.mark.parametrize("message", [None, "yes", 5, {"content": None}])
def test_no_message_is_no_answer(message):
    assert GenerateWay(Said({"message": message}), SETTINGS).ask(ASKED).prediction is None


@pytest.mark.parametrize("value", [NAN, INFINITE, True, None, "x"])
def test_a_letter_whose_log_probability_is_none_is_not_taken_for_certain(value):
    top = [{"token": "A", "logprob": value}, {"token": "B", "logprob": -0.1}]
    with pytest.raises(ScoringError, match="gives no top log-probabilities"):
        LettersWay(Said({"logprobs": {"content": [{"top_logprobs": top}]}}), SETTINGS).ask(ASKED)


def test_a_letter_that_cannot_come_has_no_score():
    top = [{"token": "A", "logprob": -INFINITE}, {"token": "B", "logprob": -0.1}]
    score = LettersWay(Said({"logprobs": {"content": [{"top_logprobs": top}]}}), SETTINGS).ask(ASKED)
    assert dict(score.label_scores) == pytest.approx({"no": -0.1})


@pytest.mark.parametrize(
    "logprobs",
    [
        {"token_logprobs": 7},
        {"token_logprobs": "x"},
        {"tokens": [1], "token_logprobs": [None]},
        {"tokens": ["x"], "token_logprobs": [None], "text_offset": 5},
        {"tokens": ["x"], "token_logprobs": [None], "text_offset": ["a"]},
    ],
)
def test_log_probabilities_that_do_not_fit_their_tokens_are_told(logprobs):
    with pytest.raises(ScoringError, match="gives log-probabilities that do not fit its tokens"):
        EchoWay(Said({"logprobs": logprobs}), SETTINGS).ask(ASKED)


@pytest.mark.parametrize(
    "logprobs", [None, 5, {"tokens": [1], "token_logprobs": [2]}, {"tokens": ["Text"], "token_logprobs": ["x"]}]
)
def test_free_text_is_read_whatever_stands_for_its_log_probabilities(logprobs):
    score = EchoWay(Said({"text": "hello", "logprobs": logprobs}), SETTINGS).ask(FREE)
    assert (score.prediction, score.confidence) == ("hello", None)


@pytest.mark.parametrize("content", [b"[" * 200_000, *(json.dumps({"choices": one}).encode() for one in ([None], [5]))])
def test_an_answer_without_choices_is_asked_for_again(content):
    client = EndpointClient(SETTINGS, key="k")
    with pytest.raises(_TemporaryError):
        client._parsed(content, "application/json")
