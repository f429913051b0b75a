"""The current state of every item: a fold of the event log, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from votek.annotation.records import FinalLabel, ItemState
from votek.datatypes import LabelEvent

__all__ = ["Labelling", "fold"]

UNDO_DEPTH = 20
_CHANNEL = {"label": "decision", "skip": "decision", "adjudicate": "decision", "flag": "flag", "comment": "comment"}


@dataclass
class Labelling:
    """Who did what with each item, kept so that applying or undoing one event is cheap.

    Folding a log from its start, or applying its events one after the other to a kept state, gives
    equal results. Per item and channel (decision, flag, comment) the latest event that was not undone
    is in force; an adjudication stands above labels and skips.
    """

    sequence: int = 0
    _live: dict[tuple[str, str], list[LabelEvent]] = field(default_factory=dict)
    _by_id: dict[str, LabelEvent] = field(default_factory=dict)
    _by_person: dict[str, dict[str, None]] = field(default_factory=dict)

    def apply(self, event: LabelEvent) -> None:
        """Take in the next event of the log."""
        self.sequence = event.sequence
        if event.kind == "undo":
            self._undo(event.value["event"])
            return
        self._by_id[event.event_id] = event
        self._by_person.setdefault(event.who, {})[event.event_id] = None
        self._live.setdefault((event.item, _CHANNEL[event.kind]), []).append(event)

    def _undo(self, event_id: str) -> None:
        undone = self._by_id.pop(event_id)
        del self._by_person[undone.who][event_id]
        key = (undone.item, _CHANNEL[undone.kind])
        self._live[key].remove(undone)
        if not self._live[key]:
            del self._live[key]

    def can_undo(self, who: str, event_id: str) -> LabelEvent | None:
        """The event of that person that would be undone, or None when it is not theirs or already undone."""
        event = self._by_id.get(event_id)
        return event if event is not None and event.who == who else None

    def undoable(self, who: str) -> list[str]:
        """The person's latest events that were not undone, newest first."""
        newest_first = reversed(self._by_person.get(who, {}))
        return [event_id for event_id, _ in zip(newest_first, range(UNDO_DEPTH), strict=False)]

    def decision(self, item: str) -> LabelEvent | None:
        """The label, skip or adjudication in force for an item."""
        events = self._live.get((item, "decision"))
        if not events:
            return None
        return next((event for event in reversed(events) if event.kind == "adjudicate"), events[-1])

    def state(self, item: str) -> ItemState:
        """Whether an item is labelled, skipped or still to do."""
        decision = self.decision(item)
        if decision is None:
            return "todo"
        return "skipped" if decision.kind == "skip" else "labelled"

    def flagged(self, item: str) -> bool:
        """Whether somebody wants another look at the item."""
        events = self._live.get((item, "flag"))
        return bool(events and events[-1].value)

    def comment(self, item: str) -> str:
        """The latest comment on the item, or an empty string."""
        events = self._live.get((item, "comment"))
        return str(events[-1].value) if events else ""

    def _decided(self) -> Iterator[LabelEvent]:
        for item, channel in self._live:
            decision = self.decision(item) if channel == "decision" else None
            if decision is not None:
                yield decision

    def labels(self) -> dict[str, FinalLabel]:
        """item -> the label in force."""
        return {
            event.item: FinalLabel(event.value, event.who, event.time, event.source, event.event_id)
            for event in self._decided()
            if event.kind != "skip"
        }

    def skipped(self) -> set[str]:
        """Items whose latest decision is a skip."""
        return {event.item for event in self._decided() if event.kind == "skip"}

    def items(self) -> set[str]:
        """Items that anything was recorded for and not undone."""
        return {item for item, _ in self._live}


def fold(events: Iterable[LabelEvent]) -> Labelling:
    """The state after all of `events`, in the order of their sequence numbers."""
    state = Labelling()
    for event in events:
        state.apply(event)
    return state
