"""Puts faiss' answers into the defined order: self out by index, ties by lower row."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["tidy"]


@njit(cache=True, nogil=True)
def _tidy(found, scores, start, complete, neighbors, similarities, undecided):  # type: ignore[no-untyped-def]
    rows, wanted = found.shape
    k = neighbors.shape[1]
    for r in range(rows):
        me = start + r
        m = 0
        for j in range(wanted):
            if found[r, j] != me and found[r, j] >= 0:
                found[r, m] = found[r, j]
                scores[r, m] = scores[r, j]
                m += 1
        # Insertion sort: faiss' order is right but for the ties, which are few and short.
        for j in range(1, m):
            s = scores[r, j]
            f = found[r, j]
            i = j - 1
            while i >= 0 and (scores[r, i] < s or (scores[r, i] == s and found[r, i] > f)):
                scores[r, i + 1] = scores[r, i]
                found[r, i + 1] = found[r, i]
                i -= 1
            scores[r, i + 1] = s
            found[r, i + 1] = f
        for j in range(k):
            neighbors[me, j] = found[r, j]
            similarities[me, j] = min(np.float32(1), max(np.float32(-1), scores[r, j]))
        if not complete and scores[r, m - 1] == scores[r, k - 1]:
            undecided[r] = True


def tidy(
    found: NDArray[np.int64],
    scores: NDArray[np.float32],
    start: int,
    complete: bool,
    neighbors: NDArray[np.int32],
    similarities: NDArray[np.float32],
) -> NDArray[np.int64]:
    """Fill rows start.. of `neighbors` and `similarities`; returns the rows whose ties went on past what was fetched."""
    undecided = np.zeros(len(found), np.bool_)
    _tidy(found, scores, start, complete, neighbors, similarities, undecided)
    return start + np.flatnonzero(undecided)
