"""A project is read once in a transaction, and anew once that transaction has changed or locked it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from votek.errors import NotFoundError
from votek.store import projects as project_rows

TIME = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@pytest.fixture
def named(store):
    """A stored project "p" named "first"."""
    with store.write() as tx:
        project_rows.insert(tx, "p", created=TIME, sample=False)
        values = {"name": "first", "task": {"type": "single", "labels": []}, "guidelines": "", "prompts": {}}
        for kind, value in values.items():
            project_rows.add_revision(tx, "p", kind, value, time=TIME)
    return store


def test_one_reading_is_enough_for_a_transaction(named):
    asked = []
    sa.event.listen(
        named.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]) if given else None
    )
    with named.read() as tx:
        assert project_rows.get(tx, "p") is project_rows.get(tx, "p")
    assert sum("revision" in statement for statement in asked) == 1
    with named.read() as tx:
        project_rows.get(tx, "p")
    assert sum("revision" in statement for statement in asked) == 2


def test_what_a_transaction_changes_it_sees(named):
    with named.write() as tx:
        assert project_rows.get(tx, "p").name == "first"
        project_rows.add_revision(tx, "p", "name", "second", time=TIME)
        assert project_rows.get(tx, "p").name == "second"
        project_rows.set_archived(tx, "p", True)
        assert project_rows.get(tx, "p").archived
        project_rows.delete(tx, "p")
        with pytest.raises(NotFoundError):
            project_rows.get(tx, "p")


def test_what_is_taken_back_is_not_remembered(named):
    with pytest.raises(ZeroDivisionError):
        _rename_and_fail(named)
    with named.read() as tx:
        assert project_rows.get(tx, "p").name == "first"


def _rename_and_fail(store):
    with store.write() as tx:
        project_rows.add_revision(tx, "p", "name", "second", time=TIME)
        assert project_rows.get(tx, "p").name == "second"
        raise ZeroDivisionError


def test_whoever_waited_for_the_lock_reads_anew(named):
    with named.write() as tx:
        before = project_rows.get(tx, "p")
        project_rows.lock(tx, "p")
        assert project_rows.get(tx, "p") is not before
