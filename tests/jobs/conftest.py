"""A workspace over a stand-in model, a project of texts with copies, and a worker in a thread."""

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, Projection, TaskSpec
from votek.jobs import worker
from votek.jobs.inline import finish_job
from votek.projection.pca import pca_2d
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

ON_BOTH_DATABASES = ("test_requests", "test_selection", "test_two_rounds", "test_worker")


def pytest_generate_tests(metafunc):
    if "chosen_database" in metafunc.fixturenames and Path(metafunc.module.__file__).stem in ON_BOTH_DATABASES:
        metafunc.parametrize("chosen_database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def settings(tmp_path, chosen_database):
    return Settings(data=tmp_path / "data", database_url=chosen_database, model="votek-hash", lease_seconds=1.0)


@pytest.fixture
def workspace(settings):
    opened = Workspace.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def quick_map(monkeypatch):
    """The map without UMAP, whose compilation would take longer than all tests of this folder."""

    def project(graph, vectors, *, method="umap", seed=0):
        return Projection(pca_2d(np.asarray(vectors)), method, {})

    monkeypatch.setattr("votek.projection.project_2d", project)
    monkeypatch.setattr("votek.jobs.worker.warm_up", lambda settings, stop: None)


@pytest.fixture(scope="session")
def dataset():
    """`dataset(n, copies=0, seed=0)`: n texts, the last `copies` of them equal to the first ones."""

    def make(n, copies=0, seed=0):
        rng = np.random.default_rng(seed)
        words = [f"w{i}" for i in range(80)]
        texts = [f"{' '.join(rng.choice(words, 8))} n{place}" for place in range(n - copies)]
        texts += texts[:copies]
        return make_dataset([f"a{place}" for place in range(n)], texts, {})

    return make


@pytest.fixture
def project(workspace, dataset):
    """200 texts, 20 of them copies; labels x and y."""
    made = workspace.create_project(
        "P", task=TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))
    )
    workspace.import_dataset(made.id, dataset(200, copies=20), role="pool", name="pool.csv")
    return made


@pytest.fixture
def finish(workspace):
    """Does the selections and repairs of a project here and now."""

    def run(project):
        jobs = [job for job in workspace.jobs(project.id, active=True) if job.kind in ("select", "repair")]
        return [finish_job(workspace, job) for job in reversed(jobs)]

    return run


@pytest.fixture
def act(workspace):
    """`act(project, kind, *items, value=None)`: one event per item, in one batch."""

    def record(project, kind, *items, value=None):
        stamp = time.perf_counter_ns()
        version = workspace.project(project.id).task.version
        events = [NewEvent(f"e{stamp}-{n}", item, kind, value, version, 1) for n, item in enumerate(items)]
        acks = workspace.record_events(project.id, "ann", events)
        assert all(ack.accepted for ack in acks), acks
        return acks

    return record


@pytest.fixture
def serve(settings):
    """Starts a worker in a thread; it ends with the test."""
    stop = threading.Event()
    threads = []

    def start():
        thread = threading.Thread(target=worker.run, args=(settings,), kwargs={"stop": stop})
        threads.append(thread)
        thread.start()
        return stop

    yield start
    stop.set()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def until():
    """`until(condition, seconds=20)`: waits for it, and fails when it does not come true."""

    def wait(condition, seconds=20.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"did not come true within {seconds} s")

    return wait


# ------------------------------------------------------------ judging picks

LABELS = ("late", "lost", "broken", "price")


def texts_about(n, seed):
    """Texts whose words tell their label, and the labels."""
    rng = np.random.default_rng(seed)
    labels = [LABELS[i] for i in rng.integers(4, size=n)]
    words = [f"w{i}" for i in range(30)]
    return [f"{label} {label} {' '.join(rng.choice(words, 4))} n{place}" for place, label in enumerate(labels)], labels


@pytest.fixture
def judged(workspace, quick_map):
    """`judged(gold=…, tests=…, …)`: a project of 120 texts with 12 picks."""

    def made(*, gold=True, tests=True, details=None, labels=None):
        texts, right = texts_about(120, 0)
        project = workspace.create_project("P", task=TaskSpec("single", tuple(LabelSpec(n, "#0072B2") for n in LABELS)))
        columns = {"intent": labels or right, "channel": ["chat" if i % 3 else "mail" for i in range(120)]}
        pool = make_dataset([f"a{i}" for i in range(120)], texts, columns, details=details)
        uses = {"intent": "gold"} if gold else {"intent": "ignore"}
        workspace.import_dataset(project.id, pool, role="pool", name="pool.csv", columns=uses)
        if tests:
            asked, answers = texts_about(40, 1)
            items = make_dataset([f"t{i}" for i in range(40)], asked, {"intent": answers})
            workspace.import_dataset(project.id, items, role="test", name="t.csv", columns={"intent": "gold"})
        job = finish_job(workspace, workspace.request_selection(project.id, budget=12))
        assert job.state == "done", job.message
        return project

    return made


@pytest.fixture
def analyse(workspace):
    """`analyse(project, name, **options)`: the table; or, when it failed, the message."""

    def run(project, name, **options):
        job = finish_job(workspace, workspace.request_analysis(project.id, name, options))
        if job.state == "failed":
            return job.message
        asked, table = workspace.analysis(project.id, name)
        assert asked == options
        return json.loads(json.dumps(table))

    return run
