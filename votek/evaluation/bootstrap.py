"""How far a mean over test items could be off by the luck of which items were tested."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError
from votek.evaluation.given import as_numbers
from votek.evaluation.intervals import Interval
from votek.selection.checks import check_seed

__all__ = ["DRAWS", "mean_interval"]

DRAWS = 10_000
_CELLS = 4_000_000


def mean_interval(values: ArrayLike, *, draws: int = DRAWS, level: float = 0.95, seed: int = 0) -> Interval:
    """The mean of `values` with its bootstrap percentile interval.

    Paired: give one difference per test item, and both sides are resampled together.

    Args:
        values: n finite numbers, one per test item.
        draws: resamples of n items, with replacement.
        level: how often such an interval holds the true mean, between 0 and 1.
        seed: of the resampling; the same seed gives the same interval.

    Raises:
        InputError: no values, or one that is not finite.

    Efron 1979, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7.

    >>> mean_interval([0.0, 1.0, 1.0, 1.0], seed=1)
    Interval(value=0.75, low=0.25, high=1.0)
    """
    check_seed(seed)
    items = as_numbers(values, "values")
    if items.ndim != 1 or not len(items) or not np.isfinite(items).all():
        raise InputError(f"The values have shape {items.shape}; give one finite number per test item, at least one.")
    if draws < 1 or not 0 < level < 1:
        raise InputError(f"There were {draws} draws at the level {level}; give at least 1, and a level within 0 and 1.")
    tail = (1 - level) / 2
    low, high = np.quantile(_means(items, draws, seed), [tail, 1 - tail])
    return Interval(float(items.mean()), float(low), float(high))


def _means(items: NDArray[np.float64], draws: int, seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    step = max(1, _CELLS // len(items))
    parts = [
        items[rng.integers(len(items), size=(min(step, draws - start), len(items)))].mean(axis=1)
        for start in range(0, draws, step)
    ]
    return np.concatenate(parts)
