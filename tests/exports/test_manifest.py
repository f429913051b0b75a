"""The manifest tells how a set came about, survives a file, and leads back to what made it."""

import copy
import dataclasses
import importlib.metadata
import json
import subprocess
import sys

import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.errors import FileError
from votek.exports import (
    compare,
    labelled_rows,
    manifest_bytes,
    prompt_settings,
    prompts_digest,
    read_manifest,
    recorded_rounds,
    recorded_task,
)
from votek.prompts import LabelledRow, QueryRow, build_prompts, in_pick_order


@pytest.fixture
def manifest(project):
    return copy.deepcopy(dict(project[2].manifest))


def test_a_file_keeps_it_whole(manifest):
    assert read_manifest(manifest_bytes(manifest)) == manifest
    assert read_manifest(b"\xef\xbb\xbf" + manifest_bytes(manifest)) == manifest


def test_it_names_everything_that_made_the_set(project, manifest):
    data, rows, prompts, _ = project
    assert manifest["data"]["digest"] == data.digest
    assert manifest["data"]["read"]["name"] == "h.csv"
    assert manifest["model"] == {"name": "m", "digest": "d"}
    assert manifest["near_copies"] == {"threshold": 0.95}
    assert manifest["versions"]["numpy"] == importlib.metadata.version("numpy")
    assert set(manifest["versions"]) >= {"votek", "torch", "sentence-transformers", "python"}
    assert manifest["guidelines"]["version"] == 2
    assert manifest["prompts"]["order"] == "most similar last"
    assert manifest["prompts"]["digest"] == prompts_digest(prompts.prompts)
    assert manifest["created"] == "2024-05-06T07:08:09.123456+00:00"
    (first,) = manifest["rounds"]
    assert first["parameters"] == {"k": 10, "rho": 10.0, "seed": 0, "budget": len(first["picks"])}
    assert first["picks"][0] == {"row": 1, "id": "id 1", "gain": 1.0}
    by_row = {row.row: row for row in rows}
    assert [(label["id"], label["value"], label["who"]) for label in manifest["labels"]] == [
        (row.id, row.value, row.who) for row in in_pick_order(list(by_row.values()))
    ]


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_it_leads_back_to_rows_rounds_and_settings(make_project, kind):
    data, rows, prompts, task = make_project(kind)
    manifest = read_manifest(manifest_bytes(prompts.manifest))
    assert labelled_rows(manifest, data) == tuple(in_pick_order(rows))
    assert recorded_task(manifest) == task
    assert prompt_settings(manifest).instruction == "Use {braces}, 100% and $5."
    (found,) = recorded_rounds(manifest)
    assert (found.method, found.labeled, found.excluded) == ("fast-vote-k", (), (3,))
    assert found.indices == tuple(row.row for row in rows if row.rank is not None)


def test_it_states_the_instruction_that_the_task_gave(make_project):
    _, _, prompts, _ = make_project("multi", settings=PromptSettings(n=1))
    recorded = prompts.manifest["prompts"]["settings"]
    assert recorded["instruction"] == "Give the text all labels that apply, out of: {labels}."
    assert recorded["separator"] == "\n\n"
    assert prompts.prompts[0].text.startswith("Give the text all labels that apply, out of: a, b.\n\nText: ")


@pytest.mark.parametrize("instruction", ["", "Do {labels}.", "Do {{labels}}.\n", "Do.\n\n"])
@pytest.mark.parametrize("ending", ["", " ", "\n", "\n\n"])
def test_one_from_before_there_was_a_separator_gives_the_prompts_it_recorded(instruction, ending):
    recorded = {"instruction": instruction, "demonstration": "{text}={label}" + ending, "query": "{text}", "n": 1}
    settings = prompt_settings({"prompts": {"settings": recorded}})
    (prompt,) = build_prompts(
        settings, pool=[LabelledRow("1", 0, "t", "l")], pool_vectors=[[1.0, 0.0]], queries=[QueryRow("q", "new")],
        query_vectors=[[0.0, 1.0]], task=TaskSpec("single", (LabelSpec("l", "#000000"),)),
    )  # fmt: skip
    head = instruction + ("\n\n" if instruction and not instruction.endswith("\n") else "")
    assert prompt.text == head + "t=l" + ending + "new"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "schema is 'list'"),
        (b"{}", "schema is None"),
        (b'{"schema": "votek.manifest/0"}', "schema is 'votek.manifest/0'"),
        (b'{"schema": "votek.manifest/1", "data": {}}', "lacks tests, model"),
    ],
)
def test_what_is_no_manifest_is_refused(content, words):
    with pytest.raises(FileError) as caught:
        read_manifest(content)
    assert words in str(caught.value)


def test_labels_need_the_data_they_were_given_to(project, manifest):
    data = make_dataset(["other"], ["text"], {"text": ["text"]})
    with pytest.raises(FileError, match="which the data does not hold"):
        labelled_rows(manifest, data)


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        ("labels", [{"row": 0}]),
        ("labels", [{"row": "x"}]),
        ("labels", [{"row": 0, "id": "id 0", "time": "soon", "value": 1, "who": 1, "source": 1, "rank": 1}]),
        ("labels", 3),
    ],
)
def test_damaged_labels_are_refused(project, manifest, part, damage):
    with pytest.raises(FileError, match="labels cannot be read"):
        labelled_rows({**manifest, part: damage}, project[0])


def test_other_damage_is_refused(manifest):
    with pytest.raises(FileError, match="rounds cannot be read"):
        recorded_rounds({**manifest, "rounds": [{}]})
    with pytest.raises(FileError, match="prompt settings cannot be read"):
        prompt_settings({**manifest, "prompts": {"settings": {"colour": 1}}})
    with pytest.raises(FileError, match="task cannot be read"):
        recorded_task({**manifest, "task": {"labels": [1]}})


def test_a_set_made_again_does_not_differ(manifest):
    again = copy.deepcopy(manifest) | {"created": "later", "export": {"sha256": "1"}}
    again["rounds"][0]["created"] = "later"
    assert compare(manifest, again) == []


def test_differences_are_named_by_place(manifest):
    other = copy.deepcopy(manifest)
    other["model"]["digest"] = "e"
    other["rounds"][0]["picks"][2]["row"] = 99
    other["labels"].pop()
    del other["near_copies"]
    lines = compare(manifest, other)
    assert "model.digest: 'd' against 'e'" in lines
    assert "rounds[0].picks[2].row: 3 against 99" in lines
    assert f"labels: {len(manifest['labels'])} entries against {len(manifest['labels']) - 1}" in lines
    assert "near_copies: {'threshold': 0.95} against nothing" in lines
    assert compare(other, manifest)[0] == "model.digest: 'e' against 'd'"


def test_long_lists_of_differences_are_cut():
    lines = compare({"picks": list(range(30))}, {"picks": list(range(1, 31))})
    assert len(lines) == 11
    assert lines[-1] == "picks: 20 more entries differ"


def test_true_is_not_one():
    assert compare({"a": True}, {"a": 1}) == ["a: True against 1"]
    assert compare({"a": 10}, {"a": 10.0}) == []


def test_any_change_of_a_prompt_changes_the_digest(project):
    prompts = project[2].prompts
    digests = {prompts_digest(prompts), prompts_digest(prompts[::-1]), prompts_digest(prompts[:1])}
    for change in ({"id": "x"}, {"query": "x"}, {"text": "x"}, {"demonstrations": ()}):
        digests.add(prompts_digest((dataclasses.replace(prompts[0], **change), *prompts[1:])))
    assert len(digests) == 7


def test_the_web_process_loads_nothing_heavy_for_it():
    code = (
        "import sys, votek.exports, votek.prompts; votek.prompts.token_counter('wordpiece').count(['a']); "
        "import json; print(json.dumps([m for m in sys.modules if '.' not in m]))"
    )
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)
    heavy = {"torch", "sentence_transformers", "faiss", "umap", "numba", "sklearn", "scipy", "transformers", "pyarrow"}
    assert not heavy & set(loaded)
