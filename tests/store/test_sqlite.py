"""What only SQLite needs: durability settings, one writer at a time, and a file that can be damaged or full."""

import sqlite3
import threading
import time

import pytest
import sqlalchemy as sa

from votek.errors import StorageError
from votek.store import Store


@pytest.fixture
def database_url(tmp_path):
    return f"sqlite:///{tmp_path / 'votek.db'}"


def test_every_connection_is_durable_and_checks_references(store):
    with store.read() as tx:
        pragmas = {
            name: tx.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas["journal_mode"] == "wal"
    assert pragmas["synchronous"] == 2  # FULL
    assert pragmas["foreign_keys"] == 1
    assert pragmas["busy_timeout"] >= 5000


def test_a_writer_holds_the_right_to_write_from_its_start(store):
    entered, order = threading.Event(), []

    def second():
        entered.wait()
        with store.write():
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with store.write():
        entered.set()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "votek.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageError, match="cannot be used"):
        Store(f"sqlite:///{tmp_path / 'votek.db'}", tmp_path).migrate()


def test_a_database_in_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StorageError, match="cannot be used"):
        Store(f"sqlite:///{tmp_path / 'none' / 'votek.db'}", tmp_path).migrate()


def test_a_full_disk_is_told_and_nothing_is_stored(store, monkeypatch):
    store.database.close()
    connect = sqlite3.connect(store.folder / "votek.db")
    pages = connect.execute("PRAGMA page_count").fetchone()[0]
    connect.close()
    sa.event.listen(
        store.database.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}")
    )

    def fill():
        with store.write() as tx:
            for place in range(3000):
                insert = sa.text("INSERT INTO project VALUES (:id, '2026-01-01 00:00:00', 0, 0)")
                tx.execute(insert, {"id": f"{place:032d}"})

    with pytest.raises(StorageError, match=r"(?s)full.*Nothing of this step was stored"):
        fill()
    with store.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM project")).scalar() == 0
