"""From right and wrong answers to gains over random, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.measure import Cell, Measured

__all__ = ["CellResult", "Gains", "cell_result", "gains", "mean_gain_interval"]

RESAMPLES = 1000


@dataclass(frozen=True)
class CellResult:
    """Accuracy over the pools of one cell: mean and standard deviation, and the difference from random.

    `below`: the difference in standard errors over the pools (negative: under random).
    """

    accuracy: float
    deviation: float
    gain: float
    won: bool
    below: float


def cell_result(measured: Measured, method: str, cell: Cell) -> CellResult:
    """How one method did in one cell."""
    ours = np.array([right.mean() for right in measured.right[method, cell]], dtype=np.float64)
    base = np.array([right.mean() for right in measured.right["random", cell]], dtype=np.float64)
    differences = ours - base
    error = differences.std(ddof=1) / np.sqrt(len(ours)) if len(ours) > 1 else np.nan
    mean = float(differences.mean())
    return CellResult(
        float(ours.mean()),
        float(ours.std(ddof=1)) if len(ours) > 1 else 0.0,
        float(ours.mean() / base.mean() - 1),
        mean > 0,
        mean / error if error > 0 else float(np.sign(mean) * np.inf if mean else 0.0),
    )


@dataclass(frozen=True)
class Gains:
    """Mean relative gain over random over all cells, for each of the resamples; `mean`: on the data themselves."""

    mean: float
    resampled: NDArray[np.float64]

    def interval(self) -> tuple[float, float]:
        """The middle 95 of 100 resamples."""
        low, high = np.quantile(self.resampled, [0.025, 0.975])
        return float(low), float(high)


def gains(measured: Measured, *, seed: int = 0) -> dict[str, Gains]:
    """Every method's mean gain, resampled over pools and test items together: the same resamples for all methods.

    Both are drawn with replacement, within each data set; a method and random are compared on the same draw.
    """
    rng = np.random.default_rng(seed)
    ratios: dict[str, list[NDArray[np.float64]]] = {method: [] for method in measured.methods}
    draws: dict[tuple[int, int], tuple[NDArray[np.float32], NDArray[np.float64]]] = {}
    for cell in measured.cells:
        base = np.array(measured.right["random", cell])
        if base.shape not in draws:  # label sets of one data set share their pools and test items
            pools, items = base.shape
            by_pool = rng.multinomial(pools, np.full(pools, 1 / pools), size=RESAMPLES) / pools
            by_item = rng.multinomial(items, np.full(items, 1 / items), size=RESAMPLES) / items
            draws[base.shape] = (
                np.vstack([np.full(items, 1 / items), by_item]).astype(np.float32),
                np.vstack([np.full(pools, 1 / pools), by_pool]),
            )
        items_weight, pools_weight = draws[base.shape]
        random = ((items_weight @ base.T) * pools_weight).sum(axis=1)
        for method in measured.methods:
            right = np.array(measured.right[method, cell])
            ours = ((items_weight @ right.T) * pools_weight).sum(axis=1)
            ratios[method].append(ours / random - 1)
    means = {method: np.mean(found, axis=0) for method, found in ratios.items()}
    return {method: Gains(float(found[0]), found[1:]) for method, found in means.items()}


def mean_gain_interval(ours: Gains, other: Gains) -> tuple[float, float, float]:
    """By how much the mean gain of one lies above that of another: the difference, and its interval of 95%."""
    low, high = np.quantile(ours.resampled - other.resampled, [0.025, 0.975])
    return ours.mean - other.mean, float(low), float(high)
