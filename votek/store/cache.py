"""Finished stages on disk: arrays named by their content, and keys that list them."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.store.files import remove, storage_error, write_whole

__all__ = ["StageCache"]

log = logging.getLogger(__name__)


class StageCache:
    """`keys/<key>.json` lists the arrays of a stage; `arrays/<sha256>.npy` holds each, without pickle.

    Equal arrays are stored once. A key is written after its arrays, so whatever a key lists was wholly
    written; what has changed since is seen by its digest, logged, removed and computed again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._verified: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> dict[str, NDArray[Any]] | None:
        """The arrays under `key` as read-only memory maps; None when absent or damaged."""
        path = self._key_path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(path, error) from error
        try:
            listed = json.loads(content)
            arrays = {str(name): self._load(str(digest)) for name, digest in listed.items()}
        except (ValueError, AttributeError, FileNotFoundError) as error:
            log.warning("stored stage %s is damaged (%s); it will be computed again", key, error)
            remove(path)
            return None
        return arrays

    def put(self, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep `arrays` under `key`, replacing what was there.

        Raises:
            StorageError: the disk is full or the folder cannot be written; the key stays as it was.
        """
        listed = {name: self._store(np.asarray(array, order="C")) for name, array in arrays.items()}
        content = json.dumps(listed, sort_keys=True).encode()
        write_whole(self._key_path(key), lambda stream: stream.write(content))

    def files(self, key: str) -> list[tuple[Path, str]]:
        """(path, the folder it lies in: keys or arrays) of everything that is stored under `key`, itself last."""
        path = self._key_path(key)
        return [(self._array_path(digest), "arrays") for digest in sorted(self._listed(path))] + [(path, "keys")]

    def drop(self, keys: Collection[str]) -> None:
        """Remove `keys` and every array that no other key lists."""
        dropped: set[str] = set()
        for key in keys:
            dropped |= self._listed(self._key_path(key))
            remove(self._key_path(key))
        if not dropped:
            return
        for path in (self.folder / "keys").glob("*.json"):
            dropped -= self._listed(path)
        for digest in dropped:
            remove(self._array_path(digest))

    @staticmethod
    def _listed(path: Path) -> set[str]:
        try:
            return {str(digest) for digest in json.loads(path.read_bytes()).values()}
        except (FileNotFoundError, ValueError, AttributeError):
            return set()

    def _key_path(self, key: str) -> Path:
        if not key or not all(character.isalnum() or character in "-_" for character in key):
            raise ValueError(f"{key!r} cannot name a stored stage: letters, digits, - and _ only")
        return self.folder / "keys" / f"{key}.json"

    def _array_path(self, digest: str) -> Path:
        return self.folder / "arrays" / f"{digest}.npy"

    def _store(self, array: NDArray[Any]) -> str:
        if array.dtype.hasobject:
            raise ValueError("arrays of Python objects would need pickle and are never stored")
        name = self._digest(array)
        path = self._array_path(name)
        try:
            self._load(name)
        except (ValueError, FileNotFoundError):
            write_whole(path, lambda stream: np.lib.format.write_array(stream, array, allow_pickle=False))
        return name

    def _load(self, digest: str) -> NDArray[Any]:
        path = self._array_path(digest)
        try:
            state = path.stat()
            array: NDArray[Any] = np.load(path, mmap_mode="r" if state.st_size > 256 else None, allow_pickle=False)
        except FileNotFoundError:
            raise
        except (EOFError, MemoryError, OverflowError) as error:  # it declares more than it holds
            raise ValueError(f"{path.name} is cut short") from error
        except OSError as error:
            raise storage_error(path, error) from error
        mark = (state.st_size, state.st_mtime_ns)
        with self._lock:
            known = self._verified.get(digest) == mark
        if not known:
            if self._digest(array) != digest:
                raise ValueError(f"the content of {path.name} does not match its name")
            with self._lock:
                self._verified[digest] = mark
        array.flags.writeable = False
        return array

    @staticmethod
    def _digest(array: NDArray[Any]) -> str:
        digest = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode() + b"\0")
        if array.size:
            digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        return digest.hexdigest()
