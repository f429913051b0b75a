"""Accuracy by number of labels: the first picks of a pool beside the first texts of random pools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votek.evaluation.trial import Trial

__all__ = ["LearningCurve", "budgets_up_to", "learning_curve"]

_POINTS = 10


@dataclass(frozen=True)
class LearningCurve:
    """Accuracy with the first `budgets[i]` texts of each pool.

    `pool`: of the picks. `random`: mean of the random pools; `low`, `high`: the range that nine in ten of them lie
    in. `others`: by other methods' name; shorter where fewer of their picks have a label.
    """

    budgets: tuple[int, ...]
    pool: tuple[float, ...]
    random: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    others: Mapping[str, tuple[float, ...]]


def budgets_up_to(size: int) -> tuple[int, ...]:
    """At most ten budgets, evenly spread, the last one `size`.

    >>> budgets_up_to(18), budgets_up_to(3)
    ((2, 4, 5, 7, 9, 11, 13, 14, 16, 18), (1, 2, 3))
    """
    points = min(_POINTS, size)
    return tuple(dict.fromkeys(round(size * at / points) for at in range(1, points + 1)))


def learning_curve(trial: Trial, right: Callable[[NDArray[np.int64]], NDArray[np.float64]]) -> LearningCurve:
    """The curve of a trial; `right(rows)` gives what a pool of these rows gets right, float64 (test items,)."""
    budgets = budgets_up_to(len(trial.pool))

    def accuracies(rows: NDArray[np.int64]) -> list[float]:
        return [float(right(rows[:budget]).mean()) for budget in budgets if budget <= len(rows)]

    drawn = np.array([accuracies(rows) for rows in trial.random])
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    return LearningCurve(
        budgets=budgets,
        pool=tuple(accuracies(trial.pool)),
        random=tuple(drawn.mean(axis=0).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        others={name: tuple(accuracies(rows)) for name, rows in trial.others.items()},
    )
