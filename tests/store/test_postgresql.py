"""What only PostgreSQL needs: limits, connections that break, a server that is killed and comes back."""

import datetime as dt
import threading
import time

import pytest
import sqlalchemy as sa

from votek.errors import StorageError
from votek.store import Store, engines, events, projects
from votek.store.engines import alone

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def database_url(postgres):
    with postgres.migrated() as url:
        yield url


def shown(tx, name):
    return tx.execute(sa.text(f"SHOW {name}")).scalar()


def insert(store, name="p"):
    with store.write() as tx:
        projects.insert(tx, name, created=NOW, sample=False)


def names(store):
    with store.read() as tx:
        return list(tx.execute(sa.text("SELECT id FROM project ORDER BY id")).scalars())


def test_reads_are_one_view_that_writes_nothing_and_writes_see_the_newest(store):
    with store.read() as tx:
        assert (shown(tx, "transaction_isolation"), shown(tx, "transaction_read_only")) == ("repeatable read", "on")
        with pytest.raises(sa.exc.InternalError, match="read-only"):
            projects.insert(tx, "p", created=NOW, sample=False)
        tx.rollback()
    with store.write() as tx:
        assert (shown(tx, "transaction_isolation"), shown(tx, "transaction_read_only")) == ("read committed", "off")


def test_nothing_waits_for_ever_and_a_commit_is_durable(store, address):
    weak = Store(address + "?options=-c%20synchronous_commit%3Doff", store.folder)
    with weak.read() as tx:
        assert shown(tx, "synchronous_commit") == "on"
        assert shown(tx, "lock_timeout") == "20s"
        assert shown(tx, "statement_timeout") == "2min"
        assert shown(tx, "idle_in_transaction_session_timeout") == "1min"
    weak.close()


def test_a_writer_that_waits_too_long_for_another_is_told(store, address, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_SECONDS", 1.0)
    hasty = Store(address, store.folder)
    insert(store)
    with store.write() as tx:
        projects.lock(tx, "p")
        with (
            pytest.raises(StorageError, match=r"lock timeout\. Nothing of this step was stored"),
            hasty.write() as other,
        ):
            projects.lock(other, "p")
    with hasty.write() as other:
        projects.lock(other, "p")
    hasty.close()


def test_who_asks_to_be_alone_waits_for_the_other_and_not_for_other_purposes(store):
    order, entered = [], threading.Event()

    def second():
        entered.wait()
        with store.write() as tx:
            alone(tx, "a")
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with store.write() as tx:
        alone(tx, "a")
        entered.set()
        with store.write() as other:
            alone(other, "b")
            order.append("other purpose")
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["other purpose", "first", "second"]


def test_a_connection_that_breaks_half_way_stores_nothing_and_the_next_step_works(store, postgres):
    def broken():
        with store.write() as tx:
            projects.insert(tx, "half", created=NOW, sample=False)
            pid = tx.execute(sa.text("SELECT pg_backend_pid()")).scalar()
            postgres.administer(f"SELECT pg_terminate_backend({pid})")
            projects.insert(tx, "other half", created=NOW, sample=False)

    with pytest.raises(StorageError, match=r"Nothing of this step was stored\. Check that the server runs"):
        broken()
    assert names(store) == []
    insert(store, "whole")
    assert names(store) == ["whole"]


def test_a_connection_that_breaks_at_the_end_is_told_as_unknown(store, postgres):
    def broken():
        with store.write() as tx:
            projects.insert(tx, "p", created=NOW, sample=False)
            pid = tx.execute(sa.text("SELECT pg_backend_pid()")).scalar()
            postgres.administer(f"SELECT pg_terminate_backend({pid})")

    with pytest.raises(StorageError, match="not known whether it was stored"):
        broken()
    insert(store, "next")
    assert names(store) == ["next"]


def test_a_killed_server_is_told_and_survived_without_losing_a_commit(own_postgres, tmp_path):
    server = own_postgres(durable=True)
    store = Store(server.url(), tmp_path)
    store.migrate()
    insert(store, "before")

    def unfinished():
        with store.write() as tx:
            projects.insert(tx, "unfinished", created=NOW, sample=False)
            server.kill()
            events.last_sequence(tx, "unfinished")

    with pytest.raises(StorageError, match=r"Nothing of this step was stored"):
        unfinished()
    with pytest.raises(StorageError, match=r"cannot be used: .*refused.* Check that the server runs"):
        names(store)
    server.restart()
    assert names(store) == ["before"]
    insert(store, "later")
    server.restart()  # in good order: connections in the pool are dead, and nobody notices
    assert names(store) == ["before", "later"]
    store.close()


def test_a_migration_that_another_holds_up_is_told(store, address, monkeypatch):
    monkeypatch.setattr("votek.store.database.MIGRATION_SECONDS", 1)
    with store.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    other = Store(address, store.folder)
    with store.write() as tx:
        alone(tx, "migration")
        with pytest.raises(StorageError, match="lock timeout"):
            other.migrate()
    other.close()
