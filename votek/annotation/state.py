"""The current state of every item: a fold of the event log, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from votek.annotation.records import FinalLabel, ItemState
from votek.annotation.resolution import IMPORT, Overlap, Resolution, came_with_file, resolve
from votek.datatypes import LOCAL, EventKind, LabelEvent

__all__ = ["Labelling", "fold"]

UNDO_DEPTH = 20
_CHANNEL = {"label": "decision", "skip": "decision", "adjudicate": "ruling", "flag": "flag", "comment": "comment"}


@dataclass
class Labelling:
    """Who did what with each item, kept so that applying or undoing one event is cheap.

    Folding a log from its start, or applying its events one after the other to a kept state, gives
    equal results. Per item, channel (decision, ruling, flag, comment) and person the latest event that was
    not undone is in force; what the decisions of several people add up to is said by `resolve`, for as many
    people as `overlap` asks for. `turned`: the newest event that decided about an item past
    the seats of a hand-out: an adjudication or its undoing, a label of a file or of the one person without accounts.
    """

    sequence: int = 0
    turned: int = 0
    overlap: Overlap = field(default_factory=Overlap)
    _live: dict[tuple[str, str], list[LabelEvent]] = field(default_factory=dict)
    _by_id: dict[str, LabelEvent] = field(default_factory=dict)
    _by_person: dict[str, dict[str, None]] = field(default_factory=dict)
    _resolved: dict[str, Resolution | None] = field(default_factory=dict, compare=False, repr=False)
    _skipped: set[str] | None = field(default=None, compare=False, repr=False)

    def apply(self, event: LabelEvent) -> None:
        """Take in the next event of the log."""
        self.sequence = event.sequence
        self._resolved.pop(event.item, None)
        kind = event.kind
        if event.kind == "undo":
            kind = self._undo(event.value["event"])
        else:
            self._by_id[event.event_id] = event
            self._by_person.setdefault(event.who, {})[event.event_id] = None
            self._live.setdefault((event.item, _CHANNEL[event.kind]), []).append(event)
        if kind == "adjudicate" or came_with_file(event) or event.who == LOCAL.id:
            self.turned = event.sequence
        if self._skipped is not None:
            found = self.resolution(event.item)
            change = self._skipped.add if found is not None and found.status == "skipped" else self._skipped.discard
            change(event.item)

    def _undo(self, event_id: str) -> EventKind:
        undone = self._by_id.pop(event_id)
        del self._by_person[undone.who][event_id]
        key = (undone.item, _CHANNEL[undone.kind])
        self._live[key].remove(undone)
        if not self._live[key]:
            del self._live[key]
        return undone.kind

    def ask_for(self, overlap: Overlap) -> None:
        """Let this many people decide about each item from now on."""
        if overlap != self.overlap:
            self.overlap = overlap
            self._resolved.clear()
            self._skipped = None

    def can_undo(self, who: str, event_id: str) -> LabelEvent | None:
        """The event of that person that would be undone, or None when it is not theirs or already undone."""
        event = self._by_id.get(event_id)
        return event if event is not None and event.who == who else None

    def event(self, event_id: str) -> LabelEvent:
        """An event that was not undone."""
        return self._by_id[event_id]

    def undoable(self, who: str) -> list[str]:
        """The person's latest events that were not undone, newest first."""
        newest_first = reversed(self._by_person.get(who, {}))
        return [event_id for event_id, _ in zip(newest_first, range(UNDO_DEPTH), strict=False)]

    # ------------------------------------------------------------ one person's view

    def _latest(self, item: str, channel: str, who: str | None) -> LabelEvent | None:
        events = self._live.get((item, channel), [])
        return next((event for event in reversed(events) if who is None or event.who == who), None)

    def decision(self, item: str, who: str) -> LabelEvent | None:
        """The label or skip of this person that is in force for an item."""
        return self._latest(item, "decision", who)

    def seen_by(self, item: str, who: str) -> LabelEvent | None:
        """What this person sees on an item: their own decision, else a label that came with the file."""
        own = self.decision(item, who)
        return own if own is not None else self._latest(item, "decision", IMPORT)

    def state_for(self, item: str, who: str) -> ItemState:
        """Whether an item is labelled, skipped or still to do for this person, blind to all others."""
        seen = self.seen_by(item, who)
        return "todo" if seen is None else "skipped" if seen.kind == "skip" else "labelled"

    def decided_by(self, who: str) -> list[str]:
        """Items that this person has labelled or skipped, in the order of their latest decisions."""
        mine = (self._by_id[event_id] for event_id in self._by_person.get(who, {}))
        decided = dict.fromkeys(event.item for event in reversed(list(mine)) if _CHANNEL[event.kind] == "decision")
        return list(reversed(decided))

    def deciders(self, item: str) -> tuple[str, ...]:
        """The people who have labelled or skipped an item, in the order of their latest decisions."""
        return tuple(event.who for event in self._per_person(item, "decision") if event.source != IMPORT)

    def steps_back(self, who: str) -> list[tuple[LabelEvent, LabelEvent | None]]:
        """The person's latest events on texts, newest first, each with what they would see once it was undone.

        Adjudications are not among them: those are undone where they are made.
        """
        steps: list[tuple[LabelEvent, LabelEvent | None]] = []
        gone: set[str] = set()
        for event_id in self.undoable(who):
            event = self._by_id[event_id]
            gone.add(event_id)
            channel = _CHANNEL[event.kind]
            if channel == "ruling":
                continue
            earlier = [one for one in self._live[event.item, channel] if one.event_id not in gone]
            mine = [one for one in earlier if one.who == who]
            shown = mine or [one for one in earlier if channel == "decision" and one.source == IMPORT]
            steps.append((event, shown[-1] if shown else None))
        return steps

    def flagged(self, item: str, who: str | None = None) -> bool:
        """Whether somebody (this person) wants another look at the item."""
        if who is not None:
            event = self._latest(item, "flag", who)
            return bool(event and event.value)
        return any(event.value for event in self._per_person(item, "flag"))

    def comment(self, item: str, who: str | None = None) -> str:
        """The latest comment (of this person) on the item, or an empty string."""
        event = self._latest(item, "comment", who)
        return str(event.value) if event else ""

    # ------------------------------------------------------------ everybody's

    def _per_person(self, item: str, channel: str) -> list[LabelEvent]:
        """Each person's latest event, in the order of the log."""
        latest: dict[str, LabelEvent] = {}
        for event in self._live.get((item, channel), []):
            latest.pop(event.who, None)
            latest[event.who] = event
        return list(latest.values())

    def resolution(self, item: str) -> Resolution | None:
        """Where the item stands for everybody; None where nobody has decided anything."""
        if item not in self._resolved:
            self._resolved[item] = resolve(
                self._per_person(item, "decision"),
                needed=self.overlap.needed(item),
                adjudication=self._latest(item, "ruling", None),
            )
        return self._resolved[item]

    def state(self, item: str) -> ItemState:
        """Whether an item is labelled, skipped or still to do (open and disputed items are)."""
        found = self.resolution(item)
        if found is None or not (found.labelled or found.status == "skipped"):
            return "todo"
        return "skipped" if found.status == "skipped" else "labelled"

    def resolutions(self) -> dict[str, Resolution]:
        """item -> where it stands, for every item that somebody decided about."""
        return dict(self._resolutions())

    def _resolutions(self) -> Iterator[tuple[str, Resolution]]:
        for item in self.items():
            found = self.resolution(item)
            if found is not None:
                yield item, found

    def labels(self) -> dict[str, FinalLabel]:
        """item -> the label in force."""
        return {
            item: FinalLabel(
                found.value,
                found.event.who,
                found.event.time,
                found.event.source,
                found.event.event_id,
                status=found.status,
            )
            for item, found in self._resolutions()
            if found.labelled and found.event is not None
        }

    def skipped(self) -> set[str]:
        """Items that were skipped by everybody asked, or settled to have no label."""
        if self._skipped is None:
            self._skipped = {item for item, found in self._resolutions() if found.status == "skipped"}
        return set(self._skipped)

    def items(self) -> list[str]:
        """Items that anything was recorded for and not undone, by their first such event in each channel."""
        return list(dict.fromkeys(item for item, _ in self._live))


def fold(events: Iterable[LabelEvent], *, overlap: Overlap | None = None) -> Labelling:
    """The state after all of `events`, in the order of their sequence numbers."""
    state = Labelling(overlap=overlap or Overlap())
    for event in events:
        state.apply(event)
    return state
