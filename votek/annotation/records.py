"""What travels between a labeler and the store: new events, acknowledgements, and the state to draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from votek.annotation.resolution import Status
from votek.datatypes import EventKind, TaskSpec

__all__ = ["Ack", "AnnotationItem", "AnnotationState", "FinalLabel", "Hand", "ItemState", "NewEvent", "UndoStep"]

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
    """One text of the queue as the labeler shows it; `reason` is one plain sentence.

    `suggestion`: what this person is shown as a likely label, {"value", "confidence", "source": "knn" or "model"}.
    """

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
    suggestion: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class UndoStep:
    """What undoing one event of a person would bring back on its item: the fields of `before`, by name."""

    event: str
    item: str
    kind: EventKind
    before: Mapping[str, Any]


@dataclass(frozen=True)
class Hand:
    """What one person of a team has to do now.

    `items`: the texts they hold. `left`: how many more they could be given. `waiting`: how many others hold that
    may still come to them.
    """

    items: tuple[AnnotationItem, ...]
    left: int
    waiting: int

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers."""
        return asdict(self)


@dataclass(frozen=True)
class AnnotationState:
    """All that a labeler needs: the task, the queue, where to go on, and what can be undone.

    `undoable`: ids of this person's latest events, newest first, at most 20; `history`: what undoing those one after
    the other brings back. `cursor`: the first item that is still to do, or None. `done` of `total` items are labelled;
    skipped ones do not count. `to_come`: how many texts round two will add once these are labelled, 0 where there is
    no such round.

    `team`: texts come to this person by seats. `items` are then what they decided about lately and what they hold,
    `earlier` texts that they labelled before are left out, `left` and `waiting` are as in `Hand`.
    `suggesting`: likely labels are shown beside some texts.
    """

    task: TaskSpec
    guidelines: str
    guidelines_version: int
    items: list[AnnotationItem]
    undoable: list[str]
    cursor: str | None
    done: int
    total: int
    history: list[UndoStep] = field(default_factory=list)
    to_come: int = 0
    team: bool = False
    earlier: int = 0
    left: int = 0
    waiting: int = 0
    suggesting: bool = False

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers."""
        return asdict(self)
