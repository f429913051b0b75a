"""Rows of the matrix of all cosines, made when asked for and kept where there is room."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["SimilarRows"]

KEPT_BYTES = 256 * 1024 * 1024
"""Room for the rows that are kept: all of them up to 8,192 texts, of 50,000 those of the first 1,342 asked for."""

BLOCK_BYTES = 16 * 1024 * 1024


class SimilarRows:
    """Cosines of some nodes to all. `unit`: float32 (n, d), centred unit vectors; a zero vector has cosine 0 to all.

    `whole`: there is room for every row.
    """

    def __init__(self, unit: NDArray[np.float32]) -> None:
        n = len(unit)
        self._unit = np.ascontiguousarray(unit)
        self._at_once = max(1, BLOCK_BYTES // (4 * n))
        # Memory that is never written to is never taken from the system.
        self._kept = np.empty((min(n, KEPT_BYTES // (4 * n)), n), dtype=np.float32)
        self.whole = len(self._kept) == n
        self._slot = np.full(n, -1, dtype=np.int64)
        self._used = 0

    def of(self, node: int) -> NDArray[np.float32]:
        """float32 (n,), not to be written to."""
        slot = self._slot[node]
        row: NDArray[np.float32] = self._kept[slot] if slot >= 0 else self._unit @ self._unit[node]
        return row

    def above(self, nodes: NDArray[np.int64], best: NDArray[np.float32], *, keep: bool = True) -> NDArray[np.float64]:
        """float64 (len(nodes),): for each the sum over all i of how far its cosine to i lies above best[i]."""
        from votek.selection.similarity_kernels import excess

        new = nodes[self._slot[nodes] < 0]
        if keep and len(new) <= len(self._kept) - self._used:
            self._keep(new)
        slots = self._slot[nodes]
        totals = np.empty(len(nodes))
        excess(self._kept, slots, best, totals)
        other = np.flatnonzero(slots < 0)
        for places in self.parts(other):
            sums = np.empty(len(places))
            excess(self._unit[nodes[places]] @ self._unit.T, np.arange(len(places)), best, sums)
            totals[places] = sums
        return totals

    def _keep(self, new: NDArray[np.int64]) -> None:
        if not new.size:
            return
        end = self._used + len(new)
        np.matmul(self._unit[new], self._unit.T, out=self._kept[self._used : end])
        self._slot[new] = np.arange(self._used, end)
        self._used = end

    def parts(self, nodes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """The nodes in parts small enough for a block of rows."""
        for start in range(0, len(nodes), self._at_once):
            yield nodes[start : start + self._at_once]
