"""A database that is away for a moment, or a disk that is full, ends neither the worker nor, at once, its job."""

import pytest

from votek.errors import StorageError
from votek.jobs import preparing, worker
from votek.store import jobs as job_rows


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(worker, "AWAY_SECONDS", 0.05)


@pytest.fixture
def ends(workspace, until):
    def wait(job):
        until(lambda: workspace.job(job.id).state not in ("queued", "running"), 30)
        return workspace.job(job.id)

    return wait


def failing(times, right):
    """`right`, after it has failed so many times."""
    left = [times]

    def call(*args, **options):
        if left[0]:
            left[0] -= 1
            raise StorageError("The disk is full: x was not stored. Free some space and try again.")
        return right(*args, **options)

    return call


def test_a_job_is_tried_again_when_the_storage_is_back(workspace, project, serve, quick_map, monkeypatch, ends):
    monkeypatch.setattr(preparing, "prepare", failing(2, preparing.prepare))
    serve()
    found = ends(workspace.request_selection(project.id, budget=12))
    assert (found.state, found.attempts) == ("done", 3)
    assert len(workspace.queue(project.id)) == 12


def test_a_storage_that_stays_away_is_told_after_three_attempts(
    workspace, project, serve, quick_map, monkeypatch, ends
):
    monkeypatch.setattr(preparing, "prepare", failing(99, preparing.prepare))
    serve()
    found = ends(workspace.request_selection(project.id, budget=12))
    assert (found.state, found.attempts) == ("failed", 3)
    assert found.message.startswith("The disk is full")


def test_progress_that_cannot_be_recorded_ends_no_job(workspace, project, serve, quick_map, monkeypatch, ends):
    monkeypatch.setattr(job_rows, "report", failing(1, job_rows.report))
    serve()
    found = ends(workspace.request_selection(project.id, budget=12))
    assert (found.state, found.attempts) == ("done", 1)


def test_a_lane_outlives_whatever_the_storage_refuses(workspace, project, serve, quick_map, monkeypatch, ends):
    monkeypatch.setattr(worker.Worker, "_do", failing(1, worker.Worker._do))
    serve()
    first = ends(workspace.request_selection(project.id, budget=12))
    assert (first.state, first.attempts) == ("done", 2)
    assert ends(workspace.request_selection(project.id, budget=15)).state == "done"
