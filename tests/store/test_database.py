"""The database: migrations, durability, and what a person sees when it cannot be used."""

import datetime as dt
import re
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
from votek.store import Store, data, projects
from votek.store.database import Database
from votek.store.migrations import VERSIONS
from votek.store.schema import metadata

ROOT = Path(votek.store.__file__).resolve().parents[2]
NOW = dt.datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=dt.UTC)


def count(tx):
    return tx.execute(sa.text("SELECT count(*) FROM project")).scalar()


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
        projects.insert(tx, "p", created=NOW, sample=False)
    store.migrate()
    assert store.database.version() == VERSIONS[-1]
    with store.read() as tx:
        assert count(tx) == 1


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store):
    with store.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"newer votek.*9999.*Update votek"):
        store.migrate()
    assert store.database.version() == "9999"


def test_several_processes_may_start_at_once_even_without_a_common_folder(empty_database, tmp_path):
    code = (
        "import sys; from pathlib import Path; from votek.store import Store;"
        "store = Store(sys.argv[1], Path(sys.argv[2])); store.migrate(); print(store.database.version())"
    )
    folders = [tmp_path if empty_database.startswith("sqlite") else tmp_path / str(number) for number in range(4)]
    started = [
        subprocess.Popen([sys.executable, "-c", code, empty_database, str(folder)], cwd=ROOT, stdout=-1, stderr=-1)
        for folder in folders
    ]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()
        assert out.decode().strip() == VERSIONS[-1]


def test_readers_do_not_wait_for_a_writer_and_see_nothing_unfinished(store):
    with store.write() as tx:
        projects.insert(tx, "p", created=NOW, sample=False)
        began = time.perf_counter()
        with store.read() as other:
            assert count(other) == 0
        assert time.perf_counter() - began < 2


def test_an_error_inside_a_transaction_undoes_all_of_it(store):
    def write():
        with store.write() as tx:
            projects.insert(tx, "p", created=NOW, sample=False)
            raise KeyError("anything")

    with pytest.raises(KeyError, match="anything"):
        write()
    with store.read() as tx:
        assert count(tx) == 0


def test_a_view_stays_the_same_while_others_write(store):
    with store.read() as tx:
        assert count(tx) == 0
        with store.write() as other:
            projects.insert(other, "p", created=NOW, sample=False)
        assert count(tx) == 0
    with store.read() as tx:
        assert count(tx) == 1


def test_two_writers_of_one_project_come_one_after_the_other_and_the_second_reads_what_the_first_wrote(store):
    with store.write() as tx:
        projects.insert(tx, "p", created=NOW, sample=False)
    entered, versions = threading.Event(), []

    def second():
        entered.wait()
        with store.write() as tx:
            projects.lock(tx, "p")
            versions.append(projects.add_revision(tx, "p", "name", "two", time=NOW))

    thread = threading.Thread(target=second)
    thread.start()
    with store.write() as tx:
        projects.lock(tx, "p")
        entered.set()
        time.sleep(0.2)
        versions.append(projects.add_revision(tx, "p", "name", "one", time=NOW))
    thread.join()
    assert versions == [1, 2]


def test_a_broken_rule_of_the_tables_stays_loud(store):
    def twice():
        with store.write() as tx:
            for _ in range(2):
                projects.insert(tx, "p", created=NOW, sample=False)

    with pytest.raises(sa.exc.IntegrityError):
        twice()
    with store.read() as tx:
        assert count(tx) == 0


VALUES = {
    "emoji": "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4} \u202eabc",
    "NUL": "a\0b",
    "half": "half \ud83d of one",
    "none": None,
    "number": 0.1,
    "nested": [1, {"a": []}],
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_what_is_kept_as_json_comes_back_as_it_was(store, value):
    with store.write() as tx:
        projects.insert(tx, "p", created=NOW, sample=False)
        data.add_result(tx, "p", "k", "key", digest="d", details={"value": value}, time=NOW)
    with store.read() as tx:
        assert data.results(tx, "p", "d") == {"k": ("key", {"value": value})}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_has_no_sign_for_is_refused(store, value):
    with store.write() as tx:
        projects.insert(tx, "p", created=NOW, sample=False)
    with pytest.raises((sa.exc.StatementError, ValueError), match="not JSON compliant"), store.write() as tx:
        data.add_result(tx, "p", "k", "key", digest="d", details={"value": value}, time=NOW)


def test_times_keep_their_microseconds(store):
    with store.write() as tx:
        projects.insert(tx, "p", created=NOW, sample=False)
        for kind in ("name", "guidelines"):
            projects.add_revision(tx, "p", kind, "x", time=NOW)
        projects.add_revision(tx, "p", "task", {"type": "single", "labels": []}, time=NOW)
        projects.add_revision(tx, "p", "prompts", {}, time=NOW)
    with store.read() as tx:
        assert projects.get(tx, "p").created == NOW


def test_a_data_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot be written.*VOTEK_DATA"):
        Store("sqlite://", tmp_path / "file" / "data")


@pytest.mark.parametrize("address", ["what is this", "//someone:topsecret@h/n", "mysql://someone:topsecret@h/n"])
def test_an_address_that_cannot_be_used_is_told_without_its_password(address):
    with pytest.raises(StorageError, match=r"VOTEK_DATABASE_URL.*use e.g. sqlite") as caught:
        Database(address)
    assert "topsecret" not in str(caught.value) + str(caught.value.__cause__)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_all_spellings_of_a_postgresql_address_lead_to_the_same_driver(scheme):
    database = Database(f"{scheme}://someone:topsecret@127.0.0.1/none")
    assert database.engine.driver == "psycopg"
    assert database.name == "postgresql+psycopg://someone:***@127.0.0.1/none"


def test_a_missing_driver_is_named_and_a_password_is_never_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingPackageError, match=r'pip install "votek\[postgres\]"') as caught:
        Database("postgresql://someone:topsecret@127.0.0.1/none")
    assert "topsecret" not in str(caught.value)


def test_the_log_of_labels_is_only_ever_added_to():
    source = Path(votek.store.__file__).parent
    for path in source.glob("*.py"):
        assert not re.search(r"(update|delete)\(label_event\)", path.read_text()), path.name
