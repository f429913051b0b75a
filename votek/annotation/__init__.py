"""Label rules per task type, the queue, and the state that the event log adds up to."""

from __future__ import annotations

from votek.annotation.plan import TwoRounds, two_rounds
from votek.annotation.queue import Queue, build_queue
from votek.annotation.records import (
    Ack,
    AnnotationItem,
    AnnotationState,
    FinalLabel,
    Hand,
    ItemState,
    NewEvent,
    UndoStep,
)
from votek.annotation.resolution import (
    IMPORT,
    IMPORTED_FROM,
    Overlap,
    Resolution,
    Status,
    came_with_file,
    resolve,
)
from votek.annotation.rules import check_event, check_value
from votek.annotation.state import Labelling, fold

__all__ = [
    "IMPORT",
    "IMPORTED_FROM",
    "Ack",
    "AnnotationItem",
    "AnnotationState",
    "FinalLabel",
    "Hand",
    "ItemState",
    "Labelling",
    "NewEvent",
    "Overlap",
    "Queue",
    "Resolution",
    "Status",
    "TwoRounds",
    "UndoStep",
    "build_queue",
    "came_with_file",
    "check_event",
    "check_value",
    "fold",
    "resolve",
    "two_rounds",
]
