"""Who uses a data folder: one `votek app`, any number of web servers and workers beside, or one restore alone."""

from __future__ import annotations

import errno
import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from votek.errors import AlreadyRunningError, StorageError

if TYPE_CHECKING:
    from filelock import FileLock

__all__ = ["FolderLock", "lock_data_folder", "use_data_folder"]


@dataclass(frozen=True)
class FolderLock:
    """What `lock_data_folder` holds until `release`."""

    server: FileLock
    use: int

    def release(self) -> None:
        """Let others in."""
        os.close(self.use)
        self.server.release()


def lock_data_folder(folder: Path, *, beside_others: bool = False) -> FolderLock:
    """Make sure that no `votek app` uses a data folder, and nothing else either unless `beside_others`.

    Raises:
        AlreadyRunningError: one does.
        StorageError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "server.lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise AlreadyRunningError(
            f"Another votek server uses the data folder {folder.resolve()}. Stop it first, "
            "or give this one a folder of its own: VOTEK_DATA=elsewhere VOTEK_PORT=8502 make app"
        ) from None
    except OSError as error:
        raise _not_writable(folder, error) from error
    try:
        return FolderLock(lock, _use(folder, shared=beside_others))
    except BaseException:
        lock.release()
        raise


def use_data_folder(folder: Path) -> None:
    """Say that this process, also after it has become another program, works in a data folder until it ends.

    Raises:
        AlreadyRunningError: a backup is being put in place.
        StorageError: the folder cannot be written.
    """
    os.set_inheritable(_use(folder, shared=True), True)


def _use(folder: Path, *, shared: bool) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "use.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _not_writable(folder, error) from error
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOTSUP):  # a file system without locks: nothing can be told
            return handle
        os.close(handle)
        if not isinstance(error, BlockingIOError):
            raise _not_writable(folder, error) from error
        raise AlreadyRunningError(
            f"A backup is being put in place in the data folder {folder.resolve()}. Start again when that is done."
            if shared
            else f"A votek web server or worker uses the data folder {folder.resolve()}. Stop all of them first."
        ) from None
    return handle


def _not_writable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The data folder {folder.resolve()} cannot be written ({error.strerror}). "
        "Make it writable, or choose another with VOTEK_DATA."
    )
