"""A pack that the app exported writes the app's own prompts, with the real embedding model."""

from dataclasses import replace
from pathlib import Path

import pytest

import votek
from votek.datasets import make_dataset, read_dataset
from votek.datatypes import LabelSpec, Projection, PromptSettings, TaskSpec
from votek.jobs.inline import finish_job
from votek.projection.pca import pca_2d
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

EXAMPLES = Path(votek.__file__).resolve().parents[1] / "examples"
PLAIN = PromptSettings(n=5)
SETTINGS = {
    "plain": PLAIN,
    "columns and budget": replace(
        PLAIN,
        n=9,
        demonstration="[{field:channel}] {text}\n-> {label}\n\n",
        query="[{field:channel}] {text}\n->",
        token_budget=140,
        answer_reserve=10,
    ),
    "mmr": replace(PLAIN, retrieval="mmr"),
    "balanced": replace(PLAIN, retrieval="balanced", label_cap=2, floor=0.0, order="descending"),
    "random": replace(PLAIN, retrieval="random", seed=3),
}


def part_of(file, size):
    data = read_dataset(EXAMPLES / file, text="text", id="id")
    return make_dataset(data.ids[:size], data.texts[:size], {name: data.fields[name][:size] for name in data.fields})


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """(workspace, project id): a part of the help desk with 16 labels and eight test items."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "votek.projection.project_2d", lambda graph, vectors, **more: Projection(pca_2d(vectors), "pca", {})
        )
        workspace = Workspace.open(Settings(data=tmp_path_factory.mktemp("desk")))
        pool, tests = part_of("helpdesk.csv", 40), part_of("helpdesk_test.csv", 8)
        labels = tuple(LabelSpec(name, "#000000") for name in sorted(set(pool.fields["intent"])))
        project = workspace.create_project("Desk", task=TaskSpec("single", labels)).id
        workspace.import_dataset(project, pool, role="pool", name="helpdesk.csv", columns={"intent": "gold"})
        workspace.import_dataset(project, tests, role="test", name="helpdesk_test.csv", columns={"intent": "gold"})
        assert finish_job(workspace, workspace.request_selection(project, budget=16)).state == "done"
        assert finish_job(workspace, workspace.request_preparation(project)).state == "done"
        gold = dict(zip(pool.ids, pool.fields["intent"], strict=True))
        version = workspace.project(project).task.version
        events = [
            NewEvent(f"event {at}", item.item, "label", gold[item.item], version, 1)
            for at, item in enumerate(workspace.queue(project))
        ]
        workspace.record_events(project, "local", events)
        yield workspace, project
        workspace.close()


@pytest.mark.parametrize("name", SETTINGS)
def test_a_prompt_of_the_pack_is_the_prompt_of_the_app(desk, tmp_path, name):
    workspace, project = desk
    workspace.set_prompts(project, SETTINGS[name])
    file = workspace.export(project, "pack")
    path = tmp_path / file.name
    path.write_bytes(file.content)
    pack = votek.load_pack(path, warm=name == "plain")
    prompts = workspace.prompt_set(project).prompts
    channels = workspace.dataset(project, "test").fields["channel"]
    vectors = [None] * len(prompts) if name == "plain" else workspace.embeddings(project, "test").vectors
    assert len(prompts) == 8
    assert all(prompt.demonstrations for prompt in prompts)
    assert any(prompt.skipped for prompt in prompts) == (SETTINGS[name].token_budget is not None)
    for prompt, channel, vector in zip(prompts, channels, vectors, strict=True):
        assert pack.prompt(prompt.query, fields={"channel": channel}, id=prompt.id, vector=vector) == prompt.text
    assert pack.model == "all-MiniLM-L6-v2"
    assert pack.manifest["data"]["digest"] == workspace.dataset(project).digest
    assert all("channel" in row.fields and "intent" not in row.fields for row in pack.rows)  # right answers stay here
