"""What is promised, and whether it was kept: what was told to be saved is stored, once, and nobody lost their place."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from votek.datatypes import LabelEvent

__all__ = ["Outcome", "Tally"]


@dataclass
class Tally:
    """Counts what a scenario finds while it runs; safe to share between threads."""

    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    misplaced: int = 0
    errors: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check_told(self, told: Mapping[str, tuple[str, Any]], events: Sequence[LabelEvent], *, who: str) -> None:
        """Right after a crash: whatever this person was told to be saved (event id -> item and value) is in the log."""
        stored = {event.event_id: (event.item, event.value) for event in events if event.who == who}
        missing = [event_id for event_id, given in told.items() if stored.get(event_id) != given]
        with self._lock:
            self.lost += len(missing)
            self.errors += [f"{who} was told that {told[i]} is saved, and it is not stored" for i in missing[:5]]

    def check_given(self, given: Iterable[tuple[str, Any]], events: Sequence[LabelEvent], *, who: str) -> None:
        """At the end, with everything acknowledged: each decision that was made is in the log exactly once."""
        wanted = Counter(given)
        stored = Counter((event.item, event.value) for event in events if event.who == who and event.kind == "label")
        lost, doubled = wanted - stored, stored - wanted
        with self._lock:
            self.acknowledged += wanted.total()
            self.stored += stored.total()
            self.lost += lost.total()
            self.doubled += doubled.total()
            self.errors += [f"{who}: {item} {value} was given and is not stored" for item, value in list(lost)[:5]]
            self.errors += [
                f"{who}: {item} {value} is stored more often than given" for item, value in list(doubled)[:5]
            ]

    def check_place(self, wanted: object, found: object, *, who: str) -> None:
        """After coming back, this person is on the item they were on; None: they had none and waited for one."""
        if wanted is not None and wanted != found:
            with self._lock:
                self.misplaced += 1
                self.errors.append(f"{who} was on {wanted!r} and came back to {found!r}")

    def error(self, message: str) -> None:
        """Something else went wrong."""
        with self._lock:
            self.errors.append(message)


@dataclass(frozen=True)
class Outcome:
    """What one scenario found.

    `broke`: what was broken and how often, in words; `by`: who labelled meanwhile. `figures`: more numbers to show.
    """

    name: str
    broke: str
    by: str
    acknowledged: int
    stored: int
    lost: int
    doubled: int
    misplaced: int
    seconds: float
    errors: tuple[str, ...]
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether the promise held."""
        return not (self.lost or self.doubled or self.misplaced or self.errors)

    @classmethod
    def of(
        cls, name: str, tally: Tally, *, broke: str, by: str, seconds: float, figures: Mapping[str, Any] | None = None
    ) -> Outcome:
        """The outcome of what was counted."""
        return cls(
            name=name,
            broke=broke,
            by=by,
            acknowledged=tally.acknowledged,
            stored=tally.stored,
            lost=tally.lost,
            doubled=tally.doubled,
            misplaced=tally.misplaced,
            seconds=round(seconds, 1),
            errors=tuple(tally.errors[:20]),
            figures=dict(figures or {}),
        )
