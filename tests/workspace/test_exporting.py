"""Exports of a project: prompts of the labelled texts, vectors, right answers when asked for, and a file at a path."""

import hashlib
import json

import numpy as np
import pytest

from votek.datatypes import LabelSpec, Projection, TaskSpec
from votek.errors import InputError, StorageError
from votek.exports import formats, registry
from votek.exports.files import json_bytes
from votek.exports.format import Format
from votek.jobs.inline import finish_job
from votek.projection.pca import pca_2d


@pytest.fixture
def labelled(workspace, picked, act):
    """The picked project with six labels."""
    for place, item in enumerate(workspace.queue(picked.id)[:6]):
        act(picked, "label", item.item, "xy"[place % 2])
    return picked


@pytest.fixture
def tested(workspace, labelled, load, dataset, monkeypatch):
    """With four test items whose right answers stand in a hidden column."""
    data = dataset(4, seed=9, prefix="t", truth=["RIGHT x", "RIGHT y", "", "RIGHT x"])
    load(labelled, data, role="test", truth="gold")

    def without_umap(graph, vectors, *, method="umap", seed=0):
        return Projection(pca_2d(vectors), method, {})

    monkeypatch.setattr("votek.projection.project_2d", without_umap)
    job = finish_job(workspace, workspace.request_preparation(labelled.id))
    assert job.state == "done", job.message
    return labelled


@pytest.fixture
def seen(monkeypatch):
    """Two formats that keep what they are given: "own" of the labelled texts, "tests" of the test items."""
    found = {}

    def keep(name):
        def write(request, out):
            found[name] = request
            out.write(json_bytes(json.dumps(request.answers)))

        return write

    own = Format("own", "Own", "One.", "own.txt", "text/plain", "libraries", "own prompts", "any", "FILE", keep("own"))
    tests = Format("tests", "T", "One.", "t.txt", "text/plain", "prompts", "prompts", "any", "FILE", keep("tests"), answers=True)  # fmt: skip  # noqa: E501
    monkeypatch.setattr(registry, "_FORMATS", {**registry._FORMATS, "own": own, "tests": tests})
    return found


def test_prompts_of_the_labelled_texts_never_show_themselves(workspace, labelled, seen):
    workspace.export(labelled.id, "own")
    rows = [row.row for row in workspace.labelled_rows(labelled.id)]
    own = seen["own"].own.prompts
    assert [prompt.id for prompt in own] == [row.id for row in workspace.labelled_rows(labelled.id)]
    for row, prompt in zip(rows, own, strict=True):
        assert row not in prompt.demonstrations
        assert set(prompt.demonstrations) <= set(rows)
        assert len(prompt.demonstrations) == 5


def test_the_vectors_are_those_of_the_labelled_rows(workspace, labelled, seen):
    workspace.export(labelled.id, "own")
    vectors, rows = seen["own"].vectors, [row.row for row in seen["own"].labelled]
    embeddings = workspace.embeddings(labelled.id)
    assert np.array_equal(vectors.rows, embeddings.vectors[rows])
    assert np.array_equal(vectors.mean, embeddings.mean)
    assert vectors.copies.tolist() == rows  # no text has a copy here
    assert (vectors.model, vectors.model_digest) == (embeddings.model, embeddings.model_digest)
    assert vectors.near_copy_threshold == workspace.settings.near_copy_threshold


def test_right_answers_go_out_only_when_they_are_asked_for(workspace, tested, seen):
    for format in formats():
        assert b"RIGHT" not in workspace.export_files(tested.id, format)[0].content
    file, manifest = workspace.export_files(tested.id, "tests", answers=True)
    assert json.loads(file.content) == {"t0": "RIGHT x", "t1": "RIGHT y", "t3": "RIGHT x"}
    assert json.loads(manifest.content)["export"]["answers"] == 3
    assert json.loads(workspace.export_files(tested.id, "tests")[1].content)["export"]["answers"] == 0
    assert "RIGHT" not in json.dumps(workspace.export_manifest(tested.id, "tests"))
    assert workspace.right_answers_known(tested.id) == 3


def test_several_right_answers_are_several(workspace, tested, seen):
    task = TaskSpec("multi", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))
    ready = workspace._answers_for(tested.id, "tests", task)
    assert ready["t1"] == ("RIGHT y",)


def test_written_right_answers_go_out_letter_for_letter(workspace, tested, seen, load, dataset):
    data = dataset(3, seed=9, prefix="t", truth=["  SELECT 1\n", " \t", "a\r\n"])
    load(tested, data, role="test", truth="gold")
    assert workspace._answers_for(tested.id, "tests", TaskSpec("text")) == {"t0": "  SELECT 1\n", "t2": "a\r\n"}
    assert workspace._answers_for(tested.id, "tests", TaskSpec("single")) == {"t0": "SELECT 1", "t2": "a"}
    assert workspace.right_answers_known(tested.id) == 2


def test_right_answers_that_cannot_go_out_are_said(workspace, labelled, tested, load, dataset, seen):
    with pytest.raises(InputError, match=r"'labelled-jsonl' holds no right answers. These can: .*tests"):
        workspace.export(tested.id, "labelled-jsonl", answers=True)
    load(labelled, dataset(4, seed=9, prefix="t"), role="test")
    assert workspace.right_answers_known(labelled.id) == 0
    with pytest.raises(InputError, match="No test item has a right answer"):
        workspace.export(labelled.id, "tests", answers=True)


@pytest.mark.parametrize("size", [2, 9])
def test_test_items_that_are_replaced_meanwhile_change_nothing(workspace, tested, load, dataset, monkeypatch, size):
    """An export is of one view: another test file, even with vectors of its own, has no part in it."""
    from votek.jobs.preparing import embed_tests

    expected, read = workspace.export(tested.id, "prompts-jsonl").content, workspace._material

    def replaced_after(project_id):
        view = read(project_id)
        load(tested, dataset(size, seed=size, prefix="other"), role="test")
        embed_tests(workspace, project_id)
        return view

    monkeypatch.setattr(workspace, "_material", replaced_after)
    assert workspace.export(tested.id, "prompts-jsonl").content == expected
    monkeypatch.undo()
    assert len(workspace.export(tested.id, "prompts-jsonl").content.splitlines()) == size


def test_labels_go_out_whatever_is_the_matter_with_the_prompts(workspace, labelled, load, dataset):
    load(labelled, dataset(9, seed=3, prefix="t"), role="test")
    file, manifest = workspace.export_files(labelled.id, "labelled-jsonl")
    assert json.loads(manifest.content)["export"]["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert json.loads(manifest.content)["prompts"]["count"] == 0
    for format in ("pack", "langchain-folder", "dspy-program"):  # their settings are fine
        assert json.loads(workspace.export_files(labelled.id, format)[1].content)["prompts"]["count"] == 0
    with pytest.raises(InputError, match="not computed yet"):
        workspace.export_files(labelled.id, "prompts-jsonl")


def test_a_file_at_a_path_is_the_same_file(workspace, tested, tmp_path, monkeypatch):
    moment = workspace.project(tested.id).created
    monkeypatch.setattr("votek.workspace.prompting.now", lambda: moment)
    for format in ("labelled-csv", "prompts-jsonl", "all"):
        made, beside = workspace.save_export(tested.id, format, tmp_path / "mine.bin", formula_guard=False)
        file, manifest = workspace.export_files(tested.id, format, formula_guard=False)
        assert (tmp_path / "mine.bin").read_bytes() == file.content
        assert (made.sha256, beside.name) == (file.sha256, "mine.bin.manifest.json")
        renamed = {**json.loads(manifest.content)["export"], "file": "mine.bin"}
        assert json.loads(beside.content)["export"] == renamed
    with pytest.raises(StorageError, match="another place"):
        workspace.save_export(tested.id, "labelled-csv", tmp_path / "no" / "x")
