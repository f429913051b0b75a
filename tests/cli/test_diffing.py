"""`votek diff`."""

import json

import pytest
from typer.testing import CliRunner

from votek.cli import app, diffing  # noqa: F401
from votek.cli.beside import prompts_beside
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.errors import FileError, InputError, NotFoundError
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace


@pytest.fixture
def votek(monkeypatch, tmp_path):
    """`votek(code, *arguments)`: what the command prints, ending with this code; errors are raised."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))

    def run(code, *arguments):
        done = CliRunner().invoke(app, [str(part) for part in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.stdout

    return run


@pytest.fixture
def questions(tmp_path):
    with Workspace.open(Settings(data=tmp_path / "data", model="votek-hash"), accounts=False) as space:
        project = space.create_project("Questions", task=TaskSpec("single", (LabelSpec("x", "#0072B2"),)))
        texts = [f"text {n % 7} about w{n % 5} n{n}" for n in range(40)]
        space.import_dataset(project.id, make_dataset([f"a{n}" for n in range(40)], texts, {}), role="pool", name="f")
        finish_job(space, space.request_selection(project.id, budget=6))
        for job in space.jobs(project.id, active=True):
            finish_job(space, job)
        events = [NewEvent(f"e{n}", entry.item, "label", "x", 1, 1) for n, entry in enumerate(space.queue(project.id))]
        space.record_events(project.id, "ann", events)
        yield space, project


def test_files_and_projects_are_compared(votek, questions, tmp_path):
    space, project = questions
    file, manifest = space.export_files(project.id, "prompts-jsonl")
    (tmp_path / "old.jsonl").write_bytes(file.content)
    (tmp_path / "old.manifest.json").write_bytes(manifest.content)
    assert votek(0, "diff", tmp_path / "old.jsonl", "Questions") == "Both are the same prompt set.\n"
    space.set_prompts(project.id, PromptSettings(order="descending"))
    said = votek(1, "diff", tmp_path / "old.manifest.json", "Questions")
    assert "Because of parameters: 34 prompts." in said
    assert "- order: most similar last against most similar first." in said
    assert "prompt changed: a" in said
    assert said.endswith("and 14 more; --json lists all\n")
    found = json.loads(votek(1, "diff", tmp_path / "old.jsonl", "Questions", "--json"))
    assert found["counts"]["prompts re-ordered"] == 34
    assert len(found["prompts"]) == 34
    assert json.loads(votek(0, "diff", "Questions@1", tmp_path / "old.jsonl", "--json"))["equal"] is True
    assert "Both pick the same 6 texts" in votek(0, "diff", "Questions", tmp_path / "old.manifest.json", "--picks")
    (tmp_path / "picks.jsonl").write_text(
        "".join(f'{{"rank": {n}, "id": "{entry.item}"}}\n' for n, entry in enumerate(space.queue(project.id)[:5], 1))
    )
    said = votek(1, "diff", tmp_path / "picks.jsonl", "Questions")
    assert said.startswith("5 picks against 6: 1 added.")


def test_files_of_the_page_are_found_beside_each_other(votek, questions, tmp_path):
    space, project = questions
    for file in space.export_files(project.id, "prompts-jsonl"):
        (tmp_path / file.name).write_bytes(file.content)  # the manifest is named after the whole name of its file
    space.set_prompts(project.id, PromptSettings(order="descending"))
    for name in ("prompts.jsonl", "prompts.jsonl.manifest.json"):
        found = json.loads(votek(1, "diff", tmp_path / name, "Questions", "--json"))
        assert found["prompts"][0]["because"] == ["parameters"]
    assert prompts_beside(tmp_path / "prompts.jsonl.manifest.json") == tmp_path / "prompts.jsonl"


def test_what_cannot_be_compared_is_told(votek, questions, tmp_path):
    with pytest.raises(NotFoundError, match="no project 'Answers'"):
        votek(2, "diff", "Answers", "Questions")
    with pytest.raises(NotFoundError, match="no version 9"):
        votek(2, "diff", "Questions@9", "Questions")
    with pytest.raises(InputError, match="There is no file"):
        votek(2, "diff", tmp_path / "none.jsonl", "Questions")
    (tmp_path / "text.json").write_text("hello")
    with pytest.raises(FileError, match=r"text.json is no manifest"):
        votek(2, "diff", tmp_path / "text.json", "Questions")
