"""Where a second opinion pays: which few picks to label twice inside a small budget of extra labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["ENOUGH", "DoubleLabel", "OverlapPlan", "followers", "plan_overlap"]

ENOUGH = 10
"""Texts decided by two people from which on agreement is said at all."""
_BLOCK = 4096


@dataclass(frozen=True)
class DoubleLabel:
    """One text to be decided by one more person, and why: `reason` is one plain sentence.

    `rank`: its place among the picks that one person decides about. `purpose`: "agreement" (one of an even sample over
    all picks) or "harm" (a wrong label would mislead most here).
    `follows`: how many texts of the data have this pick as their nearest pick, itself not counted.
    """

    item: str
    rank: int
    follows: int
    purpose: Literal["agreement", "harm"]
    reason: str


@dataclass(frozen=True)
class OverlapPlan:
    """What to label twice. `note`: what this budget can and cannot say, in one sentence."""

    choices: tuple[DoubleLabel, ...]
    note: str


def followers(vectors: NDArray[np.float32], picks: Sequence[int]) -> NDArray[np.int64]:
    """How many texts have each pick as their nearest pick, by cosine after centring.

    Args:
        vectors: float32 (n, d), one row for each text.
        picks: m rows; of two equally near ones the earlier counts.

    Returns:
        int64 (m,); picks themselves do not follow anybody.
    """
    mean = np.mean(vectors, axis=0, dtype=np.float64).astype(np.float32)
    chosen = _unit(np.asarray(vectors[list(picks)]) - mean)
    counts = np.zeros(len(chosen), dtype=np.int64)
    others = np.ones(len(vectors), dtype=bool)
    others[list(picks)] = False
    for start in range(0, len(vectors), _BLOCK):
        block = _unit(np.asarray(vectors[start : start + _BLOCK]) - mean)[others[start : start + _BLOCK]]
        if len(block):
            counts += np.bincount(np.argmax(block @ chosen.T, axis=1), minlength=len(chosen))
    return counts


def plan_overlap(items: Sequence[str], follows: Sequence[int], *, texts: int, budget: int) -> OverlapPlan:
    """Choose up to `budget` picks for one more person each.

    From `ENOUGH` on, the first ten are spread evenly over the order of picking, so that agreement on them speaks
    for all picks; chosen by importance they would speak for the most typical texts only. What is left of the budget
    goes where a wrong label would do most harm: to the picks that most texts have as their nearest.

    Args:
        items: ids of the picks that one person decides about, in pick order.
        follows: for each, how many texts have it as their nearest pick.
        texts: how many texts there are in all.
        budget: how many extra labels can be afforded.
    """
    size = len(items)
    even = _spread(size, ENOUGH) if min(budget, size) >= ENOUGH else []
    by_harm = sorted((place for place in range(size) if place not in set(even)), key=lambda p: (-follows[p], p))
    harmful = by_harm[: max(0, min(budget, size) - len(even))]
    chosen = [
        *(DoubleLabel(items[p], p + 1, follows[p], "agreement", _even_words(p, size)) for p in even),
        *(DoubleLabel(items[p], p + 1, follows[p], "harm", _harm_words(follows[p], texts)) for p in harmful),
    ]
    return OverlapPlan(tuple(chosen), _note(size, min(budget, size)))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def _spread(size: int, count: int) -> list[int]:
    """`count` places, evenly over `size`."""
    return [(2 * number + 1) * size // (2 * count) for number in range(count)]


def _even_words(place: int, size: int) -> str:
    return f"Pick {place + 1} of {size}: one of ten spread over all picks, so that agreement on them speaks for all."


def _harm_words(count: int, texts: int) -> str:
    if not count:
        return "No other text has it as its nearest pick: a wrong label here does little harm."
    share = f"{100 * count / texts:.1f}" if count < texts / 10 else f"{100 * count / texts:.0f}"
    what = "1 text has" if count == 1 else f"{count:,} texts have"
    return f"{what} it as the nearest pick ({share}% of all): a wrong label here would mislead there."


def _note(size: int, count: int) -> str:
    if not size:
        return "Every pick is labelled by two people or more already."
    if count < ENOUGH:
        return (
            f"With {count} labelled twice, agreement is too little known to be said: that takes {ENOUGH}. All go "
            "where a wrong label would do most harm."
        )
    return f"Ten are for agreement, {count - ENOUGH} more go where a wrong label would do most harm."
