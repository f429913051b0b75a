"""A project is checked with the prompts it would write, and says where it cannot be."""

import dataclasses

import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import InputError, UnknownNameError
from votek.workspace import NewEvent

WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "haven")
WORDS += ("inlet", "jewel", "kiosk", "lemon", "maple", "north", "ocean", "piano")


@pytest.fixture
def project(workspace):
    """Twelve texts, each label four times in its own words; the last four have no label."""
    task = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))
    made = workspace.create_project("Lint", task=task)
    texts = [" ".join(WORDS[(at * 5 + step * 3) % 16] for step in range(5)) + f" {WORDS[at]}" for at in range(16)]
    data = make_dataset([f"t{at}" for at in range(16)], texts, {"kind": ["k"] * 16})
    workspace.import_dataset(made.id, data, role="pool", name="lint.csv")
    workspace.add_to_queue(made.id, range(12))
    events = [NewEvent(f"e{at}", f"t{at}", "label", "xy"[at % 2], 1, 1) for at in range(12)]
    assert all(ack.accepted for ack in workspace.record_events(made.id, "local", events))
    return made


@pytest.fixture
def ready(workspace, project, compare_texts):
    compare_texts(workspace, project.id)
    return project


def change(workspace, project, **changes):
    workspace.set_prompts(project.id, dataclasses.replace(workspace.project(project.id).prompts, **changes))


def test_a_project_without_faults(workspace, ready):
    report = workspace.lint(ready.id)
    assert report.findings == ()
    assert report.not_checked == {}
    assert (report.labelled, report.tests, report.prompts) == (12, 4, 4)


def test_what_is_wrong_in_the_project_is_found(workspace, ready):
    change(workspace, ready, demonstration="{text}\n", token_budget=70, answer_reserve=64)
    report = workspace.lint(ready.id)
    assert set(report.counts) == {"template", "over-long"}
    assert {finding.item for finding in report.of("over-long")} == {"t12", "t13", "t14", "t15"}
    assert workspace.lint(ready.id, only=["template"]).counts == {"template": 1}
    assert workspace.lint(ready.id, ignore=["template", "over-long"]).findings == ()


def test_a_template_that_cannot_be_read_is_a_finding(workspace, ready, monkeypatch):
    kept = workspace.project(ready.id)
    broken = dataclasses.replace(kept, prompts=dataclasses.replace(kept.prompts, demonstration="{text} {"))
    material = workspace._material(ready.id)
    monkeypatch.setattr(workspace, "_material", lambda project_id: dataclasses.replace(material, project=broken))
    report = workspace.lint(ready.id)
    assert report.counts == {"template": 1}
    assert "lone" in report.findings[0].reason
    assert report.not_checked["leak"].startswith("the prompts cannot be built: ")


def test_the_target_decides_about_the_order(workspace, ready):
    assert workspace.lint(ready.id, target="prompts-jsonl").findings == ()
    assert workspace.lint(ready.id, target="all").findings == ()
    assert [finding.severity for finding in workspace.lint(ready.id, target="dspy-knn").of("order")] == ["warning"]
    change(workspace, ready, order="descending")
    assert workspace.lint(ready.id, target="dspy-knn").findings == ()


def test_what_cannot_be_checked_is_refused_with_the_next_step(workspace, project):
    with pytest.raises(InputError, match="vectors"):
        workspace.lint(project.id)
    empty = workspace.create_project("Empty")
    workspace.import_dataset(empty.id, make_dataset(["a"], ["one"], {}), role="pool", name="e")
    with pytest.raises(InputError, match="Nothing is labelled yet"):
        workspace.lint(empty.id)


def test_unknown_names_are_refused(workspace, ready):
    with pytest.raises(UnknownNameError, match="choose from near-twins, leak"):
        workspace.lint(ready.id, only=["typos"])
    with pytest.raises(UnknownNameError, match="no export format"):
        workspace.lint(ready.id, target="typewriter")
