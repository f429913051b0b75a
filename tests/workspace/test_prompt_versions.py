"""Versions of the prompt settings: one for each change, who made it, and the way back."""

from dataclasses import fields, replace

import pytest

from votek.datatypes import PromptSettings
from votek.errors import NotFoundError
from votek.prompts import settings_difference, settings_lines

FIRST = PromptSettings(query="Q: {text}", n=3)


def test_every_change_is_a_version_and_the_same_again_is_none(workspace, project):
    for settings in (PromptSettings(), FIRST, FIRST, replace(FIRST, floor=0.5)):
        workspace.set_prompts(project.id, settings, who="ann")
    made = workspace.prompt_versions(project.id)
    assert [one.version for one in made] == [1, 2, 3]
    assert [one.settings for one in made] == [PromptSettings(), FIRST, replace(FIRST, floor=0.5)]
    assert [one.who for one in made] == [None, "ann", "ann"]
    assert workspace.project(project.id).prompts_version == 3


def test_an_earlier_version_is_taken_back_as_a_new_one(workspace, project):
    workspace.set_prompts(project.id, FIRST)
    back = workspace.restore_prompts(project.id, 1, who="ben")
    assert (back.prompts, back.prompts_version) == (PromptSettings(), 3)
    assert workspace.prompt_versions(project.id)[-1].who == "ben"
    assert workspace.restore_prompts(project.id, 3).prompts_version == 3
    assert workspace.restore_prompts(project.id, 1).prompts_version == 3
    with pytest.raises(NotFoundError, match="no version 4 of the prompts; there are the versions 1 to 3"):
        workspace.restore_prompts(project.id, 4)


def test_the_manifest_says_by_which_version_prompts_were_written(workspace, picked, act):
    act(picked, "label", workspace.queue(picked.id)[0].item, "x")
    workspace.set_prompts(picked.id, FIRST)
    assert workspace.export_manifest(picked.id)["prompts"]["version"] == 2


def test_a_project_that_is_not_there_has_no_versions(workspace):
    with pytest.raises(NotFoundError):
        workspace.prompt_versions("none")


def test_a_difference_shows_the_lines_that_changed_and_no_others():
    newer = replace(FIRST, demonstration="Text: {text}\nIn: {field:city}\nLabel: {label}", n=4)
    changed = [line for line in settings_difference(FIRST, newer) if line[0] in "+-"]
    assert changed == ["+  In: {field:city}", "-number of demonstrations: 3", "+number of demonstrations: 4"]
    assert settings_difference(FIRST, FIRST) == []


@pytest.mark.parametrize("name", [one.name for one in fields(PromptSettings)])
def test_no_setting_is_left_out_of_a_difference(name):
    value = getattr(PromptSettings(), name)
    other = {"retrieval": "fixed", "order": "descending"}.get(name, f"{value}!" if isinstance(value, str) else 7)
    newer = replace(PromptSettings(), **{name: "Say {labels}" if name == "instruction" else other})
    assert settings_difference(PromptSettings(), newer)


def test_texts_that_look_alike_differ_visibly():
    one, other = (settings_lines(PromptSettings(query="a" + sign + "{text}")) for sign in ("\u202e", "\r"))
    assert "  a\\u202e{text}" in one
    assert "  a\\r{text}" in other
    assert settings_lines(PromptSettings(instruction=""))[0] != settings_lines(PromptSettings())[0]
