"""Compiled loop of the determinantal methods. Imported only where it runs: numba loads with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled
from votek.graph.kernels import product

__all__ = ["withdraw"]


@compiled
def withdraw(
    unit: NDArray[np.float32],
    toward: NDArray[np.float64],
    pivot: float,
    least: float,
    distance: NDArray[np.float64],
) -> None:
    """Take from each squared distance what the new direction accounts for; never below `least`."""
    for row in range(unit.shape[0]):
        along = product(unit[row], toward)
        distance[row] = max(distance[row] - along * along / pivot, least)
