"""Where does it still fail: accuracy by group, the worst group, and how sure that is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.evaluation.given import as_decisions
from votek.evaluation.intervals import Interval, wilson
from votek.selection.checks import check_seed

__all__ = ["LEAST_ITEMS", "GroupAccuracy", "WorstGroup", "WorstGroupChange", "compare_worst_group", "worst_group"]

LEAST_ITEMS = 10
"""A group of fewer items is listed, but cannot be the worst: its accuracy is mostly chance."""


@dataclass(frozen=True)
class GroupAccuracy:
    """One group: `n` items, `right` of them right, the share with its interval; `small`: fewer than the least."""

    group: Hashable
    n: int
    right: int
    accuracy: Interval
    small: bool


@dataclass(frozen=True)
class WorstGroup:
    """Accuracy by group, the worst first.

    `groups`: those of enough items; `small`: the others. `overall`: over all items. `worst`: None when no group has
    enough items. `minimum`: the lowest accuracy, with its bootstrap interval. `gap`: overall minus worst.
    """

    groups: tuple[GroupAccuracy, ...]
    small: tuple[GroupAccuracy, ...]
    overall: Interval
    worst: GroupAccuracy | None
    minimum: Interval | None
    gap: float | None
    level: float
    least: int


@dataclass(frozen=True)
class WorstGroupChange:
    """Second minus first: of the lowest accuracy (`minimum`), of the whole, and of each group, with intervals.

    `better`: share of resamples in which the second has the higher minimum.
    """

    minimum: Interval
    overall: Interval
    groups: dict[Hashable, Interval]
    better: float


def worst_group(
    right: Sequence[bool] | NDArray[np.bool_],
    groups: Sequence[Hashable],
    *,
    level: float = 0.95,
    least: int = LEAST_ITEMS,
    resamples: int = 2000,
    seed: int = 0,
) -> WorstGroup:
    """Accuracy of each group, and the lowest among the groups of at least `least` items.

    Args:
        right: bool (n,), whether the answer to each item is right.
        groups: n group names; a tuple for crossed columns.
        level: of all intervals. Those of the groups hold at once: each is Wilson's at 1 - (1 - level) / G.
        least: items that a group needs to be the worst.
        resamples: bootstrap resamples, drawn within each group, for the interval of the minimum.
        seed: of the resamples.

    Raises:
        InputError: no items, or not one group for each.

    Groups and the worst of them as in Sagawa et al. 2020, "Distributionally robust neural networks for group shifts",
    arXiv 1911.08731.

    >>> found = worst_group([True] * 18 + [False] * 2 + [True] * 5 + [False] * 5, ["en"] * 20 + ["de"] * 10)
    >>> found.worst.group, found.worst.accuracy.value, round(found.gap, 3)
    ('de', 0.5, 0.267)
    """
    check_seed(seed)
    answers, members = _members(right, groups)
    all_groups = [
        GroupAccuracy(
            name,
            len(rows),
            int(answers[rows].sum()),
            wilson(int(answers[rows].sum()), len(rows), level=level, groups=len(members)),
            len(rows) < least,
        )
        for name, rows in members.items()
    ]
    ordered = sorted(all_groups, key=lambda found: (found.accuracy.value, -found.n))
    large = tuple(found for found in ordered if not found.small)
    overall = wilson(int(answers.sum()), len(answers), level=level)
    return WorstGroup(
        groups=large,
        small=tuple(found for found in ordered if found.small),
        overall=overall,
        worst=large[0] if large else None,
        minimum=_minimum(large, level, resamples, seed),
        gap=overall.value - large[0].accuracy.value if large else None,
        level=level,
        least=least,
    )


def compare_worst_group(
    first: Sequence[bool] | NDArray[np.bool_],
    second: Sequence[bool] | NDArray[np.bool_],
    groups: Sequence[Hashable],
    *,
    level: float = 0.95,
    least: int = LEAST_ITEMS,
    resamples: int = 2000,
    seed: int = 0,
) -> WorstGroupChange:
    """What a second pool changes for the worst group, on the same items: a paired bootstrap within groups.

    Args:
        first, second: bool (n,), whether the answer to each item is right with the one and the other pool.
        groups: n group names.

    Raises:
        InputError: the two differ in length, or no group has `least` items.

    >>> groups = ["en"] * 20 + ["de"] * 20
    >>> first = [True] * 20 + [False] * 20
    >>> compare_worst_group(first, [True] * 40, groups).minimum.value
    1.0
    """
    check_seed(seed)
    before, members = _members(first, groups)
    after, _ = _members(second, groups)
    large = {name: rows for name, rows in members.items() if len(rows) >= least}
    if not large:
        raise InputError(f"No group has {least} items or more; cross fewer columns, or take more items.")
    rng = np.random.default_rng(seed)
    drawn = {name: _paired(before[rows], after[rows], resamples, rng) for name, rows in members.items()}
    sizes = {name: len(rows) for name, rows in members.items()}
    low = [np.min([drawn[name][side] for name in large], axis=0) for side in (0, 1)]
    total = [sum((drawn[name][side] * sizes[name] for name in members), np.zeros(resamples)) for side in (0, 1)]
    change = [float(min(side[rows].mean() for rows in large.values())) for side in (before, after)]
    return WorstGroupChange(
        minimum=_ends(change[1] - change[0], low[1] - low[0], level),
        overall=_ends(float(after.mean() - before.mean()), (total[1] - total[0]) / len(before), level),
        groups={
            name: _ends(float(after[rows].mean() - before[rows].mean()), drawn[name][1] - drawn[name][0], level)
            for name, rows in members.items()
        },
        better=float((low[1] > low[0]).mean()),
    )


def _members(
    right: Sequence[bool] | NDArray[np.bool_], groups: Sequence[Hashable]
) -> tuple[NDArray[np.bool_], dict[Hashable, NDArray[np.int64]]]:
    answers = as_decisions(right, "answers")
    if not len(answers) or len(answers) != len(groups):
        raise InputError(f"{len(answers)} answers and {len(groups)} groups; give one group for each of the items.")
    rows: dict[Hashable, list[int]] = {}
    for place, name in enumerate(groups):
        rows.setdefault(name, []).append(place)
    return answers, {name: np.array(places, dtype=np.int64) for name, places in rows.items()}


def _minimum(groups: Sequence[GroupAccuracy], level: float, resamples: int, seed: int) -> Interval | None:
    """Drawing a group's items again is a binomial draw of how many are right."""
    if not groups:
        return None
    rng = np.random.default_rng(seed)
    drawn = np.stack([rng.binomial(found.n, found.accuracy.value, size=resamples) / found.n for found in groups])
    return _ends(groups[0].accuracy.value, drawn.min(axis=0), level)


def _paired(
    before: NDArray[np.bool_], after: NDArray[np.bool_], resamples: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two accuracies of one group in each resample; an item's two answers are drawn together."""
    n = len(before)
    cells = np.bincount(2 * before.astype(np.int64) + after, minlength=4) / n
    drawn = rng.multinomial(n, cells, size=resamples) / n
    return drawn[:, 2] + drawn[:, 3], drawn[:, 1] + drawn[:, 3]


def _ends(value: float, drawn: NDArray[np.float64], level: float) -> Interval:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))
