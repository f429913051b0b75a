"""A preference that is settled before anything is chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["InOrder"]


class InOrder:
    """The open row that comes first.

    `order`: int64 (q, p), positions with the best first, or (1, p), the same for all queries.
    """

    def __init__(self, order: NDArray[np.int64]) -> None:
        self._places = np.empty_like(order)
        np.put_along_axis(self._places, order, np.arange(order.shape[1])[None, :], axis=1)

    def best(self, at: NDArray[np.int64], open: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The first open position of each query."""
        size = self._places.shape[1]
        if not size:
            return np.full(len(at), -1, dtype=np.int64)
        places = np.where(open, self._places[at] if len(self._places) > 1 else self._places, size)
        found: NDArray[np.int64] = places.argmin(axis=1)
        return np.where(open.any(axis=1), found, -1)

    def take(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> None:
        """What was taken changes nothing for the rest."""
