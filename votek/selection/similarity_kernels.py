"""Compiled loops over rows of cosines. Imported only where they run: numba loads with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled, compiled_sum
from votek.graph.kernels import product

__all__ = ["add_cosines", "excess"]


@compiled_sum
def _excess_of_row(cosines: NDArray[np.float32], best: NDArray[np.float32]) -> Any:
    total = 0.0
    for i in range(cosines.shape[0]):
        above = cosines[i] - best[i]
        total += np.float64(above if above > 0 else np.float32(0))
    return total


@compiled
def excess(
    cosines: NDArray[np.float32], rows: NDArray[np.int64], best: NDArray[np.float32], totals: NDArray[np.float64]
) -> None:
    """totals[r] = sum over i of how far cosines[rows[r], i] lies above best[i]; left as it is where rows[r] < 0."""
    for r in range(rows.shape[0]):
        if rows[r] >= 0:
            totals[r] = _excess_of_row(cosines[rows[r]], best)


@compiled
def add_cosines(unit: NDArray[np.float32], member: int, least: float, totals: NDArray[np.float64]) -> None:
    """Add to totals[row] the cosine of each row to `member`, at least `least`."""
    for row in range(unit.shape[0]):
        totals[row] += max(product(unit[row], unit[member]), least)
