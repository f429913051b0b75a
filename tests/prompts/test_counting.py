"""Tokens by part: they add up to those of the whole prompt, for every template and tokenizer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.prompts import LabelledRow, QueryRow, build_prompts, count_parts, token_counter

words = st.text(st.sampled_from("ab {}\n\r é漢😀.,"), max_size=30)
TASK = TaskSpec("single", (LabelSpec("yes", "#0072B2"), LabelSpec("no", "#E69F00")))
BLOCKS = "{if field:x}[{field:x}]\n{end}{text}{if label} = {label}{else}?{end}"


def written(chosen, rows, query):
    vectors = np.tile([1.0, 0.0], (len(rows), 1))
    (made,) = build_prompts(
        chosen, pool=rows, pool_vectors=vectors, queries=[query], query_vectors=[[0.0, 1.0]], task=TASK
    )
    return made


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(words, words, words), max_size=5),
    words,
    st.sampled_from(["\n\n", "", " ", "\n\n---\n\n"]),
    st.sampled_from(["wordpiece", "characters/4"]),
    st.sampled_from([None, "", "Say {labels}.\n"]),
)
def test_the_parts_add_up_to_the_whole(shots, asked, separator, tokenizer, instruction):
    chosen = PromptSettings(
        instruction=instruction, demonstration=BLOCKS, query="{text}", separator=separator, tokenizer=tokenizer
    )
    rows = [LabelledRow(str(at), at, text, value, fields={"x": x}) for at, (text, value, x) in enumerate(shots)]
    prompt = written(chosen, rows, QueryRow("q", asked))
    found = count_parts(prompt, chosen, pool=rows, task=TASK)
    assert found.total == prompt.tokens == sum(count for _, count in found.rows())
    assert len(found.demonstrations) == len(prompt.demonstrations)
    assert found.estimated == (tokenizer == "characters/4")


def test_each_part_is_counted_by_itself():
    rows = [LabelledRow("a", 0, "one two three", "yes"), LabelledRow("b", 1, "four", "no")]
    chosen = PromptSettings(instruction="Hello there.", retrieval="fixed", token_budget=100, answer_reserve=20)
    found = count_parts(written(chosen, rows, QueryRow("q", "five six")), chosen, pool=rows, task=TASK)
    counter = token_counter("wordpiece")
    alone = counter.count(["Hello there.", "Text: one two three\nLabel: yes", "Text: four\nLabel: no"])
    assert (found.instruction, *found.demonstrations) == tuple(alone)
    assert found.query == counter.count(["Text: five six\nLabel:"])[0]
    assert found.joins == 0  # white space has no token of its own here
    assert found.left == 100 - 20 - found.total
    assert [name for name, _ in found.rows()][1:3] == ["Demonstration 1", "Demonstration 2"]


def test_without_a_limit_nothing_is_left_or_lacking():
    rows = [LabelledRow("a", 0, "one", "yes")]
    prompt = written(PromptSettings(), rows, QueryRow("q", "two"))
    assert count_parts(prompt, PromptSettings(), pool=rows, task=TASK).left is None


@pytest.mark.parametrize("change", [{"query": "T: {text}"}, {"instruction": "Other."}, {"demonstration": "{label}!"}])
def test_a_prompt_of_other_settings_is_refused(change):
    rows = [LabelledRow("a", 0, "one", "yes")]
    prompt = written(PromptSettings(), rows, QueryRow("q", "two"))
    if "query" in change:
        prompt = replace(prompt, turn="T: two")
    with pytest.raises(InputError, match="other settings"):
        count_parts(prompt, replace(PromptSettings(), **change), pool=rows, task=TASK)


def test_a_demonstration_that_is_not_given_is_named():
    rows = [LabelledRow("a", 7, "one", "yes")]
    prompt = written(PromptSettings(), rows, QueryRow("q", "two"))
    with pytest.raises(InputError, match="shows row 7"):
        count_parts(prompt, PromptSettings(), pool=[])
