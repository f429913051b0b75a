"""The Compare section of the Prompts page: an earlier version, a file, and what cannot be compared."""

import json

import pytest

from tests.pages.test_prompts import PAGE, section, words
from ui.prompts_page_diff import _FILE
from votek.datatypes import PromptSettings
from votek.workspace import NewEvent


@pytest.fixture
def compare(open_at):
    """`compare(project, *files)`: the section, with these (name, content) brought."""

    def opened(project, *files):
        at = section(open_at(PAGE, project.id), project, "Compare")
        if files:
            at.segmented_control(f"{project.id}-compare-with").set_value(_FILE).run()
            for name, content in files:
                at.file_uploader(f"{project.id}-compare-files").upload(name, content, "application/json")
            at.run()
        assert not at.exception
        return at

    return opened


def frame(at, column):
    return next(one.value for one in at.dataframe if column in one.value)


def test_without_an_earlier_version_it_says_so(compare, tested):
    assert "never changed" in words(compare(tested))


def test_an_earlier_version_is_compared_with_now(compare, space, tested):
    space.set_prompts(tested.id, PromptSettings(order="descending"))
    at = compare(tested)
    assert "2 re\\-ordered" in words(at)
    assert "order: most similar last against most similar first." in words(at)
    table = frame(at, "Because of")
    assert set(table["Because of"]) == {"parameters"}
    assert list(table["Re-ordered"]) == ["yes", "yes"]
    assert "Come" not in table


def test_a_manifest_is_compared_with_now(compare, space, tested):
    _, manifest = space.export_files(tested.id, "prompts-jsonl")
    at = compare(tested, ("old.manifest.json", manifest.content))
    assert at.success[0].value == "Both are the same prompt set\\."
    item, label = next(iter(space.labels(tested.id).items()))
    other = next(one.name for one in space.project(tested.id).task.labels if one.name != label.value)
    event = NewEvent("again", item, "label", other, space.project(tested.id).task.version, 1)
    assert space.record_events(tested.id, "local", [event])[0].accepted
    at = compare(tested, ("old.manifest.json", manifest.content))
    table = frame(at, "Now")
    assert table.iloc[0].to_dict() == {
        "Text": item,
        "Change": "re-labelled",
        "Before": label.value,
        "Now": other,
        "By": "You",
    }
    assert set(frame(at, "Because of")["Because of"]) == {"labels"}


def test_a_hostile_file_is_told_or_shown_as_it_is(compare, space, tested):
    at = compare(tested, ("x.json", b"<script>alert(1)</script>"))
    assert len(at.error) == 1
    assert "is no manifest" in at.error[0].value.replace("\\", "")
    _, manifest = space.export_files(tested.id, "prompts-jsonl")
    forged = json.loads(manifest.content)
    forged["model"] = {"name": "<b>*m*</b>", "digest": "x"}
    forged["labels"][0]["value"] = "<img src=x onerror=alert(1)>"
    at = compare(tested, ("x.manifest.json", json.dumps(forged).encode()))
    assert "<b>" not in "".join(element.value for element in at.markdown)
    assert "<b>*m*</b>" in " ".join(element.value for element in at.text)
    at = compare(tested, ("x.manifest.json", json.dumps({**forged, "task": 5}).encode()))
    assert "cannot be read" in at.error[0].value
