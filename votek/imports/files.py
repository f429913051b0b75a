"""One file, a zip archive or a folder as named parts in memory, within the limits for data files.

Nothing is ever written to disk or run: names in an archive are only names, and pickles are refused.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from votek.datasets.encodings import decode
from votek.datasets.json_cells import NotReadable, parse
from votek.datasets.limits import Limits
from votek.datasets.source import open_source
from votek.datasets.table import BLANK_ROW, excerpt
from votek.datatypes import Refusal
from votek.errors import FileError

__all__ = ["Files", "Record", "open_files"]

MAX_PARTS = 10_000
_SAFE_PART = 32_000_000
_MOST_RATIO = 100
_TOO_DEEP = "This JSON is nested too deeply."

Record = Refusal | tuple[int, Any]
"""One record of a JSON file: its row and value, or why it cannot be read."""


class Files:
    """The parts of one import: path within it -> bytes. `kind`: "file", "archive" or "folder"."""

    def __init__(
        self, name: str, parts: Mapping[str, bytes], *, kind: str, limits: Limits, encoding: str | None = None
    ) -> None:
        # Who answered nothing has an empty file in what some tools write.
        written = {path: content for path, content in parts.items() if content[:100].strip() or content.strip()}
        self.name, self.parts, self.kind, self.limits, self.encoding = (
            name,
            written or dict(parts),
            kind,
            limits,
            encoding,
        )
        self._records: dict[str, list[Record]] = {}

    def named(self, *endings: str) -> list[str]:
        """Paths whose name ends so (a .gz behind it does not matter), in alphabetical order."""
        return sorted(path for path in self.parts if path.lower().removesuffix(".gz").endswith(endings))

    def records(self, path: str) -> list[Record]:
        """The records of a JSON document (a list, or one object) or of JSON Lines.

        Raises:
            FileError: the part is no text, no JSON, or too large.
        """
        if path not in self._records:
            content = open_source(self.parts[path], name=path, format="json", limits=self.limits).content
            found: list[Record] = []
            for record in _records(decode(content, self.encoding).text):
                found.append(record)
                if len(found) > self.limits.max_rows:
                    raise FileError(f"more than {self.limits.max_rows:,} rows. Split the file (VOTEK_MAX_ROWS).")
            self._records[path] = found
        return self._records[path]

    def objects(self, path: str, *, most: int = 20) -> list[dict[str, Any]]:
        """The first objects among the records of a part; none where it cannot be read: for recognising it."""
        try:
            records = self.records(path)
        except FileError:
            return []
        values = [record[1] for record in records[:most] if not isinstance(record, Refusal)]
        return [value for value in values if isinstance(value, dict)]


def open_files(source: str | Path | bytes, *, name: str | None, limits: Limits, encoding: str | None = None) -> Files:
    """Everything in a file, a zip archive or a folder; FileError for what is too large or not what it seems."""
    if isinstance(source, bytes):
        return _of_bytes(source, name or "upload", limits, encoding)
    path = Path(source)
    name = name or path.name
    if path.is_dir():
        return Files(name, _folder(path, limits), kind="folder", limits=limits, encoding=encoding)
    try:
        _fits(path.stat().st_size, limits.max_bytes, "VOTEK_MAX_UPLOAD_MB")
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileError(f"there is no such file or folder ({path}). Check the path.") from None
    except OSError as error:
        raise FileError(f"the file cannot be read ({error.strerror or error}). Check its permissions.") from None
    return _of_bytes(content, name, limits, encoding)


def _of_bytes(content: bytes, name: str, limits: Limits, encoding: str | None) -> Files:
    _fits(len(content), limits.max_bytes, "VOTEK_MAX_UPLOAD_MB")
    if not content:
        raise FileError("the file is empty. Give a file with one row per text.")
    if content.startswith(b"PK") and b"xl/" not in content:
        return Files(name, _unzipped(content, limits), kind="archive", limits=limits, encoding=encoding)
    return Files(name, {name: content}, kind="file", limits=limits, encoding=encoding)


def _fits(size: int, most: int, setting: str) -> None:
    if size > most:
        raise FileError(
            f"{size / 1e6:,.1f} MB; at most {most / 1e6:,.0f} MB can be read ({setting}). Give less at once."
        )


def _folder(root: Path, limits: Limits) -> dict[str, bytes]:
    """The files of a folder and those below; links are not followed, hidden files left out."""
    parts: dict[str, bytes] = {}
    total = 0
    for at, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(one for one in folders if not _hidden(one))
        for one in sorted(names):
            path = Path(at) / one
            if _hidden(one) or path.is_symlink() or not path.is_file():
                continue
            total += path.stat().st_size
            _fits(total, limits.max_unpacked_bytes, "VOTEK_MAX_UNPACKED_MB")
            if len(parts) >= MAX_PARTS:
                raise FileError(f"more than {MAX_PARTS:,} files. Give the folder of one export.")
            parts[path.relative_to(root).as_posix()] = path.read_bytes()
    if not parts:
        raise FileError("the folder holds no files. Give the folder that the tool wrote.")
    return parts


def _unzipped(content: bytes, limits: Limits) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            _check_members(members, limits)
            return {one.filename: _member(archive, one, limits) for one in members if not _hidden(one.filename)}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"the zip archive is damaged ({error}). Make or download it again.") from None


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if not members:
        raise FileError("the zip archive is empty. Give the archive that the tool wrote.")
    if len(members) > MAX_PARTS:
        raise FileError(f"the zip archive holds {len(members):,} files; at most {MAX_PARTS:,} can be read.")
    _fits(sum(one.file_size for one in members), limits.max_unpacked_bytes, "VOTEK_MAX_UNPACKED_MB")
    seen: set[str] = set()
    for one in members:
        path = PurePosixPath(one.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in one.filename or ":" in one.filename:
            raise FileError(f"the zip archive holds the path {excerpt(one.filename)!r}, which leads out of it.")
        if one.filename in seen:
            raise FileError(f"the zip archive holds {excerpt(one.filename)!r} twice.")
        seen.add(one.filename)
        if one.flag_bits & 1:
            raise FileError("the zip archive is protected by a password. Unpack it and give the folder.")
        if one.file_size > _SAFE_PART and one.file_size > _MOST_RATIO * max(one.compress_size, 1):
            raise FileError(
                f"{excerpt(one.filename)!r} grows from {one.compress_size:,} to {one.file_size:,} bytes when unpacked, "
                "which no ordinary text does. Unpack the archive and give the folder."
            )


def _member(archive: zipfile.ZipFile, one: zipfile.ZipInfo, limits: Limits) -> bytes:
    with archive.open(one) as stream:
        content = stream.read(one.file_size + 1)  # what an archive says of its sizes need not be true
    if len(content) > one.file_size:
        raise FileError(f"{excerpt(one.filename)!r} is larger than the archive says.")
    return content


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any((part.startswith(".") and part != ".argilla") or part == "__MACOSX" for part in parts)


def _records(text: str) -> Iterator[Record]:
    """A JSON list, one object a line, or one object."""
    try:
        document = parse(text.strip(" \t\r\n"))
    except NotReadable as error:
        if text.lstrip(" \t\r\n").startswith("["):
            raise FileError(_where(text, str(error))) from None
        yield from _lines(text)
        return
    yield from enumerate(document if isinstance(document, list) else [document], start=1)


def _lines(text: str) -> Iterator[Record]:
    number = 0
    for line in io.StringIO(text, newline=""):
        if not line.strip():
            continue
        number += 1
        try:
            yield number, parse(line.strip(" \t\r\n"))
        except NotReadable as error:
            yield Refusal(number, str(error), excerpt(line.strip()))
    if not number:
        yield Refusal(1, BLANK_ROW)


def _where(text: str, reason: str) -> str:
    """Which entry of a list is at fault, where that can be told."""
    decoder, at, row = json.JSONDecoder(), text.index("[") + 1, 0
    try:
        while True:
            while at < len(text) and text[at] in " \t\r\n,":
                at += 1
            row += 1
            _, at = decoder.raw_decode(text, at)
    except RecursionError:
        return f"row {row:,}: {_TOO_DEEP}"
    except json.JSONDecodeError:
        return f"row {row:,}: {reason}"
