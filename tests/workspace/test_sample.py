"""The sample project: complete, made once, and begun again where it was left."""

from pathlib import Path

import pytest

import votek
from votek.errors import FileError
from votek.workspace.sample import BUDGET, MARKER, ensure_sample

EXAMPLES = Path(votek.__file__).resolve().parents[1] / "examples"


def test_a_first_label_takes_seconds(workspace):
    project = ensure_sample(workspace, EXAMPLES)
    state = workspace.annotation_state(project.id, "local")
    assert project.sample
    assert (state.done, state.total, len(state.task.labels)) == (0, BUDGET, 8)
    assert [label.key for label in state.task.labels] == list("12345678")
    assert len({label.color for label in state.task.labels}) == 8
    assert all(label.definition for label in state.task.labels)
    assert state.guidelines
    pool, tests = workspace.dataset(project.id), workspace.dataset(project.id, "test")
    assert set(pool.fields["intent"]) == set(tests.fields["intent"]) == {label.name for label in state.task.labels}
    assert workspace.gold_columns(project.id) == ("intent",)
    assert workspace.labels(project.id) == {}
    assert (workspace.settings.data / MARKER).exists()


def test_it_is_made_once_and_work_in_it_stays(workspace, act):
    first = ensure_sample(workspace, EXAMPLES)
    act(first, "label", workspace.queue(first.id)[0].item, "delivery_status")
    workspace.rename_project(first.id, "Mine now")
    workspace.archive_project(first.id)
    again = ensure_sample(workspace, EXAMPLES)
    assert (again.id, again.name) == (first.id, "Mine now")
    assert len(workspace.projects(archived=True)) == 1
    assert len(workspace.labels(first.id)) == 1


def test_one_that_was_left_half_made_is_finished(workspace):
    made = workspace.create_project("Half", sample=True)
    assert ensure_sample(workspace, EXAMPLES).id == made.id
    assert len(workspace.queue(made.id)) == BUDGET


def test_missing_files(workspace, tmp_path):
    with pytest.raises(FileError):
        ensure_sample(workspace, tmp_path / "nowhere")
    assert not (workspace.settings.data / MARKER).exists()
