"""Do two models err on the same items, beyond what their accuracies alone would give?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.evaluation.given import as_decisions
from votek.selection.checks import check_seed

__all__ = ["Consistency", "consistency_of_counts", "error_consistency"]

UNDEFINED_SHARE = 0.05
"""With more resamples than this without a value, the interval would be one of the rest only."""


@dataclass(frozen=True)
class Consistency:
    """Error consistency of two models over n items.

    `observed`: share of items that both get right or both get wrong. `expected`: the same if they erred
    independently. `kappa`: (observed - expected) / (1 - expected); `unbiased`: the same with the small-sample
    correction n kappa / (n - 1 + kappa). `low`, `high`: bootstrap interval of kappa. Whatever is None is
    undefined, and `reason` says why.
    """

    n: int
    accuracies: tuple[float, float]
    observed: float
    expected: float
    kappa: float | None
    unbiased: float | None
    low: float | None
    high: float | None
    reason: str = ""


def error_consistency(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    *,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Consistency:
    """Cohen's kappa of being right, with a percentile bootstrap interval over items.

    Args:
        first, second: bool (n,), whether each model is right on each item; n at least 2.
        resamples: how many bootstrap resamples; 0: no interval.
        level: of the interval.
        seed: of the resamples.

    Raises:
        InputError: the two differ in length, or there are fewer than 2 items.

    Geirhos, Meding & Wichmann 2020, "Beyond accuracy: quantifying trial-by-trial behaviour of CNNs and humans by
    measuring error consistency", arXiv 2006.16736.

    >>> first = np.array([1, 1, 1, 0], dtype=bool)
    >>> error_consistency(first, np.array([1, 1, 0, 0], dtype=bool)).kappa
    0.5
    """
    one, two = as_decisions(first, "decisions"), as_decisions(second, "decisions")
    if one.shape != two.shape or one.ndim != 1 or len(one) < 2:
        raise InputError(
            f"The two models' decisions have the shapes {one.shape} and {two.shape}; give the same items for both, "
            "at least 2."
        )
    cells = [int((one & two).sum()), int((one & ~two).sum()), int((~one & two).sum()), int((~one & ~two).sum())]
    return consistency_of_counts(cells, resamples=resamples, level=level, seed=seed)


def consistency_of_counts(
    cells: list[int], *, resamples: int = 2000, level: float = 0.95, seed: int = 0
) -> Consistency:
    """The same from four counts of items: both right, only the first, only the second, neither.

    Resampling items with replacement is drawing these four counts anew, so that no item need be touched.
    """
    n = sum(cells)
    table = np.array(cells, dtype=np.int64)
    both, only_first, only_second, _ = cells
    accuracies = ((both + only_first) / n, (both + only_second) / n)
    observed, expected = (float(value[0]) for value in _agreement(table[None, :]))
    right = (both + only_first, both + only_second)
    if right in ((n, n), (0, 0)):  # by counts: a sum of rounded shares need not come to 1
        which = "right" if right[0] else "wrong"
        reason = f"both models are {which} on all {n:,} items, so that agreement by chance is already complete"
        return Consistency(n, accuracies, 1.0, 1.0, None, None, None, None, reason)
    kappa = (observed - expected) / (1 - expected)
    low, high, reason = _interval(table, resamples, level, seed)
    shrunk = n - 1 + kappa
    unbiased = n * kappa / shrunk if shrunk > 0 else None
    if unbiased is None and not reason:
        reason = "no corrected value: it is undefined for two items on which the models are opposite"
    return Consistency(n, accuracies, observed, expected, kappa, unbiased, low, high, reason)


def _agreement(tables: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(observed, expected) agreement of each row of four counts."""
    n = tables.sum(axis=1)
    first, second = (tables[:, 0] + tables[:, 1]) / n, (tables[:, 0] + tables[:, 2]) / n
    return (tables[:, 0] + tables[:, 3]) / n, first * second + (1 - first) * (1 - second)


def _interval(
    table: NDArray[np.int64], resamples: int, level: float, seed: int
) -> tuple[float | None, float | None, str]:
    if resamples < 1:
        return None, None, ""
    n = int(table.sum())
    drawn = np.random.default_rng(check_seed(seed)).multinomial(n, table / n, size=resamples)
    observed, expected = _agreement(drawn)
    right = np.stack([drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2]])
    defined = ~((right == n).all(axis=0) | (right == 0).all(axis=0))
    if 1 - defined.mean() > UNDEFINED_SHARE:
        reason = (
            f"no interval: in {1 - defined.mean():.0%} of the resamples both models are right (or wrong) on every item"
        )
        return None, None, reason
    kappas = (observed[defined] - expected[defined]) / (1 - expected[defined])
    low, high = np.quantile(kappas, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high), ""
