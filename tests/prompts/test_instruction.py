"""The instruction states the task, unless a project has its own words or wants none."""

import pytest

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.prompts import default_instruction, instruction_text, settings_in_force, unfilled_fields

LABELS = (LabelSpec("refund", "#000000"), LabelSpec("{labels}", "#111111"))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("single", "Give the text one of these labels: refund, {labels}."),
        ("multi", "Give the text all labels that apply, out of: refund, {labels}."),
        ("text", ""),
    ],
)
def test_the_default_names_the_labels_of_the_task(kind, said):
    assert instruction_text(PromptSettings(), TaskSpec(kind, LABELS)) == said


@pytest.mark.parametrize("task", [None, TaskSpec(), TaskSpec("multi"), TaskSpec("text", LABELS)])
def test_without_labels_there_is_no_default(task):
    assert instruction_text(PromptSettings(), task) == ""


def test_an_empty_instruction_means_none():
    assert instruction_text(PromptSettings(instruction=""), TaskSpec("single", LABELS)) == ""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("One of {labels}, {labels}.", "One of refund, {labels}, refund, {labels}."),
        ("The word {{labels}}", "The word {labels}"),
        ('As {"label": 1}, {text} } 100%', 'As {"label": 1}, {text} } 100%'),
    ],
)
def test_labels_are_the_only_field(written, said):
    assert instruction_text(PromptSettings(instruction=written), TaskSpec("single", LABELS)) == said


def test_settings_in_force_state_the_default_and_keep_ones_own():
    task = TaskSpec("single", LABELS)
    assert settings_in_force(PromptSettings(), task).instruction == default_instruction(task)
    for own in (PromptSettings(instruction=""), PromptSettings(instruction="x")):
        assert settings_in_force(own, task) == own


def test_words_that_look_like_fields_are_found():
    assert unfilled_fields("{lables} {labels} {{text}} {0} {lables}") == ["{lables}"]
