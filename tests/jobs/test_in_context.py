"""The analysis "in-context": the prompts of the picks and of random pools, answered by the project's model."""

import pytest


def test_the_cost_comes_before_the_first_answer(judged, analyse):
    table = analyse(judged(), "in-context-cost")
    assert (table["items"], table["pools"]) == (40, 20)
    assert table["cost"]["calls"] == 0  # the stand-in costs nothing
    assert "comparison" not in table


def test_a_model_is_priced_without_being_asked(judged, analyse):
    model = {"tier": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1", "way": "generate"}
    table = analyse(judged(), "in-context-cost", model=model, items=5)
    assert table["items"] == 5
    assert 0 < table["cost"]["calls"] <= 23 * 5
    assert table["cost"]["tokens_in"] > table["cost"]["calls"]


def test_the_stand_in_answers_every_pool(judged, analyse):
    table = analyse(judged(), "in-context")
    assert table["n"] == 40
    assert set(table["rows"]) == {"chosen", "zero-shot", "random-retrieval", *(f"random {i + 1}" for i in range(20))}
    assert table["rows"]["zero-shot"]["accuracy"]["value"] < table["rows"]["chosen"]["accuracy"]["value"]
    assert table["comparison"]["percentile"] is not None
    assert table["scorer"] == "knn"
    assert table["sentence"]


def test_a_slice_of_the_texts_can_be_asked_about(judged, analyse):
    table = analyse(judged(tests=False), "in-context", items=20)
    assert table["n"] == 20


@pytest.mark.parametrize(
    ("options", "said"), [({"items": 0}, "at least 1"), ({"model": {"tier": "moon"}}, "choose one of knn")]
)
def test_options_that_cannot_be_used_are_said(judged, analyse, options, said):
    assert said in analyse(judged(), "in-context", **options)


def test_without_labels_for_random_pools_it_says_what_to_do(judged, analyse):
    assert "label a random pool" in analyse(judged(gold=False), "in-context")
