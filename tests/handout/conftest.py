"""A workspace where people sign in, with picks to be labelled by a team."""

import itertools
import json
from dataclasses import asdict

import pytest

from votek.datasets import make_dataset
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.jobs.context import now
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.store import projects as project_rows
from votek.workspace import NewEvent, Workspace

TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))


@pytest.fixture
def space(tmp_path):
    opened = Workspace.open(Settings(data=tmp_path / "data", model="votek-hash"), accounts=True)
    yield opened
    opened.close()


@pytest.fixture
def finish(space):
    """Does every selection and repair that is asked for, here and now."""

    def run(project):
        jobs = [job for job in space.jobs(project.id, active=True) if job.kind in ("select", "repair")]
        for job in jobs:
            done = finish_job(space, job)
            assert done.state == "done", done.message
        return len(jobs)

    return run


@pytest.fixture
def settle():
    """`settle(space, project, **settings)`: puts hand-out settings in force, also ones that the door would refuse."""

    def put(space, project, **settings):
        value = json.loads(json.dumps(asdict(HandoutSettings(**settings))))
        with space.store.write() as tx:
            project_rows.add_revision(tx, project.id, "handout", value, time=now())

    return put


@pytest.fixture
def team(space, finish, settle):
    """`team(picks=12, **settings)`: a project with so many picks, handed out by these settings."""

    def make(picks=12, texts=60, **settings):
        project = space.create_project("Team", task=TASK)
        words = [f"text number {place} about w{place % 7} and w{place % 11}" for place in range(texts)]
        space.import_dataset(
            project.id, make_dataset([f"a{n}" for n in range(texts)], words, {}), role="pool", name="file.csv"
        )
        space.request_selection(project.id, budget=picks)
        finish(project)
        settle(space, project, **settings)
        return project

    make.settle = lambda project, **settings: settle(space, project, **settings)
    return make


@pytest.fixture
def act(space):
    """`act(project, who, kind, item, value=None)`: records one event and returns its acknowledgement."""
    numbers = itertools.count()

    def record(project, who, kind, item, value=None, event_id=None):
        event = NewEvent(event_id or f"event-{next(numbers)}", item, kind, value, 1, 1)
        return space.record_events(project.id, who, [event])[0]

    return record


@pytest.fixture
def held(space):
    """`held(project, who)`: the ids of the texts that this person holds now; new ones are handed to them."""
    return lambda project, who: [item.id for item in space.hand(project.id, who).items]


@pytest.fixture
def clock(monkeypatch):
    """`clock(seconds)`: time goes on by so much for the hand-out."""
    from votek.workspace import handout

    class Clock:
        passed = 0.0

        def __call__(self, seconds):
            self.passed += seconds

        def time(self):
            import time

            return time.time() + self.passed

    made = Clock()
    monkeypatch.setattr(handout, "time", made)
    return made
