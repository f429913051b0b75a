"""Writes a backup while people work: one consistent view of all rows, and every file that a row refers to."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from votek.errors import CorruptFileError, InputError, StorageError
from votek.store.archive import FORMAT, MANIFEST, Backup, Manifest, check_backup, copy, table_member
from votek.store.database import Transaction
from votek.store.files import remove, storage_error, write_whole
from votek.store.migrations import VERSIONS
from votek.store.schema import dataset, metadata, result
from votek.store.store import SAMPLE_MARKER, Store

__all__ = ["write_backup"]

ROWS_AT_ONCE = 1000
ATTEMPTS = 3


class _Vanished(Exception):
    """A file went with a project that was deleted after the rows were read."""


def write_backup(store: Store, path: Path) -> Backup:
    """Write all tables and files into one new archive at `path`, read it back, and only then give it its name.

    People may go on working: what they do after the first row was read is not in it. The key that signs tokens and
    the keys of endpoints are never in it.

    Raises:
        InputError: `path` is there already.
        CorruptFileError: a data set's file was changed or damaged: a backup would be a promise that cannot be kept.
        StorageError: the place is full or cannot be written, or the tables are not up to date.
    """
    if path.exists():
        raise InputError(f"{path} is there already. Give another name; a backup never overwrites one.")
    found = store.database.version()
    if found != VERSIONS[-1]:
        raise StorageError(f"The tables are at {found!r}, not {VERSIONS[-1]!r}: start votek once, which updates them.")
    for attempt in range(ATTEMPTS):
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            _write(store, part)
            checked = check_backup(part)
            part.rename(path)
            return Backup(path, checked.size, checked.digest, checked.manifest)
        except _Vanished as error:
            if attempt == ATTEMPTS - 1:
                raise StorageError(f"{error} Import its data again or delete its project, then try again.") from error
        except OSError as error:
            raise storage_error(path, error) from error
        finally:
            remove(part)
    raise AssertionError("unreachable")


def _write(store: Store, part: Path) -> None:
    def fill(stream: Any) -> None:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            _Writer(store, archive).write()

    write_whole(part, fill)


class _Writer:
    def __init__(self, store: Store, archive: zipfile.ZipFile) -> None:
        self.store = store
        self.archive = archive
        self.tables: dict[str, tuple[tuple[str, ...], int]] = {}
        self.members: dict[str, tuple[int, str]] = {}
        self.missing: list[str] = []

    def write(self) -> None:
        created = dt.datetime.now(dt.UTC)
        with self.store.read() as tx:
            for table in metadata.sorted_tables:
                self._table(tx, table)
            files = sorted(set(tx.execute(sa.select(dataset.c.file)).scalars()))
            keys = sorted(set(tx.execute(sa.select(result.c.key)).scalars()))
        for file in files:
            self._dataset(file)
        for key in keys:
            self._stage(key)
        scores = self.store.scores_folder
        for path in sorted(scores.iterdir()) if scores.is_dir() else []:
            if path.is_file() and not path.name.startswith("."):
                self._file(f"files/scores/{path.name}", path)
        marker = self.store.folder / SAMPLE_MARKER
        if marker.is_file():
            self._file(f"files/{SAMPLE_MARKER}", marker)
        manifest = Manifest(
            FORMAT, VERSIONS[-1], _program(), created.isoformat(), self.tables, self.members, tuple(self.missing)
        )
        self.archive.writestr(MANIFEST, manifest.as_json())

    def _table(self, tx: Transaction, table: sa.Table) -> None:
        columns = tuple(column.name for column in table.columns)
        query = sa.select(table).order_by(*table.primary_key.columns)
        rows = tx.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
        with self.archive.open(table_member(table.name), "w", force_zip64=True) as member:
            size, digest, count = copy(_Lines(_line(row) for row in rows), member.write)
        self.tables[table.name] = (columns, count)
        self.members[table_member(table.name)] = (size, digest)

    def _dataset(self, file: str) -> None:
        path = self.store.dataset_path(file)
        if not path.is_file():
            raise _Vanished(f"The data file {path} is missing.")
        if self._file(f"files/datasets/{file}.parquet", path) != file:
            raise CorruptFileError(
                f"The data file {path} was changed or damaged after it was stored, so no backup was written. Put it "
                "back from an earlier backup, or delete the project it belongs to."
            )

    def _stage(self, key: str) -> None:
        """What can be computed again may be missing; what is there is checked before it is taken."""
        if self.store.cache.get(key) is None:
            self.missing.append(key)
            return
        try:
            for path, folder in self.store.cache.files(key):
                name = f"files/stages/{folder}/{path.name}"
                if name not in self.members:
                    self._file(name, path)
        except FileNotFoundError as error:
            raise _Vanished(f"The stored result {key} is missing.") from error

    def _file(self, name: str, path: Path) -> str:
        """Copy a file as long as it is now; more may be added to a file of scores meanwhile."""
        with path.open("rb") as source, self.archive.open(name, "w", force_zip64=True) as member:
            size, digest, _ = copy(source, member.write, most=path.stat().st_size)
        self.members[name] = (size, digest)
        return digest


class _Lines:
    """Lines as a stream that is read in parts."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines

    def read(self, size: int, /) -> bytes:
        parts, length = [], 0
        for line in self._lines:
            parts.append(line)
            length += len(line)
            if length >= size:
                break
        return b"".join(parts)


def _line(row: Any) -> bytes:
    values = [value.isoformat() if isinstance(value, dt.datetime) else value for value in row]
    return json.dumps(values, ensure_ascii=True, allow_nan=False).encode() + b"\n"


def _program() -> str:
    try:
        return version("votek")
    except PackageNotFoundError:
        return "unknown"
