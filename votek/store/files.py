"""Files that are either wholly there or not there at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from votek.errors import StorageError

__all__ = ["remove", "storage_error", "write_whole"]


def storage_error(path: Path, error: OSError) -> StorageError:
    """What to tell a person whose disk or folder refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk is full: {path.name} was not stored in {path.parent}. Free some space and try again."
        )
    return StorageError(
        f"{path} cannot be written ({error.strerror or error}). Make the folder writable, or choose another with "
        "VOTEK_DATA."
    )


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a file next to `path`, make it durable, then give it its name in one step.

    Raises:
        StorageError: the folder cannot be written or the disk is full; no part of the file stays.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
        _sync_folder(path.parent)
    except OSError as error:
        remove(part)
        raise storage_error(path, error) from error
    except BaseException:
        remove(part)
        raise


def remove(path: Path) -> None:
    """Delete a file that may or may not be there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(path, error) from error


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
