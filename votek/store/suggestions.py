"""What was proposed to whom before they decided: the first proposal per person and text, never changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from votek.store.database import Transaction
from votek.store.schema import suggestion

__all__ = ["Suggested", "add", "listed", "of_person", "proposal_id"]


@dataclass(frozen=True)
class Suggested:
    """One proposal: `shown` is False where it was held back, so that nobody but the report knows of it."""

    item: str
    who: str
    value: Any
    confidence: float
    source: str
    shown: bool
    time: dt.datetime


def of_person(tx: Transaction, project_id: str, who: str) -> dict[str, Suggested]:
    """item -> what was proposed to this person."""
    query = sa.select(suggestion).where(suggestion.c.project == project_id, suggestion.c.who == who)
    return {row.item: _suggested(row) for row in tx.execute(query)}


def listed(tx: Transaction, project_id: str) -> list[Suggested]:
    """Everything that was proposed in a project, oldest first."""
    query = sa.select(suggestion).where(suggestion.c.project == project_id)
    return [_suggested(row) for row in tx.execute(query.order_by(suggestion.c.time, suggestion.c.id))]


def add(tx: Transaction, project_id: str, proposals: Sequence[Suggested]) -> None:
    """Record proposals; one that its person has for that text already stays as it is.

    Hold the project's lock: two servers may work out the same proposal at the same moment.
    """
    wanted = {proposal_id(project_id, one.item, one.who): one for one in proposals}
    there = set(tx.execute(sa.select(suggestion.c.id).where(suggestion.c.id.in_(list(wanted)))).scalars())
    fresh = [_values(key, project_id, one) for key, one in wanted.items() if key not in there]
    if fresh:
        tx.execute(sa.insert(suggestion), fresh)


def proposal_id(project_id: str, item: str, who: str) -> str:
    """The same for the same person and text, so that the primary key allows one proposal only."""
    return hashlib.sha256(json.dumps([project_id, item, who]).encode()).hexdigest()[:32]


def _values(key: str, project_id: str, one: Suggested) -> dict[str, Any]:
    return {"id": key, "project": project_id, **{name: getattr(one, name) for name in Suggested.__dataclass_fields__}}


def _suggested(row: Any) -> Suggested:
    return Suggested(row.item, row.who, row.value, row.confidence, row.source, row.shown, row.time)
