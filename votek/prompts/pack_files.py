"""A prompt pack on disk: which files it holds, and how they are read without trusting them.

A pack is a folder, or a zip of it or of what is in it: `pack.json` (what it is, and the size and SHA-256 of every
other file), `settings.json` (settings, task and the literal instruction), `rows.jsonl` (the labelled texts, in pick
order), `vectors.npy` and `mean.npy` (float32; never pickled) and `manifest.json` (the lineage).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.errors import CorruptFileError, FileError

__all__ = [
    "ABOUT",
    "MEMBERS",
    "SCHEMA",
    "PackFiles",
    "about_digest",
    "damaged",
    "json_of",
    "numbers_of",
    "read_files",
]

SCHEMA = "votek.pack/1"
ABOUT = "pack.json"
MEMBERS = ("settings.json", "rows.jsonl", "vectors.npy", "mean.npy", "manifest.json")

_MOST_ABOUT = 2**20
_MOST = 2**31
_MOST_UNSEEN = 2**26  # bytes that may be packed as tightly as they like
_TIGHTEST = 100  # times that a larger file may grow when it is unpacked
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError)

_Read = Callable[[str, int], bytes]
"""Gives the content of a file of this name, or refuses it when it is longer than so many bytes."""


@dataclass(frozen=True)
class PackFiles:
    """What was found, each file as it was written. `about`: pack.json; `content`: the other files by name."""

    path: Path
    about: Mapping[str, Any]
    content: Mapping[str, bytes]


def read_files(path: Path) -> PackFiles:
    """All files of the pack at `path`, a folder or a zip file, each held to the size and digest that it was given.

    Raises:
        FileError: there is no pack at `path`, or a newer version of the program wrote it.
        CorruptFileError: it is not as it was written.
    """
    if path.is_dir():
        return _read(path, _from_folder(path))
    if not path.is_file():
        raise FileError(f"There is no prompt pack at {path}. Give the zip file of the pack, or the folder unpacked.")
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, _from_zip(path, archive))
    except _BROKEN_ZIP as problem:
        if isinstance(problem, FileError):
            raise
        raise FileError(f"{path} is no prompt pack ({problem}). Export the pack again, or give its folder.") from None


def about_digest(about: Mapping[str, Any]) -> str:
    """SHA-256 over everything that pack.json says, but for this digest."""
    rest = {name: value for name, value in about.items() if name != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()


def json_of(path: Path, name: str, content: bytes) -> Any:
    """The JSON in a file of the pack at `path`."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise damaged(path, f"{name} is not JSON ({problem})") from None


def numbers_of(files: PackFiles, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The float32 array of this shape in a .npy file; nothing but numbers is ever read."""
    stream = io.BytesIO(files.content[name])
    try:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"version {version}")
        found, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        if found != shape or fortran or dtype != np.dtype("<f4"):
            raise ValueError(f"shape {found}, type {dtype}, where {shape} of float32 are named")
        values = np.frombuffer(stream.read(), dtype="<f4").reshape(shape)
    except ValueError as problem:
        raise damaged(files.path, f"{name} cannot be read: {problem}") from None
    if not np.isfinite(values).all():
        raise damaged(files.path, f"{name} holds NaN or infinity")
    return values.astype(np.float32, copy=False)


def damaged(path: Path, what: str) -> CorruptFileError:
    """What to say of a pack that is not as it was written."""
    return CorruptFileError(
        f"The prompt pack {path} is damaged or was changed: {what}. Export it again, or fetch it again."
    )


def _read(path: Path, read: _Read) -> PackFiles:
    about = json_of(path, ABOUT, read(ABOUT, _MOST_ABOUT))
    _check_schema(path, about)
    if about.get("digest") != about_digest(about):
        raise damaged(path, f"{ABOUT} is not what was written")
    members = about.get("members")
    if not isinstance(members, dict) or sorted(members) != sorted(MEMBERS):
        raise damaged(path, f"{ABOUT} must list {', '.join(MEMBERS)}")
    content = {}
    for name in MEMBERS:
        stated = members[name] if isinstance(members[name], dict) else {}
        size, digest = stated.get("bytes"), stated.get("sha256")
        if not isinstance(size, int) or not 0 <= size <= _MOST:
            raise damaged(path, f"{name} should be {size!r} bytes long; at most {_MOST:,} are read")
        content[name] = read(name, size)
        if len(content[name]) != size or hashlib.sha256(content[name]).hexdigest() != digest:
            raise damaged(path, f"{name} is not the file that was written")
    return PackFiles(path, about, content)


def _check_schema(path: Path, about: Any) -> None:
    given = about.get("schema") if isinstance(about, dict) else None
    kind, _, number = given.partition("/") if isinstance(given, str) else ("", "", "")
    if kind != SCHEMA.partition("/")[0] or not number.isdecimal():
        raise FileError(f"{path} is no prompt pack: its schema is {given!r}, {SCHEMA!r} is needed. Export the pack.")
    if given != SCHEMA:
        raise FileError(
            f"The prompt pack {path} is of the version {given!r} and this program reads {SCHEMA!r}. "
            "Use the version of votek that wrote it, or export the pack again."
        )


def _from_folder(folder: Path) -> _Read:
    def read(name: str, most: int) -> bytes:
        path = folder / name
        if not path.is_file():
            raise _lacks(folder, name)
        if path.stat().st_size > most:
            raise damaged(folder, f"{name} is longer than the {most:,} bytes that it should have")
        try:
            return path.read_bytes()
        except OSError as problem:
            raise FileError(f"{path} cannot be read ({problem.strerror}). Make it readable, then try again.") from None

    return read


def _from_zip(path: Path, archive: zipfile.ZipFile) -> _Read:
    root = _root(path, archive.namelist())

    def read(name: str, most: int) -> bytes:
        try:
            info = archive.getinfo(root + name)
        except KeyError:
            raise _lacks(path, name) from None
        if info.file_size > most:
            raise damaged(path, f"{name} is longer than the {most:,} bytes that it should have")
        if info.file_size > max(_MOST_UNSEEN, _TIGHTEST * info.compress_size):
            raise damaged(path, f"{name} would unpack to {info.file_size:,} bytes out of {info.compress_size:,}")
        try:
            with archive.open(info) as stream:
                return stream.read(most + 1)  # the sizes that a zip file states may be untrue
        except _BROKEN_ZIP as problem:
            raise damaged(path, f"{name}: {problem}") from None

    return read


def _root(path: Path, names: Sequence[str]) -> str:
    """The folder in the zip that holds the pack: "" or one name with a slash."""
    if len(set(names)) < len(names):
        raise damaged(path, "it holds two files of the same name")
    for name in names:
        if name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
            raise damaged(path, f"the name {name!r} leads out of it")
    roots = [name[: -len(ABOUT)] for name in names if name == ABOUT or name.endswith("/" + ABOUT)]
    if len(roots) != 1 or roots[0].count("/") > 1:
        raise _lacks(path, ABOUT)
    return roots[0]


def _lacks(path: Path, name: str) -> FileError:
    return FileError(
        f"{path} is no whole prompt pack: it lacks {name}. Export the pack again, and keep its files together."
    )
