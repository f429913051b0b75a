"""A file that is digested while it is written."""

from __future__ import annotations

import hashlib
import io
from typing import BinaryIO

__all__ = ["DigestingFile"]


class DigestingFile(io.RawIOBase):
    """Passes what is written on to `out`, and knows its size in bytes and its SHA-256. It cannot seek."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._out.write(data)
        self._digest.update(data)
        size = memoryview(data).nbytes
        self.size += size
        return size

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of what has been written so far."""
        return self._digest.hexdigest()
