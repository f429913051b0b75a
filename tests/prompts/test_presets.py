"""Presets: words that every kind of task can begin from, and that never replace one's own unseen."""

from dataclasses import replace

import pytest

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.errors import InputError, UnknownNameError
from votek.prompts import (
    LabelledRow,
    QueryRow,
    build_prompts,
    check_settings,
    fitting_presets,
    has_own_words,
    presets,
    with_preset,
)

LABELS = (LabelSpec("yes", "#0072B2"), LabelSpec("no", "#E69F00"))
FREE, SINGLE = TaskSpec("text"), TaskSpec("single", LABELS)


def prompt(name, task, *, columns=(), fields=None):
    settings = with_preset(PromptSettings(n=1), name, task=task, columns=columns)
    check_settings(settings)
    rows = [LabelledRow("1", 0, "one", "yes", fields=fields or {})]
    queries = [QueryRow("q", "two", fields=fields or {})]
    (made,) = build_prompts(
        settings, pool=rows, pool_vectors=[[1.0, 0.0]], queries=queries, query_vectors=[[0.0, 1.0]], task=task
    )
    return made.text


@pytest.mark.parametrize(
    ("name", "task", "expected"),
    [
        ("classification", SINGLE, "Give the text one of these labels: yes, no.\n\nText: one\nLabel: yes\n\n"),
        (
            "question-answering",
            FREE,
            "Answer the question as briefly as the examples do.\n\nQuestion: one\nAnswer: yes",
        ),
        ("text-to-sql", FREE, "Write one SQL query that answers the question. Write nothing else.\n\nQuestion: one\n"),
        (
            "summarisation",
            FREE,
            "Summarise the text as the examples do.\n\n---\n\nText:\none\n\nSummary:\nyes\n\n---\n",
        ),
        ("chat", FREE, "Answer the user as the assistant does in the examples.\n\nUser: one\nAssistant: yes\n\nUser: "),
        ("chat", SINGLE, "Give the text one of these labels: yes, no.\n\nUser: one\nAssistant: yes\n\nUser: two\n"),
    ],
)
def test_each_writes_a_whole_prompt(name, task, expected):
    assert prompt(name, task).startswith(expected)


def test_a_pair_is_written_from_two_columns():
    fields = {"1": "Rain.", "other": "It is wet."}
    text = prompt("pair", SINGLE, columns=["1", "other"], fields=fields)
    pair = "First: Rain.\nSecond: It is wet.\nLabel:"
    assert text == f"Compare the two texts, and choose from: yes, no.\n\n{pair} yes\n\n{pair}"


def test_a_column_to_read_from_stands_first_where_a_row_has_it():
    assert "Context: The map.\nQuestion: one\n" in prompt(
        "question-answering", FREE, columns=["about"], fields={"about": "The map."}
    )
    empty = prompt("question-answering", FREE, columns=["about"], fields={"about": ""})
    assert empty == prompt("question-answering", FREE)
    assert "\n\nTables:\nt(a, b)\nQuestion: two\nSQL:" in prompt(
        "text-to-sql", FREE, columns=["ddl"], fields={"ddl": "t(a, b)"}
    )


def test_only_those_that_fit_the_task_and_its_columns_are_offered():
    assert [one.name for one in fitting_presets(SINGLE)] == ["classification", "chat"]
    assert [one.name for one in fitting_presets(SINGLE, ["a", "b"])] == ["classification", "pair", "chat"]
    free = ["question-answering", "text-to-sql", "summarisation", "chat"]
    assert [one.name for one in fitting_presets(FREE, ["a", "b"])] == free


def test_only_the_words_are_replaced():
    mine = PromptSettings(n=3, order="descending", token_budget=900, floor=0.2, tokenizer="characters/4")
    taken = with_preset(mine, "classification", task=SINGLE)
    assert taken == mine
    assert replace(with_preset(mine, "chat", task=SINGLE), demonstration=mine.demonstration, query=mine.query) == mine


@pytest.mark.parametrize("task", [SINGLE, FREE, TaskSpec("multi", LABELS)], ids=["single", "text", "multi"])
def test_words_of_presets_are_nobodys_own(task):
    assert not has_own_words(PromptSettings(n=2), task=task)
    for preset in fitting_presets(task, ["1", "0"]):
        taken = with_preset(PromptSettings(), preset.name, task=task, columns=["1", "0"][: len(preset.columns)])
        assert not has_own_words(taken, task=task)
        assert has_own_words(replace(taken, query=taken.query + " "), task=task)
        assert has_own_words(replace(taken, instruction="Mine."), task=task)


@pytest.mark.parametrize(
    ("name", "columns", "words"),
    [
        ("essay", (), "no preset 'essay'; choose one of classification, pair"),
        ("summarisation", (), "does not fit a task of the type 'single'; these do: classification, pair, chat"),
        ("pair", (), r"takes 2 columns, each once \(First text, Second text\); given: none"),
        ("pair", ("a", "a"), "given: a, a"),
        ("pair", ("a{", "b"), "has a brace in its name"),
        ("classification", ("a",), "takes no columns; "),
    ],
)
def test_what_cannot_be_used_is_said(name, columns, words):
    with pytest.raises((InputError, UnknownNameError), match=words):
        with_preset(PromptSettings(), name, task=SINGLE, columns=columns)


def test_every_preset_says_what_it_is():
    assert [preset.name for preset in presets().values()] == list(presets())
    assert all(preset.title and preset.sentence.endswith(".") for preset in presets().values())
