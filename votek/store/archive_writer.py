"""Writes an archive: tables and files one after the other, read back before the archive gets its name."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from votek.errors import CorruptFileError, InputError, StorageError
from votek.store.archive import Backup, Kind, Manifest, check_archive, copy, table_member
from votek.store.files import remove, storage_error, write_whole
from votek.store.migrations import VERSIONS
from votek.store.store import Store

__all__ = ["ArchiveWriter", "write_archive"]

ATTEMPTS = 3


class _Vanished(Exception):
    """A file went with a project that was deleted after the rows were read."""


def write_archive(store: Store, path: Path, kind: Kind, fill: Callable[[ArchiveWriter], None]) -> Backup:
    """Let `fill` put tables and files into one new archive at `path`, read it back, and only then give it its name.

    Raises:
        InputError: `path` is there already.
        CorruptFileError: a data set's file was changed or damaged: an archive would be a promise that cannot be kept.
        StorageError: the place is full or cannot be written, or the tables are not up to date.
    """
    if path.exists():
        raise InputError(f"{path} is there already. Give another name; a {kind.word} never overwrites one.")
    found = store.database.version()
    if found != VERSIONS[-1]:
        raise StorageError(f"The tables are at {found!r}, not {VERSIONS[-1]!r}: start votek once, which updates them.")
    for attempt in range(ATTEMPTS):
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            _write(store, part, kind, fill)
            checked = check_archive(part, kind)
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


def _write(store: Store, part: Path, kind: Kind, fill: Callable[[ArchiveWriter], None]) -> None:
    def write(stream: Any) -> None:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            writer = ArchiveWriter(store, archive, kind)
            fill(writer)
            writer.finish()

    write_whole(part, write)


class ArchiveWriter:
    """Takes tables and files into an archive and keeps the list of them. `created`: the time to state, or ""."""

    def __init__(self, store: Store, archive: zipfile.ZipFile, kind: Kind) -> None:
        self.store = store
        self.kind = kind
        self.created = ""
        self._archive = archive
        self._tables: dict[str, tuple[tuple[str, ...], int]] = {}
        self._members: dict[str, tuple[int, str]] = {}
        self._missing: list[str] = []

    def table(self, name: str, columns: tuple[str, ...], rows: Iterable[Any]) -> None:
        """Take in the rows of a table, each with its values in the order of `columns`."""
        # Opened by name, a member gets no time of its own: the same rows give the same bytes.
        with self._archive.open(table_member(name), "w", force_zip64=True) as member:
            size, digest, count = copy(_Lines(_line(row) for row in rows), member.write)
        self._tables[name] = (columns, count)
        self._members[table_member(name)] = (size, digest)

    def dataset(self, file: str) -> None:
        """Take in the data set whose stored bytes have this digest."""
        path = self.store.dataset_path(file)
        if not path.is_file():
            raise _Vanished(f"The data file {path} is missing.")
        if self.file(f"files/datasets/{file}.parquet", path) != file:
            raise CorruptFileError(
                f"The data file {path} was changed or damaged after it was stored, so no {self.kind.word} was written. "
                "Put it back from an earlier backup, or delete the project it belongs to."
            )

    def stage(self, key: str) -> None:
        """Take in a stored result: what can be computed again may be missing, what is there is checked."""
        if self.store.cache.get(key) is None:
            self._missing.append(key)
            return
        try:
            for path, folder in self.store.cache.files(key):
                name = f"files/stages/{folder}/{path.name}"
                if name not in self._members:
                    self.file(name, path)
        except FileNotFoundError as error:
            raise _Vanished(f"The stored result {key} is missing.") from error

    def file(self, name: str, path: Path) -> str:
        """Copy a file as long as it is now; more may be added to a file of scores meanwhile."""
        with path.open("rb") as source, self._archive.open(name, "w", force_zip64=True) as member:
            size, digest, _ = copy(source, member.write, most=path.stat().st_size)
        self._members[name] = (size, digest)
        return digest

    def finish(self) -> None:
        """Write the manifest over all that was taken in."""
        manifest = Manifest(
            self.kind.format,
            VERSIONS[-1],
            _program(),
            self.created,
            self._tables,
            self._members,
            tuple(self._missing),
        )
        with self._archive.open(self.kind.manifest, "w") as member:
            member.write(manifest.as_json())


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
