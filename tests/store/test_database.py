"""The database: migrations, durability, and what a person sees when it cannot be used."""

import re
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import votek.store
from votek.errors import MissingPackageError, StorageError
from votek.store import Store
from votek.store.database import Database
from votek.store.migrations import VERSIONS
from votek.store.schema import metadata

ROOT = Path(votek.store.__file__).resolve().parents[2]


def test_migrations_make_exactly_the_tables_of_the_schema(store):
    with store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_list_of_versions_is_the_chain_of_migrations():
    config = Config()
    config.set_main_option("script_location", str(Path(votek.store.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    chain = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(chain) == VERSIONS
    for number, script in enumerate(list(scripts.walk_revisions())[::-1], start=1):
        assert Path(script.path).name.startswith(f"{number:04d}_")
        assert script.revision == f"{number:04d}"


def test_migrating_twice_changes_nothing(store):
    with store.write() as tx:
        tx.execute(sa.text("INSERT INTO project VALUES ('p', '2026-01-01 00:00:00', 0, 0)"))
    store.migrate()
    assert store.database.version() == VERSIONS[-1]
    with store.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM project")).scalar() == 1


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store):
    with store.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"newer votek.*9999.*Update votek"):
        store.migrate()
    assert store.database.version() == "9999"


def test_several_processes_may_start_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from votek.store import Store; folder = Path(sys.argv[1]);"
        "store = Store(f'sqlite:///{folder / \"votek.db\"}', folder); store.migrate(); print(store.database.version())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=-1, stderr=-1) for _ in range(4)
    ]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()
        assert out.decode().strip() == VERSIONS[-1]


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


def test_readers_do_not_wait_for_a_writer_and_see_nothing_unfinished(store):
    with store.write() as tx:
        tx.execute(sa.text("INSERT INTO project VALUES ('p', '2026-01-01 00:00:00', 0, 0)"))
        began = time.perf_counter()
        with store.read() as other:
            assert other.execute(sa.text("SELECT count(*) FROM project")).scalar() == 0
        assert time.perf_counter() - began < 2


def test_an_error_inside_a_transaction_undoes_all_of_it(store):
    def write():
        with store.write() as tx:
            tx.execute(sa.text("INSERT INTO project VALUES ('p', '2026-01-01 00:00:00', 0, 0)"))
            raise KeyError("anything")

    with pytest.raises(KeyError, match="anything"):
        write()
    with store.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM project")).scalar() == 0


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "votek.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageError, match="cannot be used"):
        Store(f"sqlite:///{tmp_path / 'votek.db'}", tmp_path).migrate()


def test_a_database_in_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StorageError, match="cannot be used"):
        Store(f"sqlite:///{tmp_path / 'none' / 'votek.db'}", tmp_path).migrate()


def test_a_data_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be written.*VOTEK_DATA"):
        Store("sqlite://", tmp_path / "file" / "data")


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


def test_an_address_that_cannot_be_read():
    with pytest.raises(StorageError, match="VOTEK_DATABASE_URL"):
        Database("what is this")


def test_a_missing_driver_is_named_and_a_password_is_never_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingPackageError, match="pip install psycopg") as caught:
        Database("postgresql+psycopg://someone:topsecret@127.0.0.1/none")
    assert "topsecret" not in str(caught.value)


def test_the_log_of_labels_is_only_ever_added_to():
    source = Path(votek.store.__file__).parent
    for path in source.glob("*.py"):
        assert not re.search(r"(update|delete)\(label_event\)", path.read_text()), path.name
