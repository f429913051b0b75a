"""How long people take for a text, from the times of their events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from votek.annotation.resolution import came_with_file
from votek.datatypes import LabelEvent

__all__ = ["PAUSE_SECONDS", "TOGETHER_SECONDS", "Pace", "pace"]

PAUSE_SECONDS = 300.0
"""A longer gap is a pause: it says nothing about the text."""

TOGETHER_SECONDS = 0.1
"""A shorter gap means that decisions came in one parcel, after a lost connection for example."""


@dataclass(frozen=True)
class Pace:
    """Seconds for a decision of one person: median and quartiles over `decisions`; None below two decisions."""

    who: str
    decisions: int
    median: float | None
    low: float | None
    high: float | None


def pace(events: Iterable[LabelEvent]) -> tuple[Pace, ...]:
    """How long each person took for their labels and skips, by their ids in alphabetical order.

    A decision took as long as the time since the same person's event before it, whatever that was. Left out: a
    person's first event, gaps of more than five minutes, and gaps of less than a tenth of a second.
    """
    before: dict[str, dt.datetime] = {}
    taken: dict[str, list[float]] = {}
    for event in events:
        if came_with_file(event):
            continue
        taken.setdefault(event.who, [])
        last, before[event.who] = before.get(event.who), event.time
        seconds = (event.time - last).total_seconds() if last is not None else 0.0
        if event.kind in ("label", "skip") and TOGETHER_SECONDS <= seconds <= PAUSE_SECONDS:
            taken[event.who].append(seconds)
    return tuple(_pace(who, seconds) for who, seconds in sorted(taken.items()))


def _pace(who: str, seconds: list[float]) -> Pace:
    if len(seconds) < 2:
        return Pace(who, len(seconds), None, None, None)
    low, median, high = quantiles(seconds, n=4, method="inclusive")
    return Pace(who, len(seconds), median, low, high)
