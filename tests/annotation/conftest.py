"""Short ways to write events and tasks."""

import datetime as dt

import pytest

from votek.datatypes import LabelEvent, LabelSpec, TaskSpec

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def event():
    """`event(sequence, kind, item, value=None, who="ann")`: the event with id "e<sequence>"."""

    def make(sequence, kind, item, value=None, who="ann", source="browser"):
        time = START + dt.timedelta(seconds=sequence)
        return LabelEvent("p", sequence, f"e{sequence}", who, item, 1, value, kind, source, 1, time)

    return make


@pytest.fixture(scope="session")
def task():
    """`task(type, *names)`."""

    def make(kind, *names):
        return TaskSpec(kind, tuple(LabelSpec(name, "#0072B2") for name in names))

    return make
