"""Rounds of selection, and what people put into the queue or took out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from votek.datatypes import Round
from votek.store.database import Transaction
from votek.store.schema import queue_action, selection_round

__all__ = ["ActionKind", "QueueAction", "act", "actions", "add", "current", "next_number"]

ActionKind = Literal["add", "exclude", "include"]


@dataclass(frozen=True)
class QueueAction:
    """Rows that somebody added to the queue, excluded from it, or let in again."""

    kind: ActionKind
    rows: tuple[int, ...]
    who: str
    time: dt.datetime


def act(
    tx: Transaction, project_id: str, kind: ActionKind, rows: Sequence[int], *, digest: str, who: str, time: dt.datetime
) -> None:
    """Record that somebody changed the queue by hand."""
    latest = sa.select(sa.func.max(queue_action.c.sequence)).where(queue_action.c.project == project_id)
    sequence = (tx.execute(latest).scalar() or 0) + 1
    tx.execute(
        sa.insert(queue_action).values(
            project=project_id, sequence=sequence, dataset=digest, kind=kind, rows=list(rows), who=who, time=time
        )
    )


def actions(tx: Transaction, project_id: str, digest: str) -> list[QueueAction]:
    """Changes by hand to the queue over the data set with this digest, oldest first."""
    query = (
        sa.select(queue_action)
        .where(queue_action.c.project == project_id, queue_action.c.dataset == digest)
        .order_by(queue_action.c.sequence)
    )
    # by key: `row.rows` would be ambiguous with a method's name in other drivers
    return [
        QueueAction(row["kind"], tuple(row["rows"]), row["who"], row["time"]) for row in tx.execute(query).mappings()
    ]


def next_number(tx: Transaction, project_id: str) -> int:
    """The number of the project's next round, from 1."""
    query = sa.select(sa.func.max(selection_round.c.number)).where(selection_round.c.project == project_id)
    return int(tx.execute(query).scalar() or 0) + 1


def add(tx: Transaction, made: Round, *, digest: str, new_generation: bool) -> None:
    """Record a round over the data set with this digest; a new generation replaces all earlier rounds."""
    query = sa.select(sa.func.max(selection_round.c.generation)).where(selection_round.c.project == made.project)
    generation = int(tx.execute(query).scalar() or 0) + (1 if new_generation else 0)
    tx.execute(
        sa.insert(selection_round).values(
            id=made.id,
            project=made.project,
            dataset=digest,
            generation=max(generation, 1),
            number=made.number,
            kind=made.kind,
            method=made.method,
            parameters=dict(made.parameters),
            labeled=list(made.labeled),
            excluded=list(made.excluded),
            indices=list(made.indices),
            gains=list(made.gains),
            created=made.created,
        )
    )


def current(tx: Transaction, project_id: str, digest: str) -> list[Round]:
    """The rounds that make up the queue over the data set with this digest, in order."""
    mine = (selection_round.c.project == project_id) & (selection_round.c.dataset == digest)
    newest = sa.select(sa.func.max(selection_round.c.generation)).where(mine).scalar_subquery()
    query = sa.select(selection_round).where(mine, selection_round.c.generation == newest)
    return [_round(row) for row in tx.execute(query.order_by(selection_round.c.number))]


def _round(row: Any) -> Round:
    return Round(
        id=row.id,
        project=row.project,
        number=row.number,
        kind=row.kind,
        method=row.method,
        parameters=row.parameters,
        labeled=tuple(row.labeled),
        excluded=tuple(row.excluded),
        indices=tuple(row.indices),
        gains=tuple(row.gains),
        created=row.created,
    )
