"""SHA-256 of model files, computed once per process as long as the files stay as they are."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from votek.embeddings.packaged import REINSTALL, WEIGHTS_FILE, WEIGHTS_SHA256, packaged_folder
from votek.errors import ModelError

__all__ = ["checked_packaged_digest", "file_digest", "folder_digest"]

_CONTENT = {".safetensors", ".bin", ".json", ".txt", ".model"}


def file_digest(path: Path) -> str:
    """SHA-256 of one file, in hexadecimal. Raises ModelError when it cannot be read."""
    try:
        stat = path.stat()
        return _digest(path, stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise ModelError(f"The model file {path} cannot be read: {error}. Check its permissions.") from error


@lru_cache(maxsize=256)
def _digest(path: Path, size: int, mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a model folder's weights, vocabulary and settings."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _CONTENT and path.is_file():
            total.update(f"{path.relative_to(folder).as_posix()}\0{file_digest(path)}\n".encode())
    return total.hexdigest()


def checked_packaged_digest() -> str:
    """The packaged weights' SHA-256. Raises ModelError when it is not the expected one."""
    path = packaged_folder() / WEIGHTS_FILE
    found = file_digest(path)
    if found != WEIGHTS_SHA256:
        raise ModelError(
            f"The weights in {path} are not the expected ones: expected SHA-256 {WEIGHTS_SHA256}, "
            f"found {found}. The file is damaged or was changed; install it again with: {REINSTALL}"
        )
    return found
