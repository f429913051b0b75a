"""What a backup is made of: one zip archive of tables and files, and a manifest that lists all of them.

manifest.json                 format, migration, program, time; size and SHA-256 of every member; row counts
tables/<table>.jsonl          one JSON array per row, in the order of the columns that the manifest gives
files/datasets/<sha256>.parquet
files/stages/keys/<key>.json, files/stages/arrays/<sha256>.npy
files/scores/<name>, files/sample.made
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from votek.errors import CorruptFileError, FileError, StorageError
from votek.store.files import storage_error
from votek.store.migrations import VERSIONS

__all__ = ["FORMAT", "MANIFEST", "Backup", "Manifest", "check_backup", "copy", "opened", "table_member"]

FORMAT = 1
MANIFEST = "manifest.json"
MOST_MANIFEST = 512 * 1024 * 1024
CHUNK = 1 << 20
_MEMBER = re.compile(
    r"tables/[a-z_]{1,40}\.jsonl|files/datasets/[0-9a-f]{64}\.parquet|files/stages/keys/[0-9A-Za-z_-]{1,200}\.json"
    r"|files/stages/arrays/[0-9a-f]{64}\.npy|files/scores/[0-9A-Za-z_-][0-9A-Za-z_.-]{0,200}|files/sample\.made"
)


class Readable(Protocol):
    """What can be read in parts."""

    def read(self, size: int, /) -> bytes:
        """At most about `size` bytes; none at the end."""
        ...


@dataclass(frozen=True)
class Manifest:
    """What an archive holds.

    `tables`: table -> (columns, rows). `members`: name -> (bytes, SHA-256). `missing`: stage results that were gone
    or damaged when the backup was made; they are computed again when they are needed.
    """

    format: int
    migration: str
    program: str
    created: str
    tables: Mapping[str, tuple[tuple[str, ...], int]]
    members: Mapping[str, tuple[int, str]]
    missing: tuple[str, ...] = ()

    def as_json(self) -> bytes:
        """The manifest as it is stored."""
        return json.dumps(asdict(self), sort_keys=True, indent=1).encode()


@dataclass(frozen=True)
class Backup:
    """An archive that was written, or read, and found whole: its path, size in bytes, SHA-256 and manifest."""

    path: Path
    size: int
    digest: str
    manifest: Manifest

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(count for _, count in self.manifest.tables.values())

    @property
    def files(self) -> int:
        """Files besides the tables."""
        return sum(name.startswith("files/") for name in self.manifest.members)


def table_member(table: str) -> str:
    """Where the rows of a table lie in the archive."""
    return f"tables/{table}.jsonl"


def _table_of(name: str) -> str | None:
    return name.removeprefix("tables/").removesuffix(".jsonl") if name.startswith("tables/") else None


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive and its manifest, once its list of members is known to be what the manifest says.

    Raises:
        StorageError: the file is not there or cannot be read; or it was written by a newer program.
        FileError: it is no backup.
        CorruptFileError: it is damaged, or holds other members than its manifest lists.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(path, archive)
            _check_list(path, archive, manifest)
            yield archive, manifest
    except FileNotFoundError as error:
        raise StorageError(f"There is no file {path}. Give the path of a backup made by `votek backup`.") from error
    except zipfile.BadZipFile as error:
        if _begins_as_zip(path):
            raise _damaged(path, str(error)) from error
        raise FileError(f"{path} is not a backup made by `votek backup` ({error}). Give the path of one.") from error
    except OSError as error:
        raise storage_error(path, error) from error


def check_backup(path: Path, *, expected: str | None = None) -> Backup:
    """Read a whole archive and hold every member to its size and SHA-256, and every table to its number of rows.

    expected: the archive's own SHA-256, as `votek backup` printed it; None: not compared.

    Raises:
        StorageError, FileError, CorruptFileError: as in `opened`, or something in it is not as it was written.
    """
    with opened(path) as (archive, manifest):
        digest = _digest(path)
        if expected is not None and digest != expected.strip().lower():
            raise CorruptFileError(
                f"{path} has the SHA-256 {digest}, not {expected.strip().lower()}: it is another backup, or it was "
                "changed. Use the one that was written."
            )
        for name in manifest.members:
            _check_member(path, archive, manifest, name)
    return Backup(path, path.stat().st_size, digest, manifest)


def copy(source: Readable, write: Callable[[bytes], object], *, most: int | None = None) -> tuple[int, str, int]:
    """(bytes, SHA-256, lines) of what was copied, `most` bytes at the most."""
    digest, size, lines = hashlib.sha256(), 0, 0
    while part := source.read(CHUNK if most is None else min(CHUNK, most - size)):
        write(part)
        digest.update(part)
        size += len(part)
        lines += part.count(b"\n")
    return size, digest.hexdigest(), lines


def _check_member(path: Path, archive: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
    try:
        with archive.open(name) as stream:
            size, digest, lines = copy(stream, lambda _: None)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise _damaged(path, f"{name}: {error}") from error
    if (size, digest) != manifest.members[name]:
        raise _damaged(path, f"{name} is not what the manifest says")
    table = _table_of(name)
    if table is not None and manifest.tables[table][1] != lines:
        raise _damaged(path, f"{name} has {lines:,} rows, the manifest says {manifest.tables[table][1]:,}")


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise FileError(f"{path} is no backup: it has no manifest. Give a file made by `votek backup`.") from None
    if info.file_size > MOST_MANIFEST:
        raise _damaged(path, "its manifest is far too large")
    try:
        given = json.loads(archive.read(info))
        number, migration = int(given["format"]), str(given["migration"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(path, f"its manifest cannot be read: {error}") from error
    if number > FORMAT or (migration not in VERSIONS and migration > VERSIONS[-1]):
        raise StorageError(
            f"{path} was made by a newer votek ({given.get('program')!r:.40}; its tables are at {migration!r:.20}, "
            f"this one knows up to {VERSIONS[-1]!r}). Update votek, then restore it."
        )
    try:
        tables = {str(name): (tuple(map(str, columns)), int(n)) for name, (columns, n) in given["tables"].items()}
        members = {str(name): (int(size), str(digest)) for name, (size, digest) in given["members"].items()}
        missing = tuple(map(str, given["missing"]))
        made = Manifest(number, migration, str(given["program"]), str(given["created"]), tables, members, missing)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, f"its manifest cannot be read: {error}") from error
    if migration not in VERSIONS or {table_member(table) for table in tables} - members.keys():
        raise _damaged(path, "its manifest does not fit together")
    return made


def _check_list(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Exactly the members of the manifest, each with a name that this program gives: nothing can lead elsewhere."""
    names = [info.filename for info in archive.infolist()]
    if len(names) != len(set(names)) or set(names) != {*manifest.members, MANIFEST}:
        raise _damaged(path, "it holds other members than its manifest lists")
    for name in manifest.members:
        table = _table_of(name)
        if not _MEMBER.fullmatch(name) or (table is not None and table not in manifest.tables):
            raise _damaged(path, f"{name!r:.80} is not a name that a backup has")
        if name.startswith("files/datasets/") and Path(name).stem != manifest.members[name][1]:
            raise _damaged(path, f"{name} does not hold what its name says")
        if archive.getinfo(name).file_size != manifest.members[name][0]:
            raise _damaged(path, f"{name} has another size than the manifest says")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def _damaged(path: Path, why: Any) -> CorruptFileError:
    return CorruptFileError(
        f"The backup {path} is damaged or was changed: {why}. Nothing was restored. Take another copy of it, or an "
        "earlier backup."
    )
