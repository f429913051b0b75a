"""Exact k nearest neighbours by cosine, through faiss' flat index."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest"]

SPARE = 8
"""Neighbours fetched beyond k, so that ties at the k-th place can be ordered by row."""


def nearest(
    unit: NDArray[np.float32], k: int, *, index: Any = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The k most similar other rows of each row, ties by lower row.

    Args:
        unit: float32 (n, d), rows of length 1 (or 0).
        k: neighbours per row, 0 <= k < n.
    Returns:
        int32 (n, k) rows, and float32 (n, k) similarities, most similar first.
    """
    import faiss

    from votek.graph.order import tidy

    n, d = unit.shape
    if k == 0:
        return np.empty((n, 0), np.int32), np.empty((n, 0), np.float32)
    if index is None:
        index = faiss.IndexFlatIP(d)
        index.add(unit)
    neighbors = np.empty((n, k), np.int32)
    similarities = np.empty((n, k), np.float32)
    wanted = min(n, k + 1 + SPARE)
    block = 4096
    for start in range(0, n, block):
        queries = unit[start : start + block]
        found_similarities, found = index.search(queries, wanted)
        undecided = tidy(found, found_similarities, start, wanted == n, neighbors, similarities)
        for row in undecided:
            _decide(unit, int(row), neighbors, similarities)
    return neighbors, similarities


def _decide(
    unit: NDArray[np.float32], row: int, neighbors: NDArray[np.int32], similarities: NDArray[np.float32]
) -> None:
    """More ties at the k-th place than were fetched: order this row against all others."""
    k = neighbors.shape[1]
    scores = unit @ unit[row]
    scores[row] = -np.inf
    order = np.argsort(-scores, kind="stable")[:k]
    neighbors[row] = order
    similarities[row] = scores[order]
