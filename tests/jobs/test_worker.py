"""The worker: does what is asked, stops when asked, fails in words, and goes on where a killed one stopped."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

import votek
from votek.embeddings.standin import HashEncoder
from votek.errors import Cancelled, ModelError
from votek.jobs import preparing
from votek.jobs.running import RunningJob
from votek.jobs.worker import _is_gone
from votek.store import jobs as job_rows
from votek.store import projects

ROOT = Path(votek.__file__).resolve().parents[1]


@pytest.fixture
def slow(monkeypatch):
    """Embedding that takes 50 ms a batch; returns the list of batch sizes done."""
    done, encode = [], HashEncoder.encode

    def slowly(self, texts):
        time.sleep(0.05)
        done.append(len(texts))
        return encode(self, texts)

    monkeypatch.setattr(HashEncoder, "encode", slowly)
    return done


@pytest.fixture
def ends(workspace, until):
    """`ends(job)`: the job, once it is over."""

    def wait(job, seconds=30):
        until(lambda: workspace.job(job.id).state not in ("queued", "running"), seconds)
        return workspace.job(job.id)

    return wait


def test_a_selection_is_done_and_the_rest_follows(workspace, project, dataset, serve, until, quick_map, ends):
    workspace.import_dataset(project.id, dataset(12, seed=7), role="test", name="t.csv")
    serve()
    job = ends(workspace.request_selection(project.id, budget=12))
    assert (job.state, job.attempts, job.message) == ("done", 1, "")
    assert list(job.stages) == ["embed", "copies", "graph", "pca", "select", "random"]
    assert all(done == total for done, total in job.stages.values())
    assert job.created <= job.started <= job.finished
    until(lambda: not workspace.jobs(project.id, active=True))
    assert [job.kind for job in workspace.jobs(project.id)] == ["prepare", "select"]
    assert workspace.projection(project.id, "umap").xy.shape == (200, 2)
    assert workspace.embeddings(project.id, "test").vectors.shape == (12, 64)


def test_a_preparation_alone_computes_all_that_pages_draw(workspace, project, serve, quick_map, ends):
    serve()
    job = ends(workspace.request_preparation(project.id))
    assert job.state == "done"
    assert workspace.prepared(project.id).graph.k == 150
    assert workspace.projection(project.id) is not None
    assert workspace.selection(project.id) is None


def test_a_second_budget_and_method_reuse_what_is_there(workspace, project, serve, until, quick_map, slow, ends):
    serve()
    ends(workspace.request_selection(project.id, budget=12))
    until(lambda: not workspace.jobs(project.id, active=True))
    batches = len(slow)
    for ask in (
        lambda: workspace.request_selection(project.id, budget=20),
        lambda: workspace.restart_selection(project.id, budget=9, method="random"),
    ):
        assert ends(ask()).state == "done"
    assert len(slow) == batches


def test_a_skip_is_replaced_while_a_long_job_runs(
    workspace, project, dataset, serve, until, quick_map, slow, act, ends
):
    serve()
    ends(workspace.request_selection(project.id, budget=12))
    other = workspace.create_project("Long")
    workspace.import_dataset(other.id, dataset(9000, seed=3), role="pool", name="f")
    long = workspace.request_preparation(other.id)
    until(lambda: workspace.job(long.id).stages.get("embed", (0, 1))[0] > 0)
    act(project, "skip", workspace.queue(project.id)[0].item)
    until(lambda: len(workspace.queue(project.id)) == 12)
    assert workspace.job(long.id).state == "running"
    workspace.cancel_job(long.id)
    ends(long)


def test_a_selection_over_a_stored_graph_overtakes_the_map(
    workspace, project, serve, until, quick_map, monkeypatch, ends
):
    hold = threading.Event()
    drawn = preparing.layout

    def held(prepared, *, method, **options):
        if method == "umap":
            hold.wait(20)
        return drawn(prepared, method=method, **options)

    monkeypatch.setattr(preparing, "layout", held)
    serve()
    prepare = workspace.request_preparation(project.id)
    until(lambda: workspace.job(prepare.id).state == "running")
    select = workspace.request_selection(project.id, budget=12)
    assert ends(select).state == "done"
    assert workspace.job(prepare.id).state == "running"
    hold.set()
    assert ends(prepare).state == "done"


def test_cancelling_a_running_job_takes_less_than_a_second(
    workspace, project, dataset, serve, until, quick_map, slow, ends
):
    workspace.import_dataset(project.id, dataset(3000, seed=3), role="pool", name="f")
    serve()
    job = workspace.request_selection(project.id, budget=12)
    until(lambda: workspace.job(job.id).stages.get("embed", (0, 1))[0] > 0)
    workspace.cancel_job(job.id)
    began = time.monotonic()
    found = ends(job)
    assert time.monotonic() - began < 1
    assert found.state == "cancelled"
    assert "Finished stages are kept" in found.message
    assert workspace.queue(project.id) == []
    batches = len(slow)
    again = workspace.request_selection(project.id, budget=12)
    assert ends(again).state == "done"
    assert len(slow) - batches < 95  # of 94 batches in all, those in finished parts are not done again


def test_a_cancelled_job_ends_even_deep_inside_a_library(workspace, project, serve, quick_map, monkeypatch, ends):
    hold, entered = threading.Event(), threading.Event()

    def stuck(*_, **__):
        entered.set()
        hold.wait(20)
        raise Cancelled("too late to matter")

    monkeypatch.setattr(preparing, "prepare", stuck)
    serve()
    job = workspace.request_selection(project.id, budget=12)
    assert entered.wait(20)
    workspace.cancel_job(job.id)
    found = ends(job, seconds=3)
    hold.set()
    assert found.state == "cancelled"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ModelError("The model is gone. Fetch it again."), "The model is gone. Fetch it again."),
        (ZeroDivisionError("oops"), "An internal error ended this (ZeroDivisionError)"),
        (MemoryError(), "An internal error ended this (MemoryError)"),
    ],
)
def test_a_failure_is_told_and_the_worker_goes_on(
    workspace, project, serve, quick_map, monkeypatch, caplog, error, message, ends
):
    def fail(*_, **__):
        raise error

    serve()
    with caplog.at_level(logging.ERROR), monkeypatch.context() as patch:
        patch.setattr(preparing, "prepare", fail)
        found = ends(workspace.request_selection(project.id, budget=12))
    assert (found.state, found.attempts) == ("failed", 1)
    assert found.message.startswith(message)
    assert ("Traceback" in caplog.text) == message.startswith("An internal")
    again = ends(workspace.request_selection(project.id, budget=12))
    assert again.state == "done"


def test_stopping_the_worker_puts_the_job_back(workspace, project, dataset, serve, until, quick_map, slow):
    workspace.import_dataset(project.id, dataset(3000, seed=3), role="pool", name="f")
    stop = serve()
    job = workspace.request_selection(project.id, budget=12)
    until(lambda: workspace.job(job.id).stages.get("embed", (0, 1))[0] > 0)
    stop.set()
    until(lambda: workspace.job(job.id).state == "queued")
    assert workspace.job(job.id).attempts == 0


def test_a_deleted_project_stops_its_job(workspace, project, dataset, serve, until, quick_map, slow, ends):
    workspace.import_dataset(project.id, dataset(3000, seed=3), role="pool", name="f")
    serve()
    job = workspace.request_selection(project.id, budget=12)
    until(lambda: workspace.job(job.id).stages.get("embed", (0, 1))[0] > 0)
    workspace.delete_project(project.id)
    other = workspace.create_project("Next")
    workspace.import_dataset(other.id, dataset(50), role="pool", name="f")
    assert ends(workspace.request_selection(other.id, budget=3)).state == "done"


def test_other_texts_end_a_job_on_the_old_ones(workspace, project, dataset, serve, until, quick_map, slow, ends):
    workspace.import_dataset(project.id, dataset(3000, seed=3), role="pool", name="f")
    serve()
    job = workspace.request_selection(project.id, budget=12)
    until(lambda: workspace.job(job.id).stages.get("embed", (0, 1))[0] > 0)
    workspace.import_dataset(project.id, dataset(60, seed=4), role="pool", name="g")
    assert ends(job).state == "cancelled"
    assert workspace.rounds(project.id) == []


WORKER = """
import sys, time
from pathlib import Path
from votek.embeddings.standin import HashEncoder
from votek.jobs import worker
from votek.settings import Settings
encode = HashEncoder.encode
def slowly(self, texts):
    time.sleep(0.05)
    return encode(self, texts)
HashEncoder.encode = slowly
worker.warm_up = lambda settings, stop: None
worker.run(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2] or None, model="votek-hash", lease_seconds=1.0))
"""


def test_another_worker_goes_on_where_a_killed_one_stopped(
    workspace, project, dataset, serve, until, quick_map, slow, ends
):
    workspace.import_dataset(project.id, dataset(3000, seed=3), role="pool", name="f")
    job = workspace.request_selection(project.id, budget=12)
    settings = workspace.settings
    command = [sys.executable, "-c", WORKER, str(settings.data), settings.database_url or ""]
    killed = subprocess.Popen(command, cwd=ROOT)
    until(lambda: workspace.job(job.id).stages.get("embed", (0, 1))[0] > 1000, seconds=60)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    done = workspace.job(job.id).stages["embed"][0]
    assert workspace.job(job.id).state == "running"
    serve()
    found = ends(job, seconds=60)
    assert (found.state, found.attempts) == ("done", 2)
    assert len(workspace.queue(project.id)) == 12
    assert sum(slow) <= 3000 - done + 8 * 32 * 2  # at most the part that was under way is done again


def test_a_lease_that_runs_out_gives_the_job_to_another_worker(workspace, project, serve, quick_map, ends):
    job = workspace.request_selection(project.id, budget=12)
    with workspace.store.write() as tx:
        taken = job_rows.claim(tx, worker="elsewhere:1:x", job_id=job.id, time=job.created, lease=time.time() + 0.6)
    assert taken.id == job.id
    serve()
    assert ends(job).state == "done"


def test_progress_is_written_at_most_five_times_a_second(workspace, project, until):
    job = workspace.request_selection(project.id, budget=12)
    with workspace.store.write() as tx:
        taken = job_rows.claim(tx, worker="me", job_id=job.id, time=job.created, lease=time.time() + 60)
    writes = []
    sa.event.listen(
        workspace.store.database.engine,
        "before_cursor_execute",
        lambda *given: writes.append(given[2]) if "UPDATE job SET stages" in given[2] else None,
    )
    options = {"worker": "me", "lease_seconds": 60.0, "stop": threading.Event(), "stages": ["embed"]}
    with RunningJob(workspace.store, taken, **options) as run:
        end = time.monotonic() + 1.0
        count = 0
        while time.monotonic() < end:
            count += 1
            run.report("embed", count % 100_000, 100_000)
            time.sleep(0.001)
    assert 3 <= len(writes) <= 7
    assert workspace.job(job.id).stages["embed"][1] == 100_000


def test_a_job_of_an_unknown_kind_fails_in_words(workspace, project, serve, quick_map, ends):
    with workspace.writing() as tx:
        projects.lock(tx, project.id)
        job = workspace._add(tx, project.id, "prepare", {"dataset": workspace.dataset(project.id).digest})
        tx.execute(sa.text("UPDATE job SET kind = 'dance'"))
    serve()
    found = ends(job)
    assert found.state == "failed"
    assert "does not know jobs of the kind 'dance'" in found.message


def test_who_is_gone(monkeypatch):
    import socket

    here = socket.gethostname()
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert _is_gone(f"{here}:{process.pid}:abc")
    assert not _is_gone(f"{here}:{os.getpid()}:abc")
    assert not _is_gone(f"another-machine:{process.pid}:abc")
    assert not _is_gone("")
