"""The dry run says what the real run then does."""

import pytest

from votek.scoring import ModelSettings, estimate_cost, open_scorer


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"scoring": "pmi"},
        {"way": "letters"},
        {"way": "generate"},
        {"calibration": "contextual"},
        {"calibration": "batch", "way": "letters"},
    ],
)
@pytest.mark.parametrize("count", [1, 7])
def test_calls_are_those_that_are_made(endpoint, server, requests_of, given, count):
    labels = tuple(f"label {at}" for at in range(20 if given.get("way") == "letters" else 23))
    requests = requests_of(count, labels)
    settings = endpoint(**given)
    cost = estimate_cost(settings, requests)
    assert not server.calls
    list(open_scorer(settings).score(requests))
    assert cost.calls == len(server.calls)


@pytest.mark.parametrize("given", [{}, {"way": "letters"}, {"way": "generate"}, {"calibration": "contextual"}])
def test_tokens_are_those_of_what_is_sent(endpoint, server, requests_of, model_folder, given):
    tokenizer = str(model_folder / "tokenizer.json")
    settings = endpoint(**given)
    cost = estimate_cost(settings, requests_of(3), tokenizer=tokenizer)
    list(open_scorer(settings).score(requests_of(3)))
    sent = 0
    for call in server.calls:
        body = call["body"]
        texts = body["prompt"] if "prompt" in body else [message["content"] for message in body["messages"]]
        sent += sum(len(server.model.tokenizer(text)["input_ids"]) for text in texts)
    assert cost.tokens_in == sent
    assert cost.tokens_out == sum(call["body"]["max_tokens"] for call in server.calls)


def test_what_is_kept_costs_nothing(endpoint, server, requests_of, tmp_path):
    settings = endpoint()
    list(open_scorer(settings, cache=tmp_path).score(requests_of(3)))
    cost = estimate_cost(settings, requests_of(5), cache=tmp_path)
    assert (cost.requests, cost.kept, cost.calls) == (5, 3, 2)
    again = estimate_cost(settings, requests_of(3), cache=tmp_path)
    assert (again.kept, again.calls, again.tokens_in, again.tokens_out) == (3, 0, 0, 0)


def test_the_same_prompt_is_counted_once(endpoint, requests_of):
    assert estimate_cost(endpoint(), requests_of(2) + requests_of(2)).calls == 2


def test_no_key_is_needed_to_know_the_cost(endpoint, requests_of, monkeypatch, tmp_path):
    settings = endpoint(base_url="https://127.0.0.1:9/v1")
    assert estimate_cost(settings, requests_of(2), cache=tmp_path).calls == 2


def test_the_stand_in_costs_nothing(requests_of):
    cost = estimate_cost(ModelSettings(), requests_of(4))
    assert (cost.requests, cost.calls, cost.tokens_in, cost.tokens_out) == (4, 0, 0, 0)


def test_a_local_model_reads_each_prompt_once(requests_of):
    cost = estimate_cost(ModelSettings("transformers", "any"), requests_of(4))
    far = estimate_cost(ModelSettings("openai", "any", "http://127.0.0.1:9/v1"), requests_of(4))
    assert cost.calls == 4
    assert cost.tokens_in < far.tokens_in
