"""What an archive is made of: one zip file of tables and files, and a manifest that lists all of them.

There are two kinds: a backup holds everything of one installation, a bundle one project (its manifest: bundle.json).

manifest.json                 format, migration, program, time; size and SHA-256 of every member; row counts
tables/<table>.jsonl          one JSON array per row, in the order of the columns that the manifest gives
files/datasets/<sha256>.parquet
files/stages/keys/<key>.json, files/stages/arrays/<sha256>.npy
files/scores/<name>, files/sample.made
"""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from votek.errors import CorruptFileError, FileError, StorageError
from votek.store.archive_kinds import BACKUP, BUNDLE, MANIFEST, Kind, damaged
from votek.store.files import storage_error
from votek.store.migrations import VERSIONS

__all__ = [
    "BACKUP",
    "BUNDLE",
    "MANIFEST",
    "Backup",
    "Kind",
    "Manifest",
    "check_archive",
    "check_backup",
    "copy",
    "damaged",
    "opened",
    "table_member",
]

CHUNK = 1 << 20
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What the zip library raises on a member whose bytes were changed."""


class Readable(Protocol):
    """What can be read in parts."""

    def read(self, size: int, /) -> bytes:
        """At most about `size` bytes; none at the end."""
        ...


@dataclass(frozen=True)
class Manifest:
    """What an archive holds.

    `tables`: table -> (columns, rows). `members`: name -> (bytes, SHA-256). `missing`: stage results that were gone
    or damaged when it was made; they are computed again when they are needed. `created` is empty in a bundle, so that
    an unchanged project gives the same bytes.
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
def opened(path: Path, kind: Kind = BACKUP, *, most: int | None = None) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive and its manifest, once its list of members is known to be what the manifest says.

    most: bytes that its members may have together, unpacked; None: any number.

    Raises:
        StorageError: the file is not there or cannot be read; or it was written by a newer program.
        FileError: it is no archive of this kind, or too large.
        CorruptFileError: it is damaged, or holds other members than its manifest lists.
    """
    made = f"made by `{kind.made_by}`"
    try:
        with _unzipped(path, kind) as archive:
            manifest = _manifest(path, archive, kind)
            _check_list(path, archive, manifest, kind)
            _check_size(path, manifest, kind, most)
            yield archive, manifest
    except FileNotFoundError as error:
        raise StorageError(f"There is no file {path}. Give the path of a {kind.word} {made}.") from error
    except IsADirectoryError as error:
        raise FileError(f"{path} is a folder. Give the path of a {kind.word} {made}.") from error
    except zipfile.BadZipFile as error:
        if _begins_as_zip(path):
            raise damaged(path, str(error), kind) from error
        raise FileError(f"{path.name} is not a {kind.word} {made} ({error}). Give the path of one.") from error
    except OSError as error:
        raise storage_error(path, error) from error


def _unzipped(path: Path, kind: Kind) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (NotImplementedError, ValueError, struct.error, RuntimeError) as error:  # nonsense in its list of members
        raise damaged(path, str(error), kind) from error


def check_backup(path: Path, *, expected: str | None = None) -> Backup:
    """Read a whole backup and hold it to its manifest; see `check_archive`."""
    return check_archive(path, BACKUP, expected=expected)


def check_archive(path: Path, kind: Kind, *, expected: str | None = None, most: int | None = None) -> Backup:
    """Read a whole archive and hold every member to its size and SHA-256, and every table to its number of rows.

    expected: the archive's own SHA-256, as the command that wrote it printed it; None: not compared. most: bytes that
    its members may have together, unpacked.

    Raises:
        StorageError, FileError, CorruptFileError: as in `opened`, or something in it is not as it was written.
    """
    with opened(path, kind, most=most) as (archive, manifest):
        digest = _digest(path)
        if expected is not None and digest != expected.strip().lower():
            raise CorruptFileError(
                f"{path} has the SHA-256 {digest}, not {expected.strip().lower()}: it is another {kind.word}, or it "
                "was changed. Use the one that was written."
            )
        for name in manifest.members:
            _check_member(path, archive, manifest, name, kind)
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


def _check_member(path: Path, archive: zipfile.ZipFile, manifest: Manifest, name: str, kind: Kind) -> None:
    try:
        with archive.open(name) as stream:
            size, digest, lines = copy(stream, lambda _: None)
    except (ValueError, OSError, *_UNREADABLE) as error:
        raise damaged(path, f"{name}: {error}", kind) from error
    if (size, digest) != manifest.members[name]:
        raise damaged(path, f"{name} is not what the manifest says", kind)
    table = _table_of(name)
    if table is not None and manifest.tables[table][1] != lines:
        raise damaged(path, f"{name} has {lines:,} rows, the manifest says {manifest.tables[table][1]:,}", kind)


def _manifest(path: Path, archive: zipfile.ZipFile, kind: Kind) -> Manifest:
    info = _manifest_entry(path, archive, kind)
    if info.file_size > kind.most_manifest:
        raise damaged(path, "its manifest is far too large", kind)
    try:
        given = json.loads(archive.read(info))
        number, migration = int(given["format"]), str(given["migration"])
    except (ValueError, KeyError, TypeError, RecursionError, *_UNREADABLE) as error:
        raise damaged(path, f"its manifest cannot be read: {error}", kind) from error
    if number > kind.format or (migration not in VERSIONS and migration > VERSIONS[-1]):
        raise StorageError(
            f"{path.name} was made by a newer votek ({given.get('program')!r:.40}; its tables are at "
            f"{migration!r:.20}, this one knows up to {VERSIONS[-1]!r}). Update votek, then {kind.use} it."
        )
    try:
        tables = {str(name): (tuple(map(str, columns)), int(n)) for name, (columns, n) in given["tables"].items()}
        members = {str(name): (int(size), str(digest)) for name, (size, digest) in given["members"].items()}
        missing = tuple(map(str, given["missing"]))
        made = Manifest(number, migration, str(given["program"]), str(given["created"]), tables, members, missing)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, f"its manifest cannot be read: {error}", kind) from error
    if migration not in VERSIONS or {table_member(table) for table in tables} - members.keys():
        raise damaged(path, "its manifest does not fit together", kind)
    return made


def _manifest_entry(path: Path, archive: zipfile.ZipFile, kind: Kind) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(kind.manifest)
    except KeyError:
        other = BUNDLE if kind is BACKUP else BACKUP
    if other.manifest in archive.namelist():
        raise FileError(f"{path.name} is a {other.word}, not a {kind.word}: use `{other.used_by}` for it.")
    raise FileError(f"{path.name} is no {kind.word}: it has no manifest. Give a file made by `{kind.made_by}`.")


def _check_list(path: Path, archive: zipfile.ZipFile, manifest: Manifest, kind: Kind) -> None:
    """Exactly the members of the manifest, each with a name that this program gives: nothing can lead elsewhere."""
    names = [info.filename for info in archive.infolist()]
    if len(names) != len(set(names)) or set(names) != {*manifest.members, kind.manifest}:
        raise damaged(path, "it holds other members than its manifest lists", kind)
    for name in manifest.members:
        table = _table_of(name)
        if not kind.member.fullmatch(name) or (table is not None and table not in manifest.tables):
            raise damaged(path, f"{name!r:.80} is not a name that a {kind.word} has", kind)
        if name.startswith("files/datasets/") and Path(name).stem != manifest.members[name][1]:
            raise damaged(path, f"{name} does not hold what its name says", kind)
        if archive.getinfo(name).file_size != manifest.members[name][0]:
            raise damaged(path, f"{name} has another size than the manifest says", kind)


def _check_size(path: Path, manifest: Manifest, kind: Kind, most: int | None) -> None:
    total = sum(size for size, _ in manifest.members.values())
    if most is not None and total > most:
        raise FileError(
            f"{path.name} would unpack to {total / 1e6:,.0f} MB, and at most {most / 1e6:,.0f} MB are taken. Where you "
            f"trust this {kind.word}, set VOTEK_MAX_UNPACKED_MB higher."
        )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"
