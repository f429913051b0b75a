"""The log as an audit view: each event with what was in force before it and after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from votek.annotation.state import Labelling
from votek.datatypes import EventKind, LabelEvent

__all__ = ["HistoryEntry", "history"]


@dataclass(frozen=True)
class HistoryEntry:
    """One event. `old`, `new`: this person's value on the item (an adjudication's: everybody's) before and after.

    `kind` is what was done; `about` is the kind of what an undo took back, else the same as `kind`. `undone`: whether
    it was taken back later. A skip's value is None, as is the value where nothing was decided; `had`: whether
    something was in force before.
    """

    sequence: int
    event_id: str
    time: dt.datetime
    who: str
    item: str
    kind: EventKind
    about: EventKind
    old: Any
    new: Any
    had: bool
    source: str
    task_version: int
    guideline_version: int
    undone: bool


def history(events: Iterable[LabelEvent]) -> tuple[HistoryEntry, ...]:
    """Every event of a log, oldest first."""
    log = list(events)
    undone = {event.value["event"] for event in log if event.kind == "undo"}
    state, entries = Labelling(), []
    for event in log:
        about = state.event(event.value["event"]).kind if event.kind == "undo" else event.kind
        had, old = _standing(state, event, about)
        state.apply(event)
        _, new = _standing(state, event, about)
        entries.append(
            HistoryEntry(
                sequence=event.sequence,
                event_id=event.event_id,
                time=event.time,
                who=event.who,
                item=event.item,
                kind=event.kind,
                about=about,
                old=old,
                new=new,
                had=had,
                source=event.source,
                task_version=event.task_version,
                guideline_version=event.guideline_version,
                undone=event.event_id in undone,
            )
        )
    return tuple(entries)


def _standing(state: Labelling, event: LabelEvent, about: EventKind) -> tuple[bool, Any]:
    """(whether something is in force, its value) in the part of the item that `event` is about."""
    if about == "flag":
        return state.flagged(event.item, event.who), state.flagged(event.item, event.who)
    if about == "comment":
        return bool(state.comment(event.item, event.who)), state.comment(event.item, event.who)
    found = _ruling(state, event.item) if about == "adjudicate" else state.decision(event.item, event.who)
    return found is not None, found.value if found is not None else None


def _ruling(state: Labelling, item: str) -> LabelEvent | None:
    found = state.resolution(item)
    ruled = found is not None and found.event is not None and found.event.kind == "adjudicate"
    return found.event if found is not None and ruled else None
