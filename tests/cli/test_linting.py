"""`votek lint` says what the function says, by exit code too; an export says what the check found, or refuses."""

import dataclasses
import json

import pytest
from typer.testing import CliRunner

from votek.cli import app, exporting, linting
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import InputError, NotFoundError, UnknownNameError
from votek.workspace import NewEvent, Workspace

TEXTS = [
    "amber cedar",
    "basin delta",
    "ember grove",
    "fjord haven",
    "inlet jewel",
    "kiosk lemon",
    "maple north",
    "ocean",
]


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", "votek-hash")
    monkeypatch.delenv("VOTEK_DATABASE_URL", raising=False)
    opened = Workspace.open()
    yield opened
    opened.close()


@pytest.fixture
def project(space, compare_texts):
    """Eight texts, of which six have a label; nothing is wrong."""
    made = space.create_project(
        "My shop", task=TaskSpec("single", (LabelSpec("a", "#000000"), LabelSpec("b", "#111111")))
    )
    data = make_dataset([f"t{at}" for at in range(8)], TEXTS, {})
    space.import_dataset(made.id, data, role="pool", name="t.csv")
    space.add_to_queue(made.id, range(6))
    events = [NewEvent(f"e{at}", f"t{at}", "label", "ab"[at % 2], 1, 1) for at in range(6)]
    assert all(ack.accepted for ack in space.record_events(made.id, "local", events))
    compare_texts(space, made.id)
    return made


@pytest.fixture
def faulty(space, project):
    """The same with a label that no text has."""
    labels = (*project.task.labels, LabelSpec("c", "#222222"))
    space.set_task(project.id, TaskSpec("single", labels))
    return project


def run(*arguments, code=0):
    assert exporting
    assert linting
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def test_nothing_found_ends_with_0(project):
    assert run("lint", "My shop").stdout == "Nothing found in 6 labelled texts, 2 test items and 2 prompts.\n"


def test_findings_end_with_1_and_are_those_of_the_function(space, faulty):
    done = run("lint", "My shop", "--json", code=1)
    assert json.loads(done.stdout) == json.loads(json.dumps(space.lint(faulty.id).to_json()))
    lines = run("lint", "My shop", code=1).stdout.splitlines()
    assert lines[0] == "Labels without an example (missing-class): 1"
    assert lines[1].startswith("  warning: label c. None of 6 labelled texts has the label 'c'")
    assert lines[2].startswith("  What to do: Label a text of this kind")
    assert lines[3].startswith("0 errors, 1 warning, 0 notes in 6 labelled texts")


def test_notes_alone_end_with_0(space, project):
    settings = space.project(project.id).prompts
    space.set_prompts(project.id, dataclasses.replace(settings, token_budget=110, answer_reserve=64))
    done = run("lint", "My shop", "--only", "over-long")
    assert "note: settings token budget" in done.stdout


def test_rules_and_targets_can_be_chosen(faulty):
    run("lint", "My shop", "--ignore", "missing-class")
    run("lint", "My shop", "--only", "skew", "--only", "leak")
    assert "order" in run("lint", "My shop", "--target", "dspy-knn", "--only", "order", code=1).stdout


def test_what_cannot_be_done_is_refused(space, project):
    space.create_project("Empty")
    for error, arguments in (
        (NotFoundError, ["Elsewhere"]),
        (InputError, ["Empty"]),
        (UnknownNameError, ["My shop", "--only", "typos"]),
        (UnknownNameError, ["My shop", "--target", "typewriter"]),
    ):
        with pytest.raises(error):
            run("lint", *arguments)


def test_an_export_says_what_the_check_found_and_keeps_it_beside(faulty, tmp_path):
    done = run("export", "My shop", "--format", "prompts-jsonl", "--out", tmp_path / "p.jsonl", "--json")
    assert json.loads(done.stdout)["lint"]["by_rule"] == {"missing-class": 1}
    assert done.stderr == ("The check found: missing-class (1). See: votek lint 'My shop' --target prompts-jsonl\n")
    beside = json.loads((tmp_path / "p.manifest.json").read_bytes())["export"]["lint"]
    assert beside == {
        "passed": False,
        "by_severity": {"error": 0, "warning": 1, "note": 0},
        "by_rule": {"missing-class": 1},
        "not_checked": {},
    }


def test_a_strict_export_writes_nothing_where_there_is_a_fault(project, space, tmp_path):
    place = tmp_path / "p.jsonl"
    done = run("export", "My shop", "--format", "prompts-jsonl", "--out", place, "--strict")
    assert done.stderr == ""
    place.unlink()
    space.set_task(project.id, TaskSpec("single", (*project.task.labels, LabelSpec("c", "#222222"))))
    done = run("export", "My shop", "--format", "prompts-jsonl", "--out", place, "--strict", code=1)
    assert "missing-class" in done.stderr
    assert done.stdout == ""
    assert not place.exists()


def test_labels_alone_are_checked_without_prompts(space, faulty, tmp_path):
    run("export", "My shop", "--format", "labelled-csv", "--out", tmp_path / "l.csv")
    beside = json.loads((tmp_path / "l.manifest.json").read_bytes())["export"]["lint"]
    assert beside["not_checked"]["over-long"] == "there are no prompts"
    assert space.lint(faulty.id, target="labelled-csv").summary() == beside
