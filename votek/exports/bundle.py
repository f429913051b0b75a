"""Zip files whose bytes depend on the names and contents in them alone, written member by member."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO, Self

from votek.exports.digesting import DigestingFile
from votek.exports.files import ExportFile

__all__ = ["ZipWriter", "zip_files"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""A zip file keeps times; a fixed one keeps the same content at the same bytes."""
_PIECE = 1 << 20


class ZipWriter:
    """Writes a zip file into `out`, which need not be able to seek; leave the `with` block to finish it."""

    def __init__(self, out: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(DigestingFile(out), "w")  # cannot seek: whether `out` can must not show

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def add(self, name: str, content: bytes | BinaryIO, *, size: int | None = None) -> None:
        """Add a member; `content` that is a file is read from where it stands, piece by piece.

        `size`: bytes of it, where that is known and seeking to the end of it would be slow.
        """
        entry = zipfile.ZipInfo(name, date_time=_EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        entry.file_size = _left(source) if size is None else size  # else a member of over 2 GB ends in an error
        with self._archive.open(entry, "w") as member:
            shutil.copyfileobj(source, member, _PIECE)


def zip_files(files: Sequence[ExportFile]) -> bytes:
    """A zip of `files` whose bytes depend on their names and contents alone."""
    out = io.BytesIO()
    with ZipWriter(out) as archive:
        for file in files:
            archive.add(file.name, file.content)
    return out.getvalue()


def _left(source: BinaryIO) -> int:
    """Bytes from where `source` stands to its end, 0 where that cannot be told."""
    if not source.seekable():
        return 0
    here = source.tell()
    size = source.seek(0, io.SEEK_END) - here
    source.seek(here)
    return size
