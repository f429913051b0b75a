"""Everything in one zip file, each file with its manifest beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from votek.exports.files import ExportFile

__all__ = ["zip_files"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""A zip file keeps times; a fixed one keeps the same content at the same bytes."""


def zip_files(files: Sequence[ExportFile]) -> bytes:
    """A zip of `files` whose bytes depend on their names and contents alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.content)
    return out.getvalue()
