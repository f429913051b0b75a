"""Compiled joining of near copies. Imported only where it runs: numba loads with it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled
from votek.graph.kernels import product

__all__ = ["find_roots", "join_tile"]

ROUNDING = 1e-12
"""Equal vectors may come out this much short of a cosine of 1."""


@compiled
def _root(parent: NDArray[np.int64], node: int) -> Any:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@compiled
def join_tile(
    cosines: NDArray[np.float32],
    first_row: int,
    first_column: int,
    threshold: float,
    doubt: float,
    vectors: NDArray[Any],
    lengths: NDArray[np.float64],
    parent: NDArray[np.int64],
) -> None:
    """Join all pairs of one tile of cosines that reach the threshold; the lower node becomes the root.

    Cosines within `doubt` of the threshold are worked out again, from `vectors`, in double precision.
    """
    for i in range(cosines.shape[0]):
        row = first_row + i
        for j in range(cosines.shape[1]):
            column = first_column + j
            if column <= row or cosines[i, j] < threshold - doubt:
                continue
            a, b = _root(parent, row), _root(parent, column)
            if a == b:
                continue
            if cosines[i, j] < threshold + doubt:
                exact = product(vectors[row], vectors[column])
                if exact < (threshold - ROUNDING) * lengths[row] * lengths[column] or exact <= 0:
                    continue
            parent[max(a, b)] = min(a, b)


@compiled
def find_roots(parent: NDArray[np.int64]) -> None:
    """Point every node at its root."""
    for node in range(parent.shape[0]):
        parent[node] = _root(parent, node)
