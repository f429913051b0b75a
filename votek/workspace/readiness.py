"""Whether an installation can take work: what a load balancer and whoever is on duty ask."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from votek.errors import StorageError, VotekError
from votek.jobs.heartbeat import WorkerSeen, workers_seen
from votek.store.migrations import VERSIONS
from votek.store.watching import jobs_by_state, oldest_waiting

if TYPE_CHECKING:
    from pathlib import Path

    from votek.workspace.workspace import Workspace

__all__ = ["STATES", "Readiness", "readiness", "waiting_work"]

OK = "ok"
STATES = ("queued", "running", "done", "failed", "cancelled")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readiness:
    """`checks`: for each thing that is needed "ok", or in a few words what is wrong (no address, path or name)."""

    checks: Mapping[str, str]
    workers: tuple[WorkerSeen, ...] = field(default=())

    @property
    def ready(self) -> bool:
        """Whether labels can be taken. Without a worker they can; jobs then wait."""
        return all(state == OK for state in self.checks.values())


def readiness(open_workspace: Callable[[], Workspace]) -> Readiness:
    """Look at the database, its tables and the data folder; the reasons in full go to the log."""
    try:
        space = open_workspace()
        version = space.store.database.version()
    except StorageError as error:
        log.warning("not ready: %s", error)
        return Readiness({"database": "cannot be reached or used"})
    except VotekError as error:
        log.warning("not ready: %s", error)
        return Readiness({"settings": "cannot be used"})
    checks = {
        "database": OK,
        "migrations": OK if version == VERSIONS[-1] else "the tables are not at the version of this program",
        "data folder": OK if _writable(space.settings.data) else "cannot be written",
    }
    return Readiness(checks, tuple(workers_seen(space.settings.data)))


def waiting_work(space: Workspace) -> tuple[dict[str, int], float]:
    """How many jobs of all projects are in each state, and for how many seconds the oldest has waited.

    Raises:
        StorageError: the database cannot be read.
    """
    with space.store.read() as tx:
        states, since = jobs_by_state(tx), oldest_waiting(tx)
    return {state: states.get(state, 0) for state in STATES}, 0.0 if since is None else max(0.0, time.time() - since)


def _writable(folder: Path) -> bool:
    probe = folder / f".ready-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        log.warning("not ready: %s cannot be written (%s)", folder, error.strerror)
        return False
    return True
