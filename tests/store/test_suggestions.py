"""What was proposed is kept once per person and text, also when two servers work it out at the same moment."""

import datetime as dt
import threading
from dataclasses import replace

import pytest

from votek.store import projects as project_rows
from votek.store import suggestions as suggestion_rows
from votek.store.suggestions import Suggested

MOMENT = dt.datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=dt.UTC)
ONE = Suggested("t1", "ann", ["x", "y"], 0.75, "model: tiny", True, MOMENT)


@pytest.fixture
def project(store):
    with store.write() as tx:
        for name in ("p1", "p2"):
            project_rows.insert(tx, name, created=MOMENT, sample=False)
    return "p1"


def record(store, project, *proposals):
    with store.write() as tx:
        project_rows.lock(tx, project)
        suggestion_rows.add(tx, project, proposals)


def test_what_was_proposed_comes_back_as_it_was(store, project):
    hidden = replace(ONE, item="t\u2028 2", value="z", shown=False, time=MOMENT + dt.timedelta(seconds=1))
    record(store, project, hidden, ONE, replace(ONE, who="bob"))
    record(store, "p2", replace(ONE, value="other"))
    record(store, project)
    with store.read() as tx:
        assert suggestion_rows.of_person(tx, project, "ann") == {"t1": ONE, "t\u2028 2": hidden}
        assert len(suggestion_rows.listed(tx, project)) == 3
        assert suggestion_rows.listed(tx, project)[-1] == hidden


def test_the_first_one_stays(store, project):
    record(store, project, ONE)
    record(store, project, replace(ONE, value="z", shown=False), replace(ONE, item="t2"))
    with store.read() as tx:
        assert suggestion_rows.of_person(tx, project, "ann") == {"t1": ONE, "t2": replace(ONE, item="t2")}


def test_two_servers_at_the_same_moment(store, project):
    ready, errors = threading.Barrier(4), []

    def serve(number):
        try:
            ready.wait(20)
            for at in range(10):
                record(store, project, replace(ONE, item=f"t{at}", confidence=0.5 + number / 10))
        except Exception as error:  # noqa: BLE001  (whatever it is, it is told below)
            errors.append(error)

    threads = [threading.Thread(target=serve, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with store.read() as tx:
        assert sorted(one.item for one in suggestion_rows.listed(tx, project)) == [f"t{at}" for at in range(10)]


def test_a_deleted_project_takes_its_proposals_along(store, project):
    record(store, project, ONE)
    record(store, "p2", ONE)
    with store.write() as tx:
        project_rows.delete(tx, project)
    with store.read() as tx:
        assert suggestion_rows.listed(tx, project) == []
        assert suggestion_rows.listed(tx, "p2") == [ONE]
