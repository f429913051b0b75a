"""A real server that speaks OpenAI's protocol: what it says, and everything that can go wrong on the way."""

import logging
import math
import pickle
import threading
import time

import pytest

from tests.scoring.conftest import LABELS
from tests.scoring.server import serve
from votek.errors import Cancelled, InputError, ScoringError
from votek.scoring import ModelSettings, open_scorer
from votek.scoring.client import EndpointClient
from votek.scoring.echo import _logs_after

SECRET = "sk-very-secret-0123456789"


def scores(settings, requests, **given):
    """All scores."""
    return list(open_scorer(settings, **given).score(requests))


@pytest.mark.parametrize("scoring", ["mean", "sum", "pmi"])
@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_echo_equals_the_same_model_on_this_machine(
    model_folder, llama_folder, endpoint, server, requests_of, kind, scoring
):
    folder = model_folder if kind == "gpt2" else llama_folder
    with serve(folder) as there:
        far = scores(endpoint(base_url=there.url, scoring=scoring), requests_of(6))
    near = scores(ModelSettings(tier="transformers", model=str(folder), scoring=scoring), requests_of(6))
    for one, other in zip(far, near, strict=True):
        assert (one.id, one.prediction) == (other.id, other.prediction)
        assert one.confidence == pytest.approx(other.confidence, abs=1e-5)
        assert dict(one.label_scores) == pytest.approx(dict(other.label_scores), abs=1e-5)


def test_free_text_equals_the_same_model_on_this_machine(model_folder, endpoint, requests_of):
    far = scores(endpoint(max_tokens=12), requests_of(2, labels=()))
    near = scores(ModelSettings(tier="transformers", model=str(model_folder), max_tokens=12), requests_of(2, labels=()))
    assert [score.prediction for score in far] == [score.prediction for score in near]
    assert [score.confidence for score in far] == pytest.approx([score.confidence for score in near], abs=1e-5)


def test_many_labels_are_asked_twenty_at_a_time(endpoint, server, requests_of):
    labels = tuple(f"label {at}" for at in range(45))
    found = scores(endpoint(), requests_of(1, labels))
    assert [len(call["body"]["prompt"]) for call in server.calls] == [20, 20, 5]
    assert tuple(found[0].label_scores) == labels


def test_the_premise_of_pmi_is_asked_once(endpoint, server, requests_of):
    scores(endpoint(scoring="pmi"), requests_of(8))
    assert len(server.calls) == 9


def test_letters_give_the_models_own_mass_and_what_is_missing(endpoint, server, requests_of):
    request = requests_of(1)[0]
    score = scores(endpoint(way="letters"), [request])[0]
    prompt = "\n\n".join(message["content"] for message in server.calls[0]["body"]["messages"])
    assert "A = delivery_status\nB = return_refund" in prompt
    likeliest = server.model.top(prompt, 20, server.bias)
    mass = {}
    for one in likeliest:
        for letter, label in zip("ABCD", LABELS, strict=True):
            if one["token"].strip() == letter:
                mass[label] = mass.get(label, 0.0) + math.exp(one["logprob"])
    assert dict(score.label_scores) == pytest.approx({label: math.log(share) for label, share in mass.items()})
    assert score.missing_mass == pytest.approx(1 - sum(mass.values()), abs=1e-12)
    assert score.prediction == max(mass, key=mass.get)
    assert score.confidence == pytest.approx(math.log(max(mass.values())))


def test_letters_that_nobody_says_are_no_answer(endpoint, server, requests_of):
    server.bias = -50.0
    score = scores(endpoint(way="letters"), requests_of(1))[0]
    assert (score.prediction, score.confidence, dict(score.label_scores)) == (None, None, {})
    assert score.missing_mass == 1.0


def test_more_labels_than_letters_are_refused(endpoint, requests_of):
    with pytest.raises(InputError, match="up to 20"):
        scores(endpoint(way="letters"), requests_of(1, tuple(f"l{at}" for at in range(21))))


def test_a_written_label_is_read_and_another_text_is_not(endpoint, server, requests_of):
    server.reply = "copy"
    found = scores(endpoint(way="generate"), requests_of(3))
    assert [score.prediction for score in found] == ["return_refund"] * 3
    assert all(score.confidence < 0 for score in found)
    server.reply = "model"
    assert [score.prediction for score in scores(endpoint(way="generate"), requests_of(3))] == [None] * 3


def test_a_chat_model_without_log_probabilities_still_answers(endpoint, server, requests_of):
    server.reply, server.logprobs = "copy", False
    score = scores(endpoint(way="generate"), requests_of(1))[0]
    assert (score.prediction, score.confidence) == ("return_refund", None)


@pytest.mark.parametrize(("way", "others"), [("echo", ["letters", "generate"]), ("letters", ["generate", "echo"])])
def test_an_endpoint_without_log_probabilities_is_told_with_the_other_ways(endpoint, server, requests_of, way, others):
    server.logprobs = False
    with pytest.raises(ScoringError, match="log-probabilities") as caught:
        scores(endpoint(way=way), requests_of(1))
    assert all(other in str(caught.value) for other in others)
    assert len(server.calls) == 1


def test_an_endpoint_that_does_not_echo_is_told(endpoint, server, requests_of):
    server.echoes = False
    with pytest.raises(ScoringError, match="does not repeat the prompt"):
        scores(endpoint(), requests_of(1))


# ---------------------------------------------------------------- trouble on the way


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "504", "malformed", "truncated"])
def test_what_may_pass_is_tried_again(endpoint, server, requests_of, fault):
    clean = scores(endpoint(concurrency=1), requests_of(2))
    server.calls.clear()
    server.faults = [fault, fault]
    assert scores(endpoint(concurrency=1), requests_of(2)) == clean
    assert len(server.calls) == 4


@pytest.mark.parametrize("fault", ["500", "truncated", "malformed"])
def test_what_does_not_pass_is_told_with_the_item(endpoint, server, requests_of, fault):
    server.faults = [fault] * 10
    with pytest.raises(ScoringError, match=r"tried 3 times for item 'item-0'"):
        scores(endpoint(retries=2), requests_of(1))
    assert len(server.calls) == 3


def test_a_slow_answer_runs_into_the_time_out_and_is_asked_again(endpoint, server, requests_of):
    server.faults = ["slow"]
    began = time.monotonic()
    assert len(scores(endpoint(timeout=0.5), requests_of(1))) == 1
    assert time.monotonic() - began < 2.5
    assert len(server.calls) == 2


def test_the_endpoint_says_how_long_to_wait(endpoint, server, requests_of, monkeypatch):
    server.faults, server.retry_after = ["429"], "1"
    began = time.monotonic()
    scores(endpoint(), requests_of(1))
    assert time.monotonic() - began >= 1.0
    waits = []
    monkeypatch.setattr(EndpointClient, "_wait", lambda self, seconds: waits.append(seconds))
    server.faults = ["503"]
    server.retry_after = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 20))
    scores(endpoint(), requests_of(1))
    assert 15 < waits[0] <= 20
    server.faults, server.retry_after = ["429"], "100000"
    with pytest.raises(ScoringError, match="asks to wait"):
        scores(endpoint(), requests_of(1))


def test_waits_grow_and_differ(endpoint, server, requests_of, monkeypatch):
    monkeypatch.setattr("votek.scoring.client.FIRST_WAIT", 0.5)
    waits = []
    monkeypatch.setattr(EndpointClient, "_wait", lambda self, seconds: waits.append(seconds))
    server.faults = ["500"] * 4
    scores(endpoint(retries=4), requests_of(1))
    for at, seconds in enumerate(waits):
        assert 0.25 * 2**at <= seconds <= 0.5 * 2**at
    assert len(waits) == 4


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_refused_key_is_told_at_once_and_not_shown(endpoint, server, requests_of, status):
    server.faults = [status] * 20
    with pytest.raises(ScoringError, match=f"refused the key.*{status}") as caught:
        scores(endpoint(concurrency=1), requests_of(5), key=SECRET)
    assert len(server.calls) == 1
    assert SECRET not in str(caught.value)


def test_a_call_without_a_key_is_told_as_one(endpoint, server, requests_of):
    server.key = SECRET
    with pytest.raises(ScoringError, match="a call without a key"):
        scores(endpoint(), requests_of(1))
    assert len(scores(endpoint(), requests_of(1), key=SECRET)) == 1


def test_openai_itself_needs_a_key_before_the_first_call(monkeypatch, endpoint):
    with pytest.raises(ScoringError, match="no key"):
        open_scorer(endpoint(base_url=None))


def test_the_key_comes_from_the_hand_then_from_the_variables(endpoint, server, requests_of, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "second")
    scores(endpoint(), requests_of(1))
    monkeypatch.setenv("VOTEK_API_KEY", "first")
    scores(endpoint(), requests_of(1))
    scores(endpoint(), requests_of(1), key="by-hand")
    assert [call["key"] for call in server.calls] == ["Bearer second", "Bearer first", "Bearer by-hand"]


def test_the_address_comes_from_the_variable_where_none_is_given(endpoint, server, requests_of, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    assert len(scores(endpoint(base_url=None), requests_of(1))) == 1


def test_a_wrong_model_is_told(endpoint, server, requests_of):
    with pytest.raises(ScoringError, match="does not know the model 'large'"):
        scores(endpoint(model="large"), requests_of(1))
    assert len(server.calls) == 1


def test_a_wrong_path_is_told(endpoint, server, requests_of):
    with pytest.raises(ScoringError, match="usually ends in /v1"):
        scores(endpoint(base_url=server.url + "/more"), requests_of(1))


def test_a_web_page_is_told(endpoint, server, requests_of):
    server.faults = ["html"]
    with pytest.raises(ScoringError, match="web page"):
        scores(endpoint(), requests_of(1))


def test_an_empty_quota_is_told_at_once(endpoint, server, requests_of):
    server.faults = ["quota"] * 9
    with pytest.raises(ScoringError, match="quota"):
        scores(endpoint(concurrency=1), requests_of(1))
    assert len(server.calls) == 1


def test_a_refused_request_is_told_with_its_item(endpoint, server, requests_of):
    server.faults = ["400"]
    with pytest.raises(ScoringError, match=r"item-0.*400"):
        scores(endpoint(concurrency=1), requests_of(1))


def test_nobody_there_is_told(endpoint, requests_of):
    with pytest.raises(ScoringError, match=r"http://127\.0\.0\.1:9/v1 cannot be reached .* Check that the server runs"):
        scores(endpoint(base_url="http://127.0.0.1:9/v1", retries=1), requests_of(1))


def test_a_redirect_is_not_followed(endpoint, server, requests_of):
    with pytest.raises(ScoringError, match="not followed"):
        scores(endpoint(base_url=server.url.replace("/v1", "/moved")), requests_of(1), key=SECRET)


def test_a_name_for_a_metadata_address_is_refused(endpoint):
    with pytest.raises(InputError, match="link-local"):
        open_scorer(endpoint(base_url="http://2852039166/v1"))


# ---------------------------------------------------------------- several at once


def test_so_many_calls_at_once_and_no_more(endpoint, server, requests_of):
    server.delay = 0.05
    scores(endpoint(concurrency=3), requests_of(12))
    assert server.busiest == 3


def test_answers_come_in_order_whatever_finishes_first(endpoint, server, requests_of):
    server.faults = ["500", "", "500", "", "500"]
    told = []
    found = open_scorer(endpoint(concurrency=4)).score(
        requests_of(8), done=lambda request, score: told.append(score.id)
    )
    assert [score.id for score in found] == [f"item-{at}" for at in range(8)]
    assert sorted(told) == [f"item-{at}" for at in range(8)]
    assert told != sorted(told)


def test_what_is_finished_beside_a_failure_is_told(endpoint, server, requests_of):
    server.faults = ["400"]
    server.delay = 0.05
    told = []
    with pytest.raises(ScoringError):
        list(open_scorer(endpoint(concurrency=4)).score(requests_of(20), done=lambda one, score: told.append(score.id)))
    assert len(told) == len(server.answered) == 3
    assert len(server.calls) == 4


def test_closing_ends_at_once_also_while_waiting(endpoint, server, requests_of):
    server.faults, server.retry_after = ["", "429", "429", "429"], "6"
    found = open_scorer(endpoint(concurrency=4)).score(requests_of(20))
    next(found)
    began = time.monotonic()
    found.close()
    assert time.monotonic() - began < 0.5
    deadline = time.monotonic() + 2
    while any(thread.name.startswith("endpoint") for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_cancelled_job_does_not_wait_for_an_endpoint_that_asks_for_patience(endpoint, server, requests_of):
    server.faults, server.retry_after = ["", "429", "429", "429", "429", "429"], "200"
    asked = []

    def check():
        asked.append(time.monotonic())
        if len(asked) > 3:
            raise Cancelled("enough")

    began = time.monotonic()
    found = open_scorer(endpoint(concurrency=2), check=check).score(requests_of(6))
    with pytest.raises(Cancelled, match="enough"):
        list(found)
    assert time.monotonic() - began < 5


# ---------------------------------------------------------------- the key shows nowhere


def test_the_key_is_in_no_representation_no_log_and_no_error(endpoint, server, requests_of, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    server.key = SECRET
    scorer = open_scorer(endpoint(), key=SECRET, cache=tmp_path)
    list(scorer.score(requests_of(2)))
    client = EndpointClient(endpoint(), key=SECRET)
    shown = [repr(scorer), str(scorer), scorer.name, scorer.digest, repr(vars(client)), repr(client), caplog.text]
    for fault in ("401", "400", "500", "404"):
        server.faults = [fault] * 3
        with pytest.raises(ScoringError) as caught:
            list(open_scorer(endpoint(retries=1), key=SECRET).score(requests_of(1)))
        shown += [str(caught.value), repr(caught.value.__cause__)]
        assert caught.value.__suppress_context__
    shown.append(b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).decode())
    assert not [text for text in shown if SECRET in text]
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(client._key)


# ---------------------------------------------------------------- reading what endpoints send


def test_a_mark_before_the_text_that_shifts_positions_is_taken_out():
    choice = {
        "text": "Label: red",
        "logprobs": {
            "tokens": ["<s>", "Label", ":", " red"],
            "token_logprobs": [None, -1.0, -2.0, -3.0],
            "text_offset": [0, 3, 8, 9],
        },
    }
    assert _logs_after("Label:", "Label: red", choice, "host") == [-3.0]


def test_a_generated_token_after_the_text_does_not_count_and_positions_may_be_missing():
    choice = {
        "text": "Label: red one",
        "logprobs": {"tokens": ["Label", ":", " re", "d", " one"], "token_logprobs": [None, -1.0, -2.0, -3.0, -9.0]},
    }
    assert _logs_after("Label:", "Label: red", choice, "host") == [-2.0, -3.0]


@pytest.mark.parametrize(
    "logprobs",
    [
        {"tokens": ["Label:", " red"], "token_logprobs": [None, None], "text_offset": [0, 6]},
        {"tokens": ["Label:", " red"], "token_logprobs": [-1.0], "text_offset": [0, 6]},
        {"tokens": [], "token_logprobs": []},
        {"tokens": ["Label:", " red"], "token_logprobs": [None, "-1"], "text_offset": [0, 6]},
        None,
        [],
    ],
)
def test_log_probabilities_that_do_not_fit_are_told(logprobs):
    with pytest.raises(ScoringError, match="labels cannot be scored exactly"):
        _logs_after("Label:", "Label: red", {"text": "Label: red", "logprobs": logprobs}, "host")
