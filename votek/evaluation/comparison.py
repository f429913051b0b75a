"""One pool against random pools on the same test items: the gain, its interval, the percentile, the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError
from votek.evaluation.bootstrap import DRAWS, mean_interval
from votek.evaluation.given import as_numbers
from votek.evaluation.intervals import Interval

__all__ = ["ENOUGH_POOLS", "LEAST_ITEMS", "Comparison", "Verdict", "compare", "percentile_among"]

Verdict = Literal["beats", "beats-average", "does-not-beat", "cannot-tell"]

ENOUGH_POOLS = 20
"""From this many random pools on a percentile means something."""
LEAST_ITEMS = 10
"""With fewer test items no interval is trusted."""
CLEAR = 95.0
"""The percentile from which a pool is better than what luck reaches."""


@dataclass(frozen=True)
class Comparison:
    """How one pool does beside random ones, by one measure.

    `accuracy`: share of the `n` test items that the pool gets right. `random`: the same of each random pool.
    `gain`: accuracy minus the mean of the random pools, with its interval (paired bootstrap over test items).
    `percentile`: share of the random pools that are worse, in percent, equal ones counting half; None when there are
    too few of them. `others`: accuracy by other methods' name; `other_gains`: the pool minus each, with interval.
    """

    measure: str
    n: int
    accuracy: float
    random: tuple[float, ...]
    gain: Interval
    percentile: float | None
    verdict: Verdict
    others: Mapping[str, float]
    other_gains: Mapping[str, Interval]

    @property
    def mean_random(self) -> float:
        """Mean accuracy of the random pools."""
        return float(np.mean(self.random))

    @property
    def worse(self) -> int:
        """How many random pools are worse than the pool."""
        return sum(value < self.accuracy - 1e-12 for value in self.random)


def compare(
    measure: str,
    pool: ArrayLike,
    random: ArrayLike,
    *,
    others: Mapping[str, ArrayLike] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Comparison:
    """Compare what a pool gets right with what random pools get right, item by item.

    Args:
        measure: its name.
        pool: (n,) in [0, 1], 1 where the pool gets the item right.
        random: (pools, n), the same for each random pool.
        others: name -> (n,), the same for pools picked by other methods.

    The verdict: "cannot-tell" when the interval of the gain includes 0 or there are fewer than 10 items;
    "does-not-beat" when it lies below 0; above 0 "beats", or "beats-average" when more than one random pool in
    twenty is as good, so that the gain is within the luck of a draw.

    >>> found = compare("1-nn", [1] * 12, [[1, 0] * 6] * 20)
    >>> found.verdict, found.percentile, found.gain.value
    ('beats', 100.0, 0.5)
    """
    right, drawn = as_numbers(pool, "results of the pool"), as_numbers(random, "results of the random pools")
    if drawn.ndim != 2 or right.ndim != 1 or drawn.shape[1:] != right.shape or not drawn.size:
        raise InputError(
            f"The pool has results of shape {right.shape} and the random pools {drawn.shape}; give (n,) and (pools, n) "
            "for the same test items."
        )
    gain = mean_interval(right - drawn.mean(axis=0), draws=draws, seed=seed)
    accuracies = drawn.mean(axis=1)
    percentile = percentile_among(float(right.mean()), accuracies) if len(drawn) >= ENOUGH_POOLS else None
    beside = {name: np.asarray(values, dtype=np.float64) for name, values in (others or {}).items()}
    return Comparison(
        measure=measure,
        n=len(right),
        accuracy=float(right.mean()),
        random=tuple(accuracies.tolist()),
        gain=gain,
        percentile=percentile,
        verdict=_verdict(gain, percentile, len(right)),
        others={name: float(values.mean()) for name, values in beside.items()},
        other_gains={name: mean_interval(right - values, draws=draws, seed=seed) for name, values in beside.items()},
    )


def percentile_among(value: float, random: NDArray[np.float64]) -> float:
    """Share of `random` below `value`, in percent; equal ones (to 12 decimals) count half.

    >>> percentile_among(0.5, np.array([0.1, 0.5, 0.7, 0.2]))
    62.5
    """
    gap = np.round(value - random, 12)
    return float(100.0 * ((gap > 0).mean() + 0.5 * (gap == 0).mean()))


def _verdict(gain: Interval, percentile: float | None, n: int) -> Verdict:
    if n < LEAST_ITEMS or gain.low <= 0 <= gain.high:
        return "cannot-tell"
    if gain.high < 0:
        return "does-not-beat"
    return "beats" if percentile is None or percentile >= CLEAR else "beats-average"
