"""Rows of the job table: asked for, claimed by one worker at a time, kept alive by a lease, finished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from votek.datatypes import Job
from votek.errors import NotFoundError
from votek.store.database import Transaction
from votek.store.engines import alone
from votek.store.schema import job

__all__ = [
    "ACTIVE",
    "add",
    "ask_to_stop",
    "beat",
    "claim",
    "finish",
    "get",
    "listed",
    "owner",
    "release_expired",
    "report",
]

ACTIVE = ("queued", "running")
MAX_ATTEMPTS = 3
CLAIMS = "claims"
QUICK = 3
"""Jobs with a lower priority number take a moment only and have a lane of their own in the worker."""


def add(tx: Transaction, made: Job, *, priority: int) -> None:
    """Queue a job; a lower `priority` is claimed earlier."""
    tx.execute(
        sa.insert(job).values(
            id=made.id,
            project=made.project,
            kind=made.kind,
            priority=priority,
            parameters=dict(made.parameters),
            state=made.state,
            stages={},
            message=made.message,
            created=made.created,
            attempts=made.attempts,
            cancel=False,
        )
    )


def get(tx: Transaction, job_id: str) -> Job:
    """One job.

    Raises:
        NotFoundError: there is no such job.
    """
    row = tx.execute(sa.select(job).where(job.c.id == job_id)).first()
    if row is None:
        raise NotFoundError(f"There is no job {job_id!r} (any more). Its project may have been deleted.")
    return _job(row)


def listed(tx: Transaction, project_id: str, *, active: bool = False, kind: str | None = None) -> list[Job]:
    """The project's jobs, newest first; only unfinished ones or only one kind when asked for."""
    query = sa.select(job).where(job.c.project == project_id)
    if active:
        query = query.where(job.c.state.in_(ACTIVE))
    if kind is not None:
        query = query.where(job.c.kind == kind)
    return [_job(row) for row in tx.execute(query.order_by(job.c.created.desc(), job.c.id))]


def ask_to_stop(tx: Transaction, condition_project: str, *, job_id: str | None = None, time: dt.datetime) -> None:
    """Cancel one job of a project or all: queued ones at once, running ones when they next look."""
    mine = job.c.project == condition_project
    if job_id is not None:
        mine = mine & (job.c.id == job_id)
    tx.execute(
        sa.update(job)
        .where(mine, job.c.state == "queued")
        .values(state="cancelled", finished=time, message="Cancelled before it began.", cancel=True)
    )
    tx.execute(sa.update(job).where(mine, job.c.state == "running").values(cancel=True))


def claim(
    tx: Transaction,
    *,
    worker: str,
    quick: bool | None = None,
    job_id: str | None = None,
    time: dt.datetime,
    lease: float,
) -> Job | None:
    """Take the most urgent queued job, or None: one conditional UPDATE, so no two workers get the same.

    One worker at a time claims, so that none goes away empty because another took the job it had its eye on.
    `job_id`: only this one. `quick`: take only what needs a moment; otherwise only what may take long, and
    not while another long job of the same project runs: both would compute the same.
    """
    alone(tx, CLAIMS)
    taken = (
        sa.update(job)
        .where(job.c.id == _most_urgent(quick, job_id), job.c.state == "queued")
        .values(
            state="running",
            worker=worker,
            lease=lease,
            attempts=job.c.attempts + 1,
            started=sa.func.coalesce(job.c.started, sa.literal(time, job.c.started.type)),
            message="",
        )
        .returning(job)
    )
    row = tx.execute(taken).first()
    return None if row is None else _job(row)


def _most_urgent(quick: bool | None, job_id: str | None) -> sa.ScalarSelect[Any]:
    other = job.alias("other")
    blocked = (
        sa.exists()
        .where(other.c.project == job.c.project, other.c.state == "running", other.c.priority >= QUICK)
        .correlate(job)
    )
    which = job.c.priority < QUICK if quick else sa.and_(job.c.priority >= QUICK, ~blocked)
    if job_id is not None:
        which = sa.and_(job.c.id == job_id, sa.or_(job.c.priority < QUICK, ~blocked))
    return (
        sa.select(job.c.id)
        .where(job.c.state == "queued", which)
        .order_by(job.c.priority, job.c.created, job.c.id)
        .limit(1)
        .scalar_subquery()
    )


def waiting(tx: Transaction, *, quick: bool, moment: float) -> bool:
    """Whether there may be something to claim or to release, read without the right to write."""
    lane = job.c.priority < QUICK if quick else job.c.priority >= QUICK
    due = sa.or_(sa.and_(job.c.state == "queued", lane), sa.and_(job.c.state == "running", job.c.lease < moment))
    return tx.execute(sa.select(job.c.id).where(due).limit(1)).first() is not None


def running(tx: Transaction) -> list[tuple[str, str]]:
    """(job, worker) of every running job."""
    query = sa.select(job.c.id, job.c.worker).where(job.c.state == "running")
    return [(row.id, row.worker or "") for row in tx.execute(query)]


def expire(tx: Transaction, job_ids: Sequence[str]) -> None:
    """End the lease of jobs whose worker is known to be gone."""
    tx.execute(sa.update(job).where(job.c.id.in_(job_ids), job.c.state == "running").values(lease=0.0))


def hurry(tx: Transaction, project_id: str) -> None:
    """Let the project's waiting selections run beside its long jobs: all that they need is stored."""
    mine = (job.c.project == project_id) & (job.c.kind == "select") & (job.c.state == "queued")
    tx.execute(sa.update(job).where(mine).values(priority=1))


def release_expired(tx: Transaction, *, moment: float, time: dt.datetime) -> int:
    """Queue the jobs of silent workers again; give up those that have been tried often enough."""
    alone(tx, CLAIMS)
    dead = (job.c.state == "running") & (job.c.lease < moment)
    tx.execute(
        sa.update(job)
        .where(dead, job.c.cancel.is_(True))
        .values(state="cancelled", finished=time, message="Cancelled.", worker=None, lease=None)
    )
    tx.execute(
        sa.update(job)
        .where(dead, job.c.attempts >= MAX_ATTEMPTS)
        .values(
            state="failed",
            finished=time,
            worker=None,
            lease=None,
            message=f"The worker stopped {MAX_ATTEMPTS} times while doing this. Its log may say why; memory is the "
            "usual cause. What was finished is kept: try again with fewer texts at a time or more memory.",
        )
    )
    again = tx.execute(sa.update(job).where(dead).values(state="queued", worker=None, lease=None))
    return int(again.rowcount)


def owner(tx: Transaction, job_id: str) -> tuple[str | None, bool]:
    """(the worker that holds a running job, whether it is asked to stop); (None, True) for a deleted job."""
    row = tx.execute(sa.select(job.c.worker, job.c.cancel, job.c.state).where(job.c.id == job_id)).first()
    if row is None:
        return None, True
    return (row.worker if row.state == "running" else None), bool(row.cancel)


def beat(tx: Transaction, job_id: str, *, worker: str, lease: float) -> bool:
    """Renew the lease; False when the job is no longer this worker's."""
    mine = (job.c.id == job_id) & (job.c.worker == worker) & (job.c.state == "running")
    return tx.execute(sa.update(job).where(mine).values(lease=lease)).rowcount == 1


def report(tx: Transaction, job_id: str, *, worker: str, stages: Mapping[str, tuple[int, int]]) -> bool:
    """Record progress; False when the job is no longer this worker's."""
    mine = (job.c.id == job_id) & (job.c.worker == worker) & (job.c.state == "running")
    values: dict[str, Any] = {"stages": {name: list(counts) for name, counts in stages.items()}}
    return tx.execute(sa.update(job).where(mine).values(**values)).rowcount == 1


def finish(tx: Transaction, job_id: str, *, worker: str, state: str, message: str, time: dt.datetime) -> bool:
    """End a job, or put it back ("queued"); False when it is no longer this worker's."""
    mine = (job.c.id == job_id) & (job.c.worker == worker) & (job.c.state == "running")
    finished = None if state == "queued" else time
    values: dict[str, Any] = {"state": state, "message": message, "finished": finished, "worker": None, "lease": None}
    if state == "queued":  # stopped in good order: that is no failed attempt
        values["attempts"] = job.c.attempts - 1
    return tx.execute(sa.update(job).where(mine).values(**values)).rowcount == 1


def _job(row: Any) -> Job:
    return Job(
        id=row.id,
        project=row.project,
        kind=row.kind,
        parameters=row.parameters,
        state=row.state,
        stages={name: (counts[0], counts[1]) for name, counts in row.stages.items()},
        message=row.message,
        created=row.created,
        started=row.started,
        finished=row.finished,
        attempts=row.attempts,
    )
