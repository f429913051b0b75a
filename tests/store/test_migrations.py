"""Every earlier version of the tables, with rows in place, is brought up to date without losing anything."""

import datetime as dt

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from votek.datatypes import HandoutSettings, PromptSettings, SuggestionSettings
from votek.store import Store, data, events, jobs, projects, rounds
from votek.store.database import upgrade
from votek.store.migrations import VERSIONS
from votek.store.schema import metadata

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
EARLIER = VERSIONS[:-1]
TASK = {"type": "single", "labels": [{"name": "spät", "color": "#0072B2", "definition": "", "key": "1"}]}


def revision(project, kind, version, value):
    return {"project": project, "kind": kind, "version": version, "value": value, "created": NOW}


def event(sequence, item, kind, value):
    return {
        "project": "p1", "sequence": sequence, "event_id": f"e{sequence}", "who": "local", "item": item, "kind": kind,
        "value": value, "task_version": 1, "guideline_version": 2, "source": "app", "time": NOW,
    }  # fmt: skip


def job(name, state, **more):
    return {
        "id": name, "project": "p1", "kind": "select", "priority": 5, "parameters": {"budget": 2, "dataset": "d"},
        "state": state, "stages": {"embed": [3, 3]}, "message": "", "created": NOW, "started": NOW, "finished": None,
        "attempts": 1, "worker": None, "lease": None, "cancel": False, **more,
    }  # fmt: skip


ROWS = {
    "0001": {
        "project": [
            {"id": "p1", "created": NOW, "archived": False, "sample": False},
            {"id": "p2", "created": NOW + dt.timedelta(seconds=1), "archived": True, "sample": True},
        ],
        "revision": [
            *(revision(p, "name", 1, f"Name {p} \N{THUMBS UP SIGN}") for p in ("p1", "p2")),
            *(revision(p, "task", 1, TASK) for p in ("p1", "p2")),
            *(revision(p, "guidelines", 1, "") for p in ("p1", "p2")),
            *(revision(p, "prompts", 1, {}) for p in ("p1", "p2")),
            revision("p1", "guidelines", 2, "Read twice."),
            revision("p1", "model", 1, {"tier": "knn"}),
        ],
        "dataset": [
            {
                "project": "p1", "role": "pool", "version": 1, "digest": "d", "file": "f" * 64, "name": "a.csv",
                "columns": {"intent": "gold"}, "size": 3, "created": NOW,
            }
        ],
        "label_event": [
            event(1, "a0", "label", "spät"),
            event(2, "a1", "skip", None),
            event(3, "a0", "comment", "really?"),
            event(4, "a0", "undo", {"event": "e1"}),
        ],
        "queue_action": [
            {"project": "p1", "sequence": 1, "dataset": "d", "kind": "add", "rows": [2], "who": "local", "time": NOW}
        ],
        "selection_round": [
            {
                "id": "r1", "project": "p1", "dataset": "d", "generation": 1, "number": 1, "kind": "first",
                "method": "fast-vote-k", "parameters": {"k": 2, "seed": 0}, "labeled": [], "excluded": [],
                "indices": [0, 1], "gains": [1.5, 0.25], "created": NOW,
            }
        ],
        "result": [
            {
                "project": "p1", "kind": "embed", "key": "embed-1", "dataset": "d", "details": {"model": "m"},
                "created": NOW,
            }
        ],
        "job": [job("j1", "done", finished=NOW), job("j2", "running", worker="host:1:x", lease=1.5)],
    }
}  # fmt: skip


@pytest.fixture(params=EARLIER)
def upgraded(request, empty_database, tmp_path):
    """(a store that stood at an earlier version with rows and was migrated, the rows as they were before)"""
    store = Store(empty_database, tmp_path)
    with store.write() as tx:
        upgrade(tx, request.param)
        before = sa.MetaData()
        before.reflect(tx)
        for table in before.sorted_tables:
            if table.name in ROWS[request.param]:
                tx.execute(sa.insert(table), ROWS[request.param][table.name])
    with store.read() as tx:
        rows = {name: read(tx, table) for name, table in before.tables.items() if name != "alembic_version"}
    assert store.database.version() == request.param
    store.migrate()
    yield store, rows
    store.close()


def read(tx, table):
    return [dict(row) for row in tx.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()]


def test_rows_for_every_earlier_version_are_here():
    assert tuple(ROWS) == EARLIER


def test_all_rows_are_there_with_all_they_held(upgraded):
    store, before = upgraded
    assert store.database.version() == VERSIONS[-1]
    assert all(before.values()), "a table without rows proves nothing"
    with store.read() as tx:
        now = sa.MetaData()
        now.reflect(tx)
        for name, rows in before.items():
            kept = [{column: row[column] for column in rows[0]} for row in read(tx, now.tables[name])]
            assert kept == rows, name


def test_the_tables_are_those_of_the_schema(upgraded):
    store, _ = upgraded
    with store.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata) == []


def test_everything_reads_as_it_should(upgraded):
    store, _ = upgraded
    with store.read() as tx:
        first, second = projects.listed(tx, archived=True)
        assert (first.name, first.created, first.guidelines) == ("Name p1 \N{THUMBS UP SIGN}", NOW, "Read twice.")
        assert (first.guidelines_version, first.prompts, second.archived) == (2, PromptSettings(), True)
        assert (first.handout, first.suggestions) == (HandoutSettings(), SuggestionSettings())
        assert [label.name for label in first.task.labels] == ["spät"]
        assert [e.value for e in events.since(tx, "p1")] == ["spät", None, "really?", {"event": "e1"}]
        assert data.current(tx, "p1", "pool").columns == {"intent": "gold"}
        assert data.results(tx, "p1", "d") == {"embed": ("embed-1", {"model": "m"})}
        assert rounds.current(tx, "p1", "d")[0].gains == (1.5, 0.25)
        assert rounds.actions(tx, "p1", "d")[0].rows == (2,)
        assert {found.state for found in jobs.listed(tx, "p1")} == {"done", "running"}


def test_work_goes_on(upgraded):
    store, _ = upgraded
    with store.write() as tx:
        projects.lock(tx, "p1")
        assert projects.add_revision(tx, "p1", "guidelines", "Read three times.", time=NOW, who="ann") == 3
        assert jobs.release_expired(tx, moment=2.0, time=NOW) == 1
        assert jobs.claim(tx, worker="w", quick=False, time=NOW, lease=1e12).id == "j2"
        projects.delete(tx, "p1")
    with store.read() as tx:
        assert events.last_sequence(tx, "p1") == 0
