"""Cosines between a few nodes, from raw vectors that may lie in a file."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph import unit_vectors

__all__ = ["NodeCosines"]


class NodeCosines:
    """The graph's measure for any pair of nodes, linked or not; needs numpy alone.

    `vectors`: (n, d), raw. `rows`: int64 (nodes,), the row of each node. The mean of the nodes is
    subtracted, as for the graph.
    """

    def __init__(self, vectors: NDArray[Any], rows: NDArray[np.int64]) -> None:
        self.vectors, self.rows = vectors, rows

    @cached_property
    def _mean(self) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = self.vectors[self.rows].mean(axis=0, dtype=np.float64)
        return mean

    def __call__(self, node: int, others: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (len(others),): the cosine of `node` to each of `others`."""
        few = self.vectors[self.rows[np.append(others, node)]] - self._mean
        unit = unit_vectors(few, centre=False)
        cosines: NDArray[np.float32] = unit[:-1] @ unit[-1]
        return cosines
