"""How long labelling takes: the pace this project has shown, and what a budget comes to."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from votek.datatypes import LabelEvent

__all__ = ["seconds_per_label"]

_ENOUGH = 10
_PAUSE = 120.0


def seconds_per_label(events: Iterable[LabelEvent], *, default: float) -> tuple[float, bool]:
    """Median seconds between two labels of one person, and whether it was measured here.

    Gaps over two minutes are breaks and do not count; with fewer than ten gaps the `default` stands.
    """
    last: dict[str, float] = {}
    gaps: list[float] = []
    for event in events:
        if event.kind != "label" or event.source == "import":
            continue
        now = event.time.timestamp()
        gap = now - last.get(event.who, now - _PAUSE - 1)
        if 0 < gap <= _PAUSE:
            gaps.append(gap)
        last[event.who] = now
    return (median(gaps), True) if len(gaps) >= _ENOUGH else (default, False)
