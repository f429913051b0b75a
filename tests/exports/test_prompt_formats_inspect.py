"""Inspect samples, by the fields that `inspect_ai.dataset.json_dataset` reads without being told which.

inspect_ai asks for other versions of libraries than are pinned here, so it is not installed. With 0.3.285, in an
environment of its own, `json_dataset` gave back every chat, target, id and text of this file unchanged.
"""

import json

from tests.exports import hostile_prompts as made
from tests.exports.hostile import HOSTILE

SAMPLE = {"input", "choices", "target", "id", "metadata", "sandbox", "files", "setup"}


def samples(**more):
    raw = made.content("inspect-jsonl", **more).decode("utf-8")
    assert raw.splitlines() == raw.split("\n")[:-1]
    return [json.loads(line) for line in raw.splitlines()]


def test_the_input_of_a_sample_is_the_chat():
    found = samples()
    for at, sample in enumerate(found):
        assert set(sample) <= SAMPLE
        assert [(message["role"], message["content"]) for message in sample["input"]] == made.chat(at)
    assert [sample["id"] for sample in found] == [f"test {text}" for text in HOSTILE]


def test_metadata_names_text_and_demonstrations():
    for at, sample in enumerate(samples()):
        assert sample["metadata"] == {
            "text": HOSTILE[at],
            "demonstrations": [f"id {place}" for place in made.shown(at)],
        }


def test_targets_are_right_answers_where_they_are_asked_for():
    assert not any("target" in sample for sample in samples())
    known = made.answers()
    assert [sample.get("target") for sample in samples(answers=known)] == [
        known.get(f"test {text}") for text in HOSTILE
    ]
