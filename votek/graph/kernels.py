"""Compiled loops over vectors and candidate lists. Imported only where they run: numba loads with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled, compiled_sum

__all__ = ["dot", "order_candidates", "product", "scan_row"]


@compiled_sum
def product(a: NDArray[Any], b: NDArray[Any]) -> Any:
    """Inner product of two vectors, summed in float64: the same bits wherever the rows lie."""
    total = 0.0
    for i in range(a.shape[0]):
        total += np.float64(a[i]) * np.float64(b[i])
    return total


@compiled
def dot(a: NDArray[np.float32], b: NDArray[np.float32]) -> Any:
    """`product`, rounded once to float32."""
    return np.float32(product(a, b))


@compiled
def _sort_run(values: NDArray[np.float32], ids: NDArray[np.int64], start: int, stop: int) -> None:
    for i in range(start + 1, stop):
        value, row = values[i], ids[i]
        j = i - 1
        while j >= start and (values[j] < value or (values[j] == value and ids[j] > row)):
            values[j + 1], ids[j + 1] = values[j], ids[j]
            j -= 1
        values[j + 1], ids[j + 1] = value, row


@compiled
def order_candidates(
    unit: NDArray[np.float32],
    first_row: int,
    values: NDArray[np.float32],
    ids: NDArray[np.int64],
    closeness: float,
    neighbors: NDArray[np.int32],
    similarities: NDArray[np.float32],
    unsettled: NDArray[np.bool_],
) -> None:
    """Write the k nearest of each row, ties to the lower row, from more than k candidates.

    `values`, `ids` (rows, c), best first, in single precision: whatever lies within `closeness` of its
    neighbour in the list is compared again exactly. A row is `unsettled` when a candidate that was not
    fetched might belong among its k.
    """
    n, k = unit.shape[0], neighbors.shape[1]
    for i in range(values.shape[0]):
        row = first_row + i
        count = 0
        for j in range(values.shape[1]):
            if ids[i, j] != row and ids[i, j] >= 0:
                values[i, count], ids[i, count] = values[i, j], ids[i, j]
                count += 1
        unsettled[i] = count < k
        if count < k:
            continue
        start = 0
        while start < k:
            stop = start + 1
            while stop < count and values[i, stop - 1] - values[i, stop] <= closeness:
                stop += 1
            if stop > start + 1:
                for j in range(start, stop):
                    values[i, j] = dot(unit[row], unit[ids[i, j]])
                _sort_run(values[i], ids[i], start, stop)
            if stop == count and stop > k - 1 and count < n - 1 and values[i, k - 1] - values[i, stop - 1] <= closeness:
                unsettled[i] = True
            start = stop
        for j in range(k):
            neighbors[row, j] = ids[i, j]
            similarities[row, j] = min(np.float32(1.0), max(np.float32(-1.0), values[i, j]))


@compiled
def scan_row(unit: NDArray[np.float32], row: int, values: NDArray[np.float32]) -> None:
    """Cosine of one row to all, exactly; to itself -2, so that it comes last."""
    for other in range(unit.shape[0]):
        values[other] = dot(unit[row], unit[other])
    values[row] = -2.0
