"""`votek suggestions`: the report of the workspace, as JSON and in words."""

import json

import pytest
from typer.testing import CliRunner

from votek.cli import app, suggestions  # noqa: F401  (it adds its command)
from votek.datasets import make_dataset
from votek.datatypes import LOCAL, LabelSpec, SuggestionSettings, TaskSpec
from votek.errors import NotFoundError
from votek.jobs.context import now
from votek.settings import Settings
from votek.store import suggestions as suggestion_rows
from votek.store.suggestions import Suggested
from votek.workspace import NewEvent, Workspace


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Forty texts, 24 shown a suggestion and 12 with one held back; one of six decisions differs."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    space = Workspace.open(Settings())
    made = space.create_project(
        "Mails", task=TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))
    )
    space.import_dataset(
        made.id,
        make_dataset([f"a{at}" for at in range(40)], [f"text {at}" for at in range(40)], {}),
        role="pool",
        name="t",
    )
    with space.writing() as tx:
        given = [Suggested(f"a{at}", LOCAL.id, "x", 0.8, "knn", at < 24, now()) for at in range(36)]
        suggestion_rows.add(tx, made.id, given)
    events = [NewEvent(f"e{at}", f"a{at}", "label", "xxxxxy"[at % 6], 1, 1) for at in range(36)]
    assert all(ack.accepted for ack in space.record_events(made.id, LOCAL.id, events))
    yield space, made
    space.close()


def run(*arguments):
    return CliRunner().invoke(app, ["suggestions", *arguments], catch_exceptions=False)


def test_json_is_the_report_of_the_workspace(project):
    space, made = project
    done = run("Mails", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"project": made.id, **space.suggestion_report(made.id).to_json()}
    assert json.loads(done.stdout)["total"]["shown"]["n"] == 24


def test_in_words(project):
    space, made = project
    said = run("Mails").stdout
    assert "Suggestions in 'Mails': off." in said
    assert "Shown: 20 of 24 agreed with the suggestion, 83.3% (95% interval 64.1% to 93.3%)." in said
    assert "Held back: 10 of 12 agreed with it all the same, 83.3%" in said
    assert "That cannot be told from chance." in said
    assert "local: 20 of 24 shown and 10 of 12 held back" in said
    space.set_suggestions(made.id, SuggestionSettings(on=True, blind_share=0.25))
    assert "on, from the nearest labelled texts, 25% held back." in run("Mails").stdout


def test_too_few_is_said(project):
    space, _ = project
    space.create_project("Empty")
    said = run("Empty").stdout
    assert "Shown: no decisions yet." in said
    assert "Influence: too few to say; at least 10 decisions of each kind are needed." in said


def test_another_name_is_an_error():
    with pytest.raises(NotFoundError, match="There is no project"):
        run("Nowhere")
