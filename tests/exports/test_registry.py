"""What `write` promises for every format, and what it refuses."""

import dataclasses
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from votek.datatypes import PromptSet, PromptSettings
from votek.errors import InputError, UnknownNameError
from votek.exports import catalogue, find_format, formats, manifest_file, needs_prompts, write

NAMES = list(formats())


@pytest.mark.parametrize("format", NAMES)
def test_the_same_rows_give_the_same_bytes_in_whatever_order_they_come(material, format):
    given = material(format)
    first = write(format, **given)
    assert first.content
    assert write(format, **{**given, "labelled": given["labelled"][::-1]}) == first


def test_every_format_has_a_sentence_and_a_file_of_its_own():
    assert all(sentence.endswith(".") for sentence in formats().values())
    assert len({format.file for format in catalogue()}) == len(catalogue()) == len(NAMES) - 1


@pytest.mark.parametrize("format", NAMES)
def test_the_manifest_beside_a_file_describes_it(material, format):
    given = material(format)
    file = write(format, **given)
    beside = manifest_file(given["prompts"].manifest, file, format=format)
    assert beside.name == file.name + ".manifest.json"
    about = json.loads(beside.content)["export"]
    assert about["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert (about["format"], about["bytes"]) == (format, len(file.content))


def test_all_holds_every_file_beside_its_manifest(material):
    given = material("all")
    made = write("all", **given)
    archive = zipfile.ZipFile(io.BytesIO(made.content))
    assert archive.testzip() is None
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}  # the clock is no content
    expected = {}
    for format in NAMES[:-1]:
        if format in made.left_out:
            continue
        file = write(format, **given)
        expected |= {file.name: file.content}
        beside = manifest_file(given["prompts"].manifest, file, format=format)
        expected |= {beside.name: beside.content}
    found = {name: archive.read(name) for name in archive.namelist()}
    assert "cannot hold" in found.pop("left-out.txt").decode()
    assert set(made.left_out) == {"labelled-xlsx"}
    assert found == expected


def test_all_without_test_items_holds_everything_but_their_prompts(material):
    given = material("all")
    given["prompts"] = PromptSet((), given["prompts"].manifest)
    archive = zipfile.ZipFile(io.BytesIO(write("all", **given).content))
    names = {name for name in archive.namelist() if not name.endswith(".manifest.json")}
    wanted = {format.file for format in catalogue() if format.needs != "prompts" and format.name != "labelled-xlsx"}
    assert names == {*wanted, "left-out.txt"}
    assert "labelled.jsonl" in wanted


@pytest.mark.parametrize("format", [name for name in NAMES if not needs_prompts(name)])
def test_labelled_sets_need_no_prompts(material, format):
    given = material(format)
    assert write(format, labelled=given["labelled"], task=given["task"]) == write(format, **given)


@pytest.mark.parametrize("format", [name for name in NAMES if needs_prompts(name)])
def test_prompts_are_asked_for_where_they_are_needed(project, format):
    with pytest.raises(InputError, match=r"[Bb]uild the prompts"):
        write(format, labelled=project[1], task=project[3])


@pytest.mark.parametrize("format", [name for name in NAMES if name == "all" or find_format(name).needs != "prompts"])
def test_nothing_labelled_is_said(material, format):
    with pytest.raises(InputError, match="Label at least one text"):
        write(format, **{**material(format), "labelled": []})


def test_prompts_without_demonstrations_can_be_exported(make_project):
    _, _, prompts, task = make_project(settings=PromptSettings(n=0, instruction=""))
    lines = write("prompts-jsonl", labelled=[], prompts=prompts, task=task).content.splitlines()
    assert [json.loads(line)["demonstrations"] for line in lines] == [[]] * 4
    chats = write("openai-chat-jsonl", labelled=[], prompts=prompts, task=task).content.splitlines()
    assert [[message["role"] for message in json.loads(chat)["messages"]] for chat in chats] == [["user"]] * 4


def test_prompts_of_labels_that_are_gone_are_refused(project):
    _, rows, prompts, task = project
    shown = {row for prompt in prompts.prompts for row in prompt.demonstrations}
    with pytest.raises(InputError, match="not labelled any more"):
        write("prompts-jsonl", labelled=[row for row in rows if row.row not in shown], prompts=prompts, task=task)


def test_a_chat_renders_the_query_template_when_it_uses_columns(make_project):
    settings = PromptSettings(instruction="", query="{text} in {field:city}", n=1)
    _, rows, prompts, task = make_project(settings=PromptSettings(n=1))
    manifest = {**prompts.manifest, "prompts": {"settings": dataclasses.asdict(settings)}}
    turned = tuple(dataclasses.replace(prompt, turn=prompt.query + " in {Rome}") for prompt in prompts.prompts)
    file = write("openai-chat-jsonl", labelled=rows, prompts=PromptSet(turned, manifest), task=task)
    shown = {row.row: row for row in rows}[turned[0].demonstrations[0]]
    messages = json.loads(file.content.split(b"\n")[0])["messages"]
    assert messages[0]["content"] == f"{shown.text} in {shown.fields['city']}"
    assert messages[-1]["content"] == turned[0].query + " in {Rome}"
    bare = [dataclasses.replace(row, fields={}) for row in rows]
    with pytest.raises(InputError, match="the column 'city'"):
        write("openai-chat-jsonl", labelled=bare, prompts=PromptSet(turned, manifest), task=task)


def test_an_unknown_format_lists_those_there_are(project):
    with pytest.raises(UnknownNameError, match=r"labelled-jsonl, .*, all"):
        write("xml", labelled=project[1], task=project[3])


@pytest.mark.parametrize("format", [format.name for format in catalogue() if format.needs in ("labels", "settings")])
def test_half_a_character_is_named_not_lost(material, format):
    given = material(format)
    first, *rest = given["labelled"]
    broken = dataclasses.replace(first, text="bad \ud800 half")
    with pytest.raises(InputError, match=r"bad \\ud800 half"):
        write(format, **{**given, "labelled": [broken, *rest]})


def test_the_documents_list_every_format_with_its_file_and_order():
    page = (Path(__file__).resolve().parents[2] / "docs" / "exports.md").read_text("utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \| ([^ ,|]+)[^|]*\| ([^|]+) \|", page, re.MULTILINE)
    assert [name for name, _, _ in listed] == NAMES
    for name, file, order in listed[:-1]:
        known = find_format(name)
        assert file == known.file
        assert order in known.order or "in a prompt" in order
