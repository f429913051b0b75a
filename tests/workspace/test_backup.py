"""Backup and restore: everything comes back, on either database and across, and nothing but a whole archive is used."""

import json
import shutil
import threading
import zipfile
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa

from tests.ageing import aged
from votek.access.secret import load_secret
from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import AlreadyRunningError, CorruptFileError, FileError, InputError, StorageError
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.store import Store
from votek.store.archive import MANIFEST, check_backup
from votek.store.backup import write_backup
from votek.store.restore import restore_backup
from votek.store.schema import audit, metadata
from votek.workspace import NewEvent, Workspace

TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))


@pytest.fixture
def opens(request, tmp_path):
    """`opens(kind, name)`: a workspace in a folder of its own, over a database of that kind."""
    with ExitStack() as stack:

        def make(kind, name, migrate=True):
            url = None
            if kind == "postgresql":
                url = stack.enter_context(request.getfixturevalue("postgres").migrated())
            opened = Workspace.open(Settings(data=tmp_path / name, database_url=url, model="votek-hash"))
            stack.callback(opened.close)
            return opened

        yield make


def events(project, numbers, who="ann"):
    return [NewEvent(f"{who}-{n}", f"a{n}", "label", "xy"[n % 2], project.task.version, 1) for n in numbers]


@pytest.fixture
def filled(dataset, compare_texts):
    """`filled(workspace)`: a project with picks, labels, a map, test items and rows of every other kind."""

    def fill(workspace):
        project = workspace.create_project("Team \N{THUMBS UP SIGN}", task=TASK)
        workspace.import_dataset(project.id, dataset(120, gold=["x", "y"] * 60), role="pool", name="f.csv")
        workspace.import_dataset(project.id, dataset(9, seed=5, prefix="t"), role="test", name="t.csv")
        finish_job(workspace, workspace.request_selection(project.id, budget=12))
        compare_texts(workspace, project.id)
        workspace.set_guidelines(project.id, "Half \ud83d and NUL \0 are kept as typed.")
        workspace.add_to_queue(project.id, [3, 4], who="bob")
        workspace.record_events(project.id, "ann", events(project, range(30)))
        workspace.record_events(project.id, "bob", [NewEvent("c", "a1", "comment", "why?", project.task.version, 1)])
        (workspace.settings.data / "scores").mkdir(exist_ok=True)
        (workspace.settings.data / "scores" / "model-1.jsonl").write_bytes(b'\n{"key": 1}\n{"cut o')
        with workspace.store.write() as tx:
            for number in range(3):
                tx.execute(
                    sa.insert(audit).values(
                        project=project.id, who="ann", action=f"a{number}", details={}, time=project.created
                    )
                )
        return workspace.project(project.id)

    return fill


def rows(workspace):
    with workspace.store.read() as tx:
        return {
            table.name: [tuple(row) for row in tx.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


def shown(workspace, project):
    """What people see of a project."""
    return {
        "project": workspace.project(project.id),
        "events": workspace.events(project.id),
        "rounds": workspace.rounds(project.id),
        "queue": workspace.queue(project.id),
        "labels": workspace.labels(project.id),
        "map": workspace.projection(project.id, "umap").xy.tobytes(),
        "vectors": np.asarray(workspace.embeddings(project.id, "test").vectors).tobytes(),
        "prompts": workspace.export(project.id, "prompts-jsonl").content,
        "labelled": workspace.export(project.id, "labelled-jsonl").content,
    }


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_wiped_and_restored_a_project_is_equal(opens, filled, tmp_path, source, target):
    before = opens(source, "before")
    project = filled(before)
    made = write_backup(before.store, tmp_path / "b.votek")
    everything, seen = rows(before), shown(before, project)
    assert made.rows == sum(map(len, everything.values()))
    assert made.manifest.missing == ()
    before.close()
    shutil.rmtree(before.settings.data)

    after = opens(target, "after")
    assert restore_backup(after.store, made.path, expected=made.digest) == made
    assert rows(after) == everything
    assert shown(after, project) == seen
    assert (after.settings.data / "scores" / "model-1.jsonl").read_bytes().endswith(b'{"cut o')
    (ack,) = after.record_events(project.id, "ann", events(project, [40]))
    assert ack.sequence == 32
    with after.store.write() as tx:  # the numbers that the database gives go on, too
        added = sa.insert(audit).values(project=None, who="ann", action="next", details={}, time=project.created)
        assert tx.execute(added.returning(audit.c.id)).scalar() == everything["audit"][-1][0] + 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_while_people_label_is_one_moment_of_the_log(opens, filled, tmp_path, kind):
    before = opens(kind, "before")
    project = filled(before)
    stop, half = threading.Event(), threading.Event()

    def label():
        for number in range(30, 120):
            before.record_events(project.id, "ann", events(project, [number]))
            if number == 40:
                half.set()
            if stop.is_set():
                return

    thread = threading.Thread(target=label)
    thread.start()
    assert half.wait(60)
    known = len(before.events(project.id))
    try:
        made = write_backup(before.store, tmp_path / "b.votek")
    finally:
        stop.set()
        thread.join()
    after = opens("sqlite", "after")
    restore_backup(after.store, made.path)
    log, restored = before.events(project.id), after.events(project.id)
    assert len(restored) >= known
    assert restored == log[: len(restored)]


@pytest.fixture
def small(opens, dataset, tmp_path):
    """A workspace with one project of texts, and its backup."""
    workspace = opens("sqlite", "before")
    project = workspace.create_project("P", task=TASK)
    workspace.import_dataset(project.id, dataset(20), role="pool", name="f.csv")
    workspace.record_events(project.id, "ann", events(project, range(5)))
    return workspace, write_backup(workspace.store, tmp_path / "b.votek").path


def test_no_key_is_ever_in_it(small):
    workspace, _ = small
    secret = load_secret(workspace.settings)
    again = write_backup(workspace.store, workspace.settings.data.parent / "again.votek").path
    with zipfile.ZipFile(again) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert not any("secret" in name for name in archive.namelist())
    assert secret.encode() not in content


def test_a_backup_never_overwrites_and_leaves_nothing_half_written(small, monkeypatch):
    workspace, path = small
    content = path.read_bytes()
    with pytest.raises(InputError, match="there already"):
        write_backup(workspace.store, path)
    monkeypatch.setattr("votek.store.archive_writer.check_archive", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_backup(workspace.store, path.with_name("other"))
    assert path.read_bytes() == content
    assert sorted(found.name for found in path.parent.iterdir()) == ["b.votek", "before"]


def test_a_damaged_data_file_is_told_instead_of_being_kept(small, tmp_path):
    workspace, _ = small
    (file,) = (workspace.settings.data / "datasets").iterdir()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(CorruptFileError, match="no backup was written"):
        write_backup(workspace.store, tmp_path / "c")
    file.unlink()
    with pytest.raises(StorageError, match="is missing"):
        write_backup(workspace.store, tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_what_is_there_is_only_thrown_away_when_asked(small, opens, dataset):
    workspace, path = small
    other = opens("sqlite", "other")
    gone = other.create_project("Another")
    other.import_dataset(gone.id, dataset(7, seed=9), role="pool", name="g.csv")
    with pytest.raises(InputError, match=r"already holds projects.*--replace"):
        restore_backup(other.store, path)
    assert [found.project.name for found in other.projects()] == ["Another"]
    restore_backup(other.store, path, replace=True)
    assert [found.project.name for found in other.projects()] == ["P"]
    assert rows(other) == rows(workspace)
    assert len(list((other.settings.data / "datasets").iterdir())) == 1


def test_a_restore_that_breaks_off_leaves_what_was_there(small, opens, monkeypatch):
    _, path = small
    other = opens("sqlite", "other")
    other.create_project("Another")
    before = rows(other)

    def fail(*_):
        raise StorageError("the disk is full")

    monkeypatch.setattr("votek.store.archive_rows._fill", fail)
    with pytest.raises(StorageError, match="disk is full"):
        restore_backup(other.store, path, replace=True)
    assert rows(other) == before


def test_connected_servers_are_refused(opens, small, tmp_path):
    _, path = small
    running = opens("postgresql", "running")
    running.projects()
    another = Store(running.settings.database_url, tmp_path / "another")
    with pytest.raises(AlreadyRunningError, match=r"1 connections of votek.*Stop them first"):
        restore_backup(another, path)
    running.close()
    restore_backup(another, path)
    another.close()


# ---------------------------------------------------------------- archives that are not as they were written


def rewritten(path, change):
    """A copy of the archive whose members (name -> bytes, in a list of pairs) went through `change`."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path.with_name("changed"), "w") as archive:
        for name, content in change(members):
            archive.writestr(name, content)
    return path.with_name("changed")


def with_manifest(change):
    """A change of the manifest alone."""

    def apply(members):
        manifest = json.loads(dict(members)[MANIFEST])
        change(manifest)
        return [(n, json.dumps(manifest).encode() if n == MANIFEST else c) for n, c in members]

    return apply


def added(name, content=b"x"):
    """One more member, that the manifest lists as it is."""
    import hashlib

    def apply(members):
        listed = with_manifest(
            lambda manifest: manifest["members"].update({name: [len(content), hashlib.sha256(content).hexdigest()]})
        )
        return [*listed(members), (name, content)]

    return apply


CHANGES = {
    "another row": lambda members: [
        (n, c.replace(b'"x"', b'"y"') if n == "tables/label_event.jsonl" else c) for n, c in members
    ],
    "member gone": lambda members: [pair for pair in members if not pair[0].startswith("files/datasets")],
    "member not listed": lambda members: [*members, ("files/datasets/extra", b"x")],
    "path traversal": added("../escaped"),
    "traversal in a known folder": added("files/scores/../../escaped"),
    "absolute path": added("/tmp/escaped"),
    "the signing key": added("files/secret", b"0" * 64),
    "database file": added("files/votek.db"),
    "texts under another digest": added(f"files/datasets/{'0' * 64}.parquet"),
    "unknown table": added("tables/strange.jsonl", b"[1]\n"),
    "other row count": with_manifest(lambda manifest: manifest["tables"]["label_event"].__setitem__(1, 4)),
    "manifest without tables": with_manifest(lambda manifest: manifest.pop("tables")),
    "manifest is a list": lambda members: [(n, b"[]" if n == MANIFEST else c) for n, c in members],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_archive_is_refused_and_nothing_is_touched(small, opens, tmp_path, change):
    _, path = small
    empty = opens("sqlite", "empty")
    with pytest.raises(CorruptFileError, match=r"damaged or was changed.*Nothing was restored"):
        restore_backup(empty.store, rewritten(path, change))
    assert empty.projects() == []
    assert not (empty.settings.data / "datasets").exists()
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("line", [b"{bad", b"[1]", b'{"project": "p"}', b"\xff"])
def test_rows_that_no_backup_writes_are_told_and_not_restored(small, opens, line):
    _, path = small
    name, content = "tables/label_event.jsonl", line + b"\n"
    forged = with_manifest(
        lambda manifest: (
            manifest["members"].update({name: [len(content), _sha(content)]}),
            manifest["tables"]["label_event"].__setitem__(1, 1),
        )
    )
    empty = opens("sqlite", "empty")
    changed = rewritten(path, lambda members: [(n, content if n == name else c) for n, c in forged(members)])
    with pytest.raises(CorruptFileError, match="rows of 'label_event' cannot be read"):
        restore_backup(empty.store, changed)
    assert empty.projects() == []


@pytest.mark.parametrize("place", [0.0, 0.2, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("damage", ["flip", "cut"])
def test_a_damaged_archive_is_refused(small, opens, place, damage):
    _, path = small
    content = bytearray(path.read_bytes())
    at = int(place * (len(content) - 1))
    if damage == "flip":
        content[at : at + 16] = bytes(byte ^ 0xFF for byte in content[at : at + 16])
    else:
        del content[at:]
    path.write_bytes(bytes(content))
    empty = opens("sqlite", "empty")
    with pytest.raises((CorruptFileError, FileError)):
        restore_backup(empty.store, path)
    assert empty.projects() == []


def test_an_archive_whose_list_of_members_is_nonsense_is_refused(small, opens):
    """Wherever a byte of the list is changed: what the zip library makes of it is not the same everywhere."""
    _, path = small
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    for at in range(start, start + 60):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        try:
            check_backup(path)
        except (CorruptFileError, FileError):
            continue  # what is left, such as dates and rights, changes nothing that is read


def test_another_archive_than_the_one_that_is_meant(small):
    workspace, path = small
    made = check_backup(path)
    with pytest.raises(CorruptFileError, match="another backup, or it was changed"):
        restore_backup(workspace.store, path, replace=True, expected="0" * 64)
    assert check_backup(path, expected=made.digest.upper()) == made


@pytest.mark.parametrize("change", [{"format": 2}, {"migration": "9999"}])
def test_an_archive_of_a_newer_program_is_refused_clearly(small, opens, change):
    _, path = small
    newer = rewritten(path, with_manifest(lambda manifest: manifest.update(change)))
    with pytest.raises(StorageError, match=r"newer votek.*Update votek, then restore"):
        restore_backup(opens("sqlite", "empty").store, newer)


def test_files_that_are_no_backup(tmp_path, opens):
    empty = opens("sqlite", "empty")
    with pytest.raises(StorageError, match="There is no file"):
        restore_backup(empty.store, tmp_path / "none")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(FileError, match="not a backup"):
        restore_backup(empty.store, tmp_path / "text")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("a", b"b")
    with pytest.raises(FileError, match="no manifest"):
        restore_backup(empty.store, tmp_path / "zip")


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_an_archive_of_older_tables_is_brought_up_to_date(small, opens, target):
    """Made from a newer one: the tables and columns that the first version did not have are taken out."""
    workspace, path = small
    other = opens(target, "other")
    restore_backup(other.store, rewritten(path, aged(MANIFEST)), replace=True)
    assert other.store.database.version() == workspace.store.database.version()
    (found,) = other.projects()
    assert other.events(found.project.id) == workspace.events(found.project.id)
    assert replace(found.project) == workspace.project(found.project.id)


def _sha(content):
    import hashlib

    return hashlib.sha256(content).hexdigest()
