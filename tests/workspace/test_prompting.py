"""Prompts and exports from the workspace: one consistent view, only labelled texts, only what there is."""

import json

import pytest

from votek.datatypes import LabelSpec, Projection, PromptSettings, TaskSpec
from votek.errors import InputError, NotFoundError, UnknownNameError
from votek.exports import formats
from votek.jobs.inline import finish_job
from votek.projection.pca import pca_2d


@pytest.fixture
def labelled(workspace, picked, act):
    """The picked project with five labels, of which one was given twice, and a skip."""
    items = [item.item for item in workspace.queue(picked.id)]
    for place, item in enumerate(items[:5]):
        act(picked, "label", item, "xy"[place % 2])
    act(picked, "label", items[0], "y")
    act(picked, "skip", items[5])
    return picked


@pytest.fixture
def tested(labelled, load, dataset, workspace, monkeypatch):
    """With four test items, one of which is a text of the pool, and their vectors."""
    texts = dataset(4, seed=0).texts
    assert texts[0] in workspace.dataset(labelled.id).texts
    load(labelled, dataset(4, seed=0, prefix="t"), role="test")
    monkeypatch.setattr("votek.projection.project_2d", without_umap)
    job = finish_job(workspace, workspace.request_preparation(labelled.id))
    assert job.state == "done", job.message
    return labelled


def without_umap(graph, vectors, *, method="umap", seed=0):
    return Projection(pca_2d(vectors), method, {})


def test_labelled_rows_come_in_pick_order_with_who_and_when(workspace, labelled):
    rows = workspace.labelled_rows(labelled.id)
    queue = workspace.queue(labelled.id)
    assert [row.id for row in rows] == [item.item for item in queue[:5]]
    assert [row.rank for row in rows] == [1, 2, 3, 4, 5]
    assert [row.value for row in rows] == ["y", "y", "x", "y", "x"]
    assert [row.who for row in rows] == ["ann"] * 5
    data = workspace.dataset(labelled.id)
    for row in rows:
        assert row.text == data.texts[row.row]
        assert row.fields == {}  # its one other column is hidden gold


def test_without_test_items_prompts_are_for_all_texts_without_a_label(workspace, labelled):
    found = workspace.prompt_set(labelled.id)
    done = {row.row for row in workspace.labelled_rows(labelled.id)}
    data = workspace.dataset(labelled.id)
    assert [prompt.id for prompt in found.prompts] == [data.ids[row] for row in range(120) if row not in done]
    for prompt in found.prompts:
        assert set(prompt.demonstrations) <= done
        assert 1 <= len(prompt.demonstrations) <= 5
        assert prompt.text.endswith(f"Text: {prompt.query}\nLabel:")


def test_prompts_for_some_items_in_the_order_asked(workspace, labelled):
    found = workspace.prompt_set(labelled.id, test_ids=["a9", "a3"])
    assert [prompt.id for prompt in found.prompts] == ["a9", "a3"]
    with pytest.raises(NotFoundError, match="no test item 'zzz'"):
        workspace.prompt_set(labelled.id, test_ids=["a9", "zzz"])


def test_prompts_for_the_test_file(workspace, tested):
    found = workspace.prompt_set(tested.id)
    assert [prompt.id for prompt in found.prompts] == ["t0", "t1", "t2", "t3"]
    copies = {row.text: row.row for row in workspace.labelled_rows(tested.id)}
    for prompt in found.prompts:
        assert copies.get(prompt.query) not in prompt.demonstrations


def test_hidden_gold_never_leaves(workspace, dataset, load, act, finish):
    task = TaskSpec(labels=(LabelSpec("yes", "#0072B2"),))
    project = workspace.create_project("Secrets", task=task)
    data = dataset(40, truth=[f"SECRET{place}" for place in range(40)], source=["mail"] * 40)
    load(project, data, truth="gold")
    workspace.request_selection(project.id, budget=4)
    finish(project.id)
    for item in workspace.queue(project.id):
        act(project, "label", item.item, "yes")
    assert [row.fields for row in workspace.labelled_rows(project.id)] == [{"source": "mail"}] * 4
    for format in formats():
        content = workspace.export(project.id, format).content
        assert b"SECRET" not in content
        assert "SECRET" not in json.dumps(workspace.export_manifest(project.id, format))
    for template in ("demonstration", "query"):
        workspace.set_prompts(project.id, PromptSettings(**{template: "{text} {field:truth}"}))
        with pytest.raises(InputError, match="truth"):
            workspace.prompt_set(project.id)


def test_the_settings_in_force_are_used(workspace, labelled):
    workspace.set_prompts(labelled.id, PromptSettings(instruction="Sort {these}.", n=2, query="Q: {text}"))
    (prompt,) = workspace.prompt_set(labelled.id, test_ids=["a9"]).prompts
    assert prompt.text.startswith("Sort {these}.")
    assert prompt.text.endswith(f"Q: {prompt.query}")
    assert len(prompt.demonstrations) == 2


def test_a_project_without_texts(workspace):
    made = workspace.create_project("Empty")
    with pytest.raises(InputError, match=r"no texts yet.*Import a file"):
        workspace.prompt_set(made.id)


def test_vectors_that_are_not_there_yet(workspace, load, dataset, labelled):
    load(labelled, dataset(9, seed=3, prefix="t"), role="test")
    with pytest.raises(InputError, match=r"vectors .* are not computed yet"):
        workspace.prompt_set(labelled.id)
    assert workspace.export(labelled.id, "labelled-jsonl").content


@pytest.mark.parametrize("format", sorted(formats()))
def test_every_format(workspace, tested, format):
    file = workspace.export(tested.id, format)
    assert file.content
    assert file.name
    manifest = workspace.export_manifest(tested.id, format)
    assert json.loads(json.dumps(manifest)) == manifest


def test_the_manifest_says_where_it_all_came_from(workspace, tested):
    manifest = workspace.export_manifest(tested.id)
    (made,) = workspace.rounds(tested.id)
    assert manifest["data"]["digest"] == workspace.dataset(tested.id).digest
    assert manifest["tests"]["ids"] == ["t0", "t1", "t2", "t3"]
    assert manifest["model"]["name"] == "votek-hash"
    assert manifest["model"]["digest"] == workspace.embeddings(tested.id).model_digest
    assert [pick["row"] for pick in manifest["rounds"][0]["picks"]] == list(made.indices)
    assert [(label["value"], label["who"]) for label in manifest["labels"]][:1] == [("y", "ann")]


def test_a_format_that_does_not_exist(workspace, labelled):
    with pytest.raises(UnknownNameError, match="no export format 'word'"):
        workspace.export(labelled.id, "word")


def test_nothing_to_export(workspace, picked):
    with pytest.raises(InputError, match="Nothing is labelled yet"):
        workspace.export(picked.id, "labelled-jsonl")


@pytest.mark.parametrize(("pool_use", "test_use"), [("ignore", "gold"), ("gold", "ignore"), ("gold", "gold")])
def test_a_column_of_labels_in_either_file_is_no_column_of_a_query(workspace, dataset, load, pool_use, test_use):
    made = workspace.create_project("Two files")
    load(made, dataset(9, kind=["a"] * 9, city=["Rome"] * 9), kind=pool_use)
    load(made, dataset(4, seed=3, prefix="t", kind=["b"] * 4, city=["Bonn"] * 4), role="test", kind=test_use)
    assert workspace.template_columns(made.id) == (["city"], ["city"])
