"""What those who run an installation want to know of its database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from votek.store.database import Transaction
from votek.store.schema import job

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

    from votek.store.database import Database

__all__ = ["jobs_by_state", "oldest_waiting", "watch_failures"]


def jobs_by_state(tx: Transaction) -> dict[str, int]:
    """How many jobs of all projects are in each state."""
    query = sa.select(job.c.state, sa.func.count().label("jobs")).group_by(job.c.state)
    return {row.state: row.jobs for row in tx.execute(query)}


def oldest_waiting(tx: Transaction) -> float | None:
    """When the job that has waited longest was asked for, in seconds since 1970; None when none waits."""
    found = tx.execute(sa.select(sa.func.min(job.c.created)).where(job.c.state == "queued")).scalar()
    return None if found is None else float(found.timestamp())


def watch_failures(database: Database, told: Callable[[], None]) -> None:
    """Call `told` whenever the database refuses or cannot be reached; faults of a statement of ours do not count."""

    def failed(context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | ProgrammingError | DataError):
            told()

    sa.event.listen(database.engine, "handle_error", failed)
