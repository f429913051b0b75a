"""Does a project's jobs at once in this process: for the sample, the command line and tests."""

from __future__ import annotations

import threading
import time

from votek.datatypes import Job
from votek.jobs.requests import Requests
from votek.jobs.worker import Worker
from votek.store import jobs as job_rows

__all__ = ["finish_job"]


def finish_job(context: Requests, job: Job, *, stop: threading.Event | None = None) -> Job:
    """Do this job here, or wait for the worker that has it already; returns how it ended."""
    worker = Worker(context, stop or threading.Event())
    while True:
        worker.do_one(job.id)
        with context.store.read() as tx:
            found = job_rows.get(tx, job.id)
        if found.state not in job_rows.ACTIVE:
            return found
        time.sleep(0.1)
