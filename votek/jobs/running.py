"""One job while it runs: its lease is renewed, its progress recorded, a wish to stop is noticed."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType

from votek.datatypes import Job
from votek.errors import Cancelled, NotFoundError, StorageError
from votek.jobs.context import now
from votek.store import Store, Transaction
from votek.store import jobs as job_rows
from votek.store import projects as project_rows

__all__ = ["Handover", "RunningJob"]

PROGRESS_SECONDS = 0.2
LOOK_SECONDS = 0.3
GRACE_SECONDS = 0.5
log = logging.getLogger(__name__)


class Handover(Cancelled):
    """The work stops here because the worker is ending or the job is no longer its own."""


class RunningJob:
    """Keeps a claimed job alive in a thread of its own; use it as a context, and `report` as progress."""

    def __init__(
        self, store: Store, job: Job, *, worker: str, lease_seconds: float, stop: threading.Event, stages: list[str]
    ) -> None:
        self.store = store
        self.job = job
        self.worker = worker
        self.lease_seconds = lease_seconds
        self.cancelled = threading.Event()
        self.lost = threading.Event()
        self._stop = stop
        self._over = threading.Event()
        self._stages: dict[str, tuple[int, int]] = dict.fromkeys(stages, (0, 1))
        self._written = 0.0
        self._lock = threading.Lock()
        self._heart = threading.Thread(target=self._beat, name=f"lease-{job.id}", daemon=True)

    def __enter__(self) -> RunningJob:
        self._write()
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._heart.join()

    def report(self, stage: str, done: int, total: int) -> None:
        """Progress of the work; at most five rows a second are written.

        Raises:
            Cancelled: somebody asked to stop.
            Handover: the worker is ending, or the job was given to another one.
        """
        self.check()
        with self._lock:
            self._stages[stage] = (int(done), int(total))
        if done >= total or time.monotonic() - self._written >= PROGRESS_SECONDS:
            self._write(at_most_every=PROGRESS_SECONDS)

    def check(self) -> None:
        """Stop here if the job is not to go on."""
        if self.cancelled.is_set():
            raise Cancelled("Cancelled. Finished stages are kept and will not be computed again.")
        if self.lost.is_set():
            raise Handover("Another worker has this job now.")
        if self._stop.is_set():
            raise Handover("The worker is ending; the job goes on when one starts again.")

    def still_mine(self, tx: Transaction) -> None:
        """Make sure, within a transaction that stores results, that nobody else has the job.

        Raises:
            Handover: somebody else has it, or its project is gone.
        """
        try:
            # before the job's row: whoever cancels the project's jobs locks them in this order
            project_rows.lock(tx, self.job.project)
        except NotFoundError as error:
            raise Handover("The project was deleted.") from error
        if not job_rows.beat(tx, self.job.id, worker=self.worker, lease=self._lease()):
            raise Handover("Another worker has this job now, or its project was deleted.")

    def finish(self, tx: Transaction, state: str, message: str = "") -> None:
        """End the job within a transaction."""
        with self._lock:
            job_rows.report(tx, self.job.id, worker=self.worker, stages=self._stages)
        job_rows.finish(tx, self.job.id, worker=self.worker, state=state, message=message, time=now())

    def _lease(self) -> float:
        return time.time() + self.lease_seconds

    def _write(self, at_most_every: float = 0.0) -> None:
        with self._lock:
            if time.monotonic() - self._written < at_most_every:
                return
            self._written = time.monotonic()
            stages = dict(self._stages)
        try:
            with self.store.write() as tx:
                if not job_rows.report(tx, self.job.id, worker=self.worker, stages=stages):
                    self.lost.set()
        except StorageError as error:  # how far it is may be told later; the work need not end for that
            log.warning("the progress of job %s could not be recorded: %s", self.job.id, error)

    def _beat(self) -> None:
        every = max(0.05, self.lease_seconds / 3)
        renewed = time.monotonic()
        asked: float | None = None
        leaving: float | None = None
        while not self._over.wait(min(LOOK_SECONDS, every)):
            try:
                with self.store.read() as tx:
                    holder, cancel = job_rows.owner(tx, self.job.id)
                if holder != self.worker:
                    self.lost.set()
                    return
                if cancel:
                    self.cancelled.set()
                    asked = asked or time.monotonic()
                    # Deep in a library that cannot be interrupted: the job ends now, the thread when it can.
                    if time.monotonic() - asked > GRACE_SECONDS:
                        with self.store.write() as tx:
                            self.finish(tx, "cancelled", "Cancelled. Finished stages are kept.")
                        return
                if self._stop.is_set():
                    leaving = leaving or time.monotonic()
                    # The same when the worker is to end: another one may go on at once.
                    if time.monotonic() - leaving > GRACE_SECONDS:
                        with self.store.write() as tx:
                            self.finish(tx, "queued")
                        self.lost.set()
                        return
                if time.monotonic() - renewed >= every:
                    with self.store.write() as tx:
                        job_rows.beat(tx, self.job.id, worker=self.worker, lease=self._lease())
                    renewed = time.monotonic()
            except StorageError as error:  # a busy or full disk now may be fine at the next beat
                log.warning("the lease of job %s could not be renewed: %s", self.job.id, error)
