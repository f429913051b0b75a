"""What travels between a labeler and the store: new events, acknowledgements, and the state to draw."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Literal

from votek.annotation.resolution import Status
from votek.datatypes import EventKind, TaskSpec

__all__ = ["Ack", "AnnotationItem", "AnnotationState", "FinalLabel", "ItemState", "NewEvent"]

ItemState = Literal["todo", "labelled", "skipped"]


@dataclass(frozen=True)
class NewEvent:
    """One thing a person did, as the labeler sends it; `event_id` makes sending it again harmless."""

    event_id: str
    item: str
    kind: EventKind
    value: Any
    task_version: int
    guideline_version: int
    source: str = "browser"


@dataclass(frozen=True)
class Ack:
    """What became of one event: its place in the log, or the reason why it was not accepted."""

    event_id: str
    sequence: int
    accepted: bool
    reason: str = ""


@dataclass(frozen=True)
class FinalLabel:
    """The label in force for one item, and who gave it when (the latest of those who gave it).

    `status`: "single", "unanimous", "majority" or "adjudicated".
    """

    value: Any
    who: str
    time: dt.datetime
    source: str
    event_id: str
    status: Status = "single"


@dataclass(frozen=True)
class AnnotationItem:
    """One text of the queue as the labeler shows it; `reason` is one plain sentence."""

    id: str
    row: int
    text: str
    rank: int
    origin: Literal["pick", "added", "replacement"]
    reason: str
    state: ItemState
    value: Any
    flagged: bool
    comment: str


@dataclass(frozen=True)
class AnnotationState:
    """All that a labeler needs: the task, the queue, where to go on, and what can be undone.

    `undoable`: ids of this person's latest events, newest first, at most 20. `cursor`: the first item
    that is still to do, or None. `done` of `total` items are labelled; skipped ones do not count.
    """

    task: TaskSpec
    guidelines: str
    guidelines_version: int
    items: list[AnnotationItem]
    undoable: list[str]
    cursor: str | None
    done: int
    total: int

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers."""
        return asdict(self)
