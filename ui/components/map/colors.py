"""What a map is coloured by: a few named groups, or a scale of numbers.

Colours stand on white and on near-black alike; grey is for "nothing to say here", never for a group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ui.palette import OKABE_ITO

__all__ = ["FAINT", "OTHER", "SCALE", "Group", "Groups", "Scale", "groups_of_values", "scale_of_values"]

FAINT = "#9AA1AA"
OTHER = "#7A7A7A"
SCALE = ("#AEB6BF", "#E9B44C", "#D55E00")
"""From few to many: grey, amber, vermilion."""
SHOWN = 7


@dataclass(frozen=True)
class Group:
    """One group of texts: its name, its colour, and whether it is background."""

    name: str
    color: str
    faint: bool = False


@dataclass(frozen=True, eq=False)
class Groups:
    """Each text belongs to one group. `codes`: int16 (n,), positions in `groups`."""

    title: str
    groups: tuple[Group, ...]
    codes: NDArray[np.int16]

    def colors(self, rows: Sequence[int] | NDArray[np.int64]) -> list[str]:
        """The colour of each of these rows."""
        return [self.groups[code].color for code in self.codes[np.asarray(rows, dtype=np.int64)]]


@dataclass(frozen=True, eq=False)
class Scale:
    """Each text has a number. `values`: float32 (n,), NaN = none; `low`, `high`: the ends of the scale."""

    title: str
    values: NDArray[np.float32]
    low: float
    high: float

    def colors(self, rows: Sequence[int] | NDArray[np.int64]) -> list[str]:
        """The colour of each of these rows."""
        return [_between(self._share(float(value))) for value in self.values[np.asarray(rows, dtype=np.int64)]]

    def _share(self, value: float) -> float:
        if not np.isfinite(value) or self.high <= self.low:
            return 0.0
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def groups_of_values(
    title: str, values: Sequence[str], *, empty: str = "none", colors: Mapping[str, str] | None = None
) -> Groups:
    """The seven most frequent values as groups of their own, the rest as "other", "" as background.

    `colors`: colours that some values already have elsewhere; they keep them unless two would be alike.
    """
    counts = Counter(value for value in values if value)
    names = sorted(counts, key=lambda name: (-counts[name], name))
    rest = len(names) > SHOWN + 1
    shown = names[:SHOWN] if rest else names
    groups = [Group(name, color) for name, color in zip(shown, _distinct(shown, colors or {}), strict=True)]
    code = {name: at for at, name in enumerate(shown)}
    if rest:
        code.update(dict.fromkeys(names[SHOWN:], len(groups)))
        groups.append(Group(f"other ({len(names) - SHOWN} values)", OTHER))
    if len(counts) == 0 or any(not value for value in values):
        code[""] = len(groups)
        groups.append(Group(empty, FAINT, faint=True))
    return Groups(title, tuple(groups), np.fromiter((code[value] for value in values), np.int16, len(values)))


def scale_of_values(title: str, values: NDArray[np.floating]) -> Scale:
    """A scale from the smallest number to the 99th percentile, so that one giant does not grey out the rest."""
    numbers = np.asarray(values, dtype=np.float32)
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return Scale(title, numbers, 0.0, 1.0)
    low, high = float(known.min()), float(np.percentile(known, 99))
    return Scale(title, numbers, low, high if high > low else low + 1.0)


def _distinct(names: Sequence[str], given: Mapping[str, str]) -> list[str]:
    chosen: list[str] = []
    for name in names:
        wish = given.get(name)
        free = [color for color in OKABE_ITO if color not in chosen] or list(OKABE_ITO)
        chosen.append(wish if wish is not None and wish not in chosen else free[0])
    return chosen


def _between(share: float) -> str:
    place = share * (len(SCALE) - 1)
    left = min(int(place), len(SCALE) - 2)
    part = place - left
    pairs = ((int(SCALE[left][i : i + 2], 16), int(SCALE[left + 1][i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)
