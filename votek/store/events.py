"""The append-only log of what people did with the texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from votek.datatypes import LabelEvent
from votek.store.database import Transaction
from votek.store.schema import label_event

__all__ = ["append", "known", "last_sequence", "made_by_people", "since"]

_LAST = sa.select(sa.func.max(label_event.c.sequence)).where(
    label_event.c.project == sa.bindparam("of_project", type_=sa.String())
)


def last_sequence(tx: Transaction, project_id: str) -> int:
    """Sequence number of the project's newest event, 0 when there is none."""
    return int(tx.execute(_LAST, {"of_project": project_id}).scalar() or 0)


def since(tx: Transaction, project_id: str, sequence: int = 0) -> list[LabelEvent]:
    """Events after `sequence`, oldest first."""
    query = (
        sa.select(label_event)
        .where(label_event.c.project == project_id, label_event.c.sequence > sequence)
        .order_by(label_event.c.sequence)
    )
    return [_event(row) for row in tx.execute(query)]


def known(tx: Transaction, project_id: str, event_ids: Sequence[str]) -> dict[str, LabelEvent]:
    """Those of `event_ids` that are already in the log."""
    found: dict[str, LabelEvent] = {}
    for start in range(0, len(event_ids), 500):
        query = sa.select(label_event).where(
            label_event.c.project == project_id, label_event.c.event_id.in_(event_ids[start : start + 500])
        )
        found |= {row.event_id: _event(row) for row in tx.execute(query)}
    return found


def made_by_people(tx: Transaction, project_id: str) -> bool:
    """Whether the log holds anything besides labels that came with a file."""
    query = sa.select(label_event.c.sequence).where(
        label_event.c.project == project_id, label_event.c.source != "import"
    )
    return tx.execute(query.limit(1)).first() is not None


def append(tx: Transaction, events: Sequence[LabelEvent]) -> None:
    """Add events whose sequence numbers were drawn in this same transaction."""
    if events:
        tx.execute(sa.insert(label_event), [_values(event) for event in events])


def _values(event: LabelEvent) -> dict[str, Any]:
    return {column.name: getattr(event, column.name) for column in label_event.columns}


def _event(row: Any) -> LabelEvent:
    return LabelEvent(
        project=row.project,
        sequence=row.sequence,
        event_id=row.event_id,
        who=row.who,
        item=row.item,
        task_version=row.task_version,
        value=row.value,
        kind=row.kind,
        source=row.source,
        guideline_version=row.guideline_version,
        time=row.time,
    )
