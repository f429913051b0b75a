"""The worker: claims jobs and does them, in two lanes, until it is asked to stop."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from votek.datatypes import Job
from votek.errors import Cancelled, CorruptFileError, StorageError, VotekError
from votek.jobs.context import now
from votek.jobs.heartbeat import Heartbeat
from votek.jobs.requests import Requests
from votek.jobs.running import Handover, RunningJob
from votek.jobs.stages import perform, stages_of
from votek.jobs.warm import warm_up
from votek.logs import within
from votek.settings import Settings
from votek.store import Store
from votek.store import jobs as job_rows

__all__ = ["Worker", "run"]

POLL_SECONDS = 0.15
AWAY_SECONDS = 2.0
"""How long to leave a database or disk alone that has just refused."""
NICENESS = 10
log = logging.getLogger(__name__)


def run(settings: Settings, *, stop: threading.Event | None = None) -> None:
    """Do background work for a data folder until `stop` is set.

    Quick jobs (replacements of skipped texts, selections over a stored graph) have a lane of their own
    beside the long ones. A job that is interrupted goes back to the queue and goes on from its last
    finished stage, here or in another worker.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        os.nice(NICENESS)  # whoever labels comes first
    store = Store(settings.database_url_or_default, settings.data)
    store.migrate()
    worker = Worker(Requests(settings, store), stop)
    try:
        worker.serve()
    finally:
        store.close()


class Worker:
    """Two lanes over one data folder."""

    def __init__(self, context: Requests, stop: threading.Event) -> None:
        self.context = context
        self.stop = stop
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    def serve(self) -> None:
        """Work until asked to stop."""
        self._release_the_dead()
        with Heartbeat(self.context.store, self.name):
            self._work()

    def _work(self) -> None:
        warming = threading.Thread(target=warm_up, args=(self.context.settings, self.stop), name="warm-up", daemon=True)
        warming.start()
        quick = threading.Thread(target=self._lane, kwargs={"quick": True}, name="quick-lane")
        quick.start()
        self._lane(quick=False)
        quick.join()

    def _lane(self, *, quick: bool) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="quick-job" if quick else "job") as pool:
            while not self.stop.is_set():
                try:
                    job = self._claim(quick=quick)
                    if job is None:
                        self.stop.wait(POLL_SECONDS)
                    else:
                        self._do(job, pool)
                except StorageError as error:
                    # A database that is away or a full disk must not end a lane: others would wait for it for ever.
                    log.warning("looking for work: %s", error)
                    self.stop.wait(AWAY_SECONDS)

    def _claim(self, *, quick: bool) -> Job | None:
        store, moment = self.context.store, time.time()
        with store.read() as tx:
            if not job_rows.waiting(tx, quick=quick, moment=moment):
                return None
        lease = moment + self.context.settings.lease_seconds
        with store.write() as tx:
            job_rows.release_expired(tx, moment=moment, time=now())
            return job_rows.claim(tx, worker=self.name, quick=quick, time=now(), lease=lease)

    def do_one(self, job_id: str) -> None:
        """Do this one job here and now, if nobody has it."""
        moment = time.time()
        lease = moment + self.context.settings.lease_seconds
        with self.context.store.write() as tx:
            job_rows.release_expired(tx, moment=moment, time=now())
            job = job_rows.claim(tx, worker=self.name, job_id=job_id, time=now(), lease=lease)
        if job is not None:
            with ThreadPoolExecutor(1, thread_name_prefix="job") as pool:
                self._do(job, pool)

    def _do(self, job: Job, pool: ThreadPoolExecutor) -> None:
        """Run one job; whatever happens in it ends here, as its state."""
        with within(job=job.id, kind=job.kind, project=job.project, attempt=job.attempts, worker=self.name):
            self._watched(job, pool)

    def _watched(self, job: Job, pool: ThreadPoolExecutor) -> None:
        log.info("job begins")
        began = time.monotonic()
        run = RunningJob(
            self.context.store,
            job,
            worker=self.name,
            lease_seconds=self.context.settings.lease_seconds,
            stop=self.stop,
            stages=stages_of(job),
        )
        with run:
            error = pool.submit(copy_context().run, perform, self.context, run).exception()
        state = "done" if error is None else self._failed(run, error)
        log.info("job ends", extra={"state": state, "ms": round((time.monotonic() - began) * 1000)})

    def _failed(self, run: RunningJob, error: BaseException) -> str:
        """Record how a job ended that was not done; gives its state."""
        state, message = "failed", str(error)
        if self._may_pass(run, error):
            return "again"
        if isinstance(error, Handover):
            state, message = "queued", ""
        elif isinstance(error, Cancelled):
            state = "cancelled"
        elif not isinstance(error, VotekError):
            log.error("job broke off", exc_info=error)
            message = (
                f"An internal error ended this ({type(error).__name__}). The worker's log has the details; nothing "
                "that was finished is lost. Try again, and report it if it happens again."
            )
        try:
            with self.context.store.write() as tx:
                run.finish(tx, state, message)
        except StorageError as failure:  # the lease will run out and another attempt will follow
            log.error("the end of the job could not be recorded: %s", failure)
        return state

    def _may_pass(self, run: RunningJob, error: BaseException) -> bool:
        """Whether the job is to be tried again: the database or the disk failed it, and perhaps only for a moment."""
        again = isinstance(error, StorageError) and not isinstance(error, CorruptFileError)
        if not again or run.job.attempts >= job_rows.MAX_ATTEMPTS:
            return False
        log.warning("the job will be tried again: %s", error)
        self.stop.wait(AWAY_SECONDS)
        try:
            with self.context.store.write() as tx:
                job_rows.expire(tx, [run.job.id])
        except StorageError as failure:  # the lease will run out by itself
            log.warning("the job could not be put back: %s", failure)
        return True

    def _release_the_dead(self) -> None:
        """Jobs of workers of this machine that are no more need not wait for their lease to run out."""
        with self.context.store.read() as tx:
            running = job_rows.running(tx)
        gone = [job_id for job_id, worker in running if _is_gone(worker)]
        if gone:
            with self.context.store.write() as tx:
                job_rows.expire(tx, gone)


def _is_gone(worker: str) -> bool:
    host, _, rest = worker.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    import psutil

    return not bool(psutil.pid_exists(int(pid)))
