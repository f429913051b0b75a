"""Greedy search where gains only fall and are whole numbers: each is worked out again only when it may be the best."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from votek.selection.problem import Open, Picks, Problem

__all__ = ["lazy_greedy"]

Key = tuple[int, int, int]


def lazy_greedy(
    problem: Problem,
    gains: NDArray[np.int64],
    degree: NDArray[np.int64],
    *,
    gain: Callable[[int], int],
    take: Callable[[int], None],
) -> Picks:
    """The picks of plain greedy search; ties: higher in-degree, then lower node.

    Minoux 1978: a gain worked out earlier bounds what it is now, so what is still first after it was worked out
    again is the best. `gains` int64 (n,): bounds at the start. `gain(node)`: what the node adds to all that was
    taken, as a whole number. `take(node)`: it was picked.
    """
    still = Open(problem)
    heap: list[Key] = [(-int(gains[u]), -int(degree[u]), int(u)) for u in np.flatnonzero(problem.eligible)]
    heapify(heap)
    nodes = np.empty(problem.budget, dtype=np.int64)
    found = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        allowed = still.mask()
        while True:
            _, votes, node = heappop(heap)
            if not allowed[node]:
                continue  # all picks left are owed to other groups, and will be
            key = (-gain(node), votes, node)
            if not heap or key <= heap[0]:
                break
            heappush(heap, key)
        nodes[i], found[i] = node, -key[0]
        still.take(node)
        take(node)
        problem.report(i + 1)
    return Picks(nodes, found)
