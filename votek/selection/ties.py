"""Which of several equally good nodes is next: the one that more texts vote for, then the lower node."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph

__all__ = ["first_of_best", "in_degree"]


def in_degree(graph: SimilarityGraph, k: int) -> NDArray[np.int64]:
    """int64 (n,): how many nodes have each node among their first k neighbours."""
    voted = graph.neighbors[:, :k].ravel()
    return np.bincount(voted, minlength=len(graph)).astype(np.int64, copy=False)


def first_of_best(
    scores: NDArray[np.float64], allowed: NDArray[np.bool_], degree: NDArray[np.int64], *, closeness: float = 0.0
) -> int:
    """The allowed node with the highest score; of those within `closeness` of it, by the rule above.

    >>> first_of_best(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, True, False]), np.array([0, 1, 4, 0]))
    2
    """
    nodes = np.flatnonzero(allowed)
    best = nodes[scores[nodes] >= scores[nodes].max() - closeness]
    return int(best[np.argmax(degree[best])])
