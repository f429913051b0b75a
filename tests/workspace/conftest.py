"""A workspace in a temporary folder, with a stand-in for the embedding model, and small projects in it."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))

ON_BOTH_DATABASES = (
    "test_data",
    "test_labelling",
    "test_projects",
    "test_two_rounds",
    "test_handout",
    "test_importing",
)


def pytest_generate_tests(metafunc):
    if "chosen_database" in metafunc.fixturenames and Path(metafunc.module.__file__).stem in ON_BOTH_DATABASES:
        metafunc.parametrize("chosen_database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def settings(tmp_path, chosen_database):
    return Settings(data=tmp_path / "data", database_url=chosen_database, model="votek-hash")


@pytest.fixture
def workspace(settings):
    opened = Workspace.open(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def texts():
    """`texts(n, seed=0)`: n distinct texts of eight words."""

    def make(n, seed=0):
        rng = np.random.default_rng(seed)
        words = [f"w{i}" for i in range(60)]
        return [f"{' '.join(rng.choice(words, 8))} n{place}" for place in range(n)]

    return make


@pytest.fixture(scope="session")
def dataset(texts):
    """`dataset(n, seed=0, **columns)`: n texts with ids "a0", "a1", …"""

    def make(n, seed=0, prefix="a", **columns):
        return make_dataset([f"{prefix}{place}" for place in range(n)], texts(n, seed), columns)

    return make


@pytest.fixture
def load(workspace):
    """`load(project, data, role="pool", **columns)`: imports `data`; `columns` says what each column is."""

    def bring(project, data, role="pool", **columns):
        workspace.import_dataset(project.id, data, role=role, name="file.csv", columns=columns)

    return bring


@pytest.fixture
def project(workspace, dataset, load):
    """A project with 120 texts and the labels x and y."""
    made = workspace.create_project("Small", task=TASK)
    load(made, dataset(120, gold=["x", "y"] * 60), gold="gold")
    return made


@pytest.fixture
def finish(workspace):
    """Does every selection and repair that is asked for, here and now; returns the finished jobs."""

    def run(project_id):
        return [
            finish_job(workspace, job)
            for job in workspace.jobs(project_id, active=True)
            if job.kind in ("select", "repair")
        ]

    return run


@pytest.fixture
def picked(workspace, project, finish):
    """The project with 12 picks."""
    workspace.request_selection(project.id, budget=12)
    (job,) = finish(project.id)
    assert job.state == "done", job.message
    return project


@pytest.fixture
def act(workspace):
    """`act(project, kind, item, value=None, who="ann")`: records one event and returns its acknowledgement."""
    numbers = itertools.count()

    def record(project, kind, item, value=None, who="ann", event_id=None):
        version = workspace.project(project.id).task.version
        event = NewEvent(event_id or f"event-{next(numbers)}", item, kind, value, version, 1)
        return workspace.record_events(project.id, who, [event])[0]

    return record
