"""A worker's sign of life: a small file in the data folder, which it and the web servers share."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from votek.errors import StorageError
from votek.store import Store
from votek.store import jobs as job_rows

__all__ = ["ALIVE_SECONDS", "Heartbeat", "WorkerSeen", "workers_seen"]

EVERY_SECONDS = 5.0
ALIVE_SECONDS = 30.0
"""A worker that was not seen for this long is taken for gone by what watches the installation."""

_FORGOTTEN_SECONDS = 86_400.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerSeen:
    """`age`: seconds since a worker last reached both the database and the data folder."""

    name: str
    age: float

    @property
    def alive(self) -> bool:
        """Whether it was seen lately."""
        return self.age <= ALIVE_SECONDS


class Heartbeat:
    """Use as a context: says every few seconds that this worker can do its work, and takes the file away at the end."""

    def __init__(self, store: Store, name: str, *, every: float = EVERY_SECONDS) -> None:
        self._store = store
        self._name = name
        self._every = every
        self._path = _folder(store.folder) / f"{name.replace(':', '-').replace(os.sep, '-')}.json"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._beat()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=self._every)
        self._path.unlink(missing_ok=True)

    def _go_on(self) -> None:
        while not self._over.wait(self._every):
            self._beat()

    def _beat(self) -> None:
        """A worker that cannot reach the database is of no use, and so gives no sign."""
        try:
            with self._store.read() as tx:
                job_rows.running(tx)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps({"name": self._name, "seen": time.time()}), "utf-8")
            os.replace(part, self._path)  # half a line is never read; that it outlives a power cut is not needed
            _forget_the_long_gone(self._path.parent)
        except (StorageError, OSError) as error:
            log.warning("no sign of life could be given (%s)", type(error).__name__)


def workers_seen(folder: Path, *, moment: float | None = None) -> list[WorkerSeen]:
    """The workers of a data folder that have not ended in good order, the one seen last first."""
    now = time.time() if moment is None else moment
    found = []
    for path in _folder(folder).glob("*.json"):
        try:
            said = json.loads(path.read_text("utf-8"))
            found.append(WorkerSeen(str(said["name"]), max(0.0, now - float(said["seen"]))))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # just taken away, or not one of ours
    return sorted(found, key=lambda worker: worker.age)


def _folder(data: Path) -> Path:
    return data / "workers"


def _forget_the_long_gone(folder: Path) -> None:
    for path in folder.glob("*.json"):
        if time.time() - path.stat().st_mtime > _FORGOTTEN_SECONDS:
            path.unlink(missing_ok=True)
