"""Who votes for whom, read off the graph for as many rows as needed: cheaper than turning all of it round."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph, read_only

__all__ = ["Votes"]

PARTS = 4
SMALL = 5_000
"""Below so many rows one part is quicker than handing parts to threads."""

Voters = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]


class Votes:
    """Votes along the first `k` neighbours of a graph, counted in parts of the rows, side by side.

    `degree` int32 (n,): how many rows vote for each row. The result does not depend on the threads.
    """

    def __init__(self, graph: SimilarityGraph, k: int) -> None:
        from votek.selection.kernels import count_votes

        self.neighbors = read_only(np.ascontiguousarray(graph.neighbors))
        self.k = k
        n = len(graph)
        self.edges = np.linspace(0, n, (1 if n < SMALL else PARTS) + 1).astype(int).tolist()
        self.by_part = np.zeros((len(self.edges) - 1, n), dtype=np.int32)
        self.each_part(lambda i, first, last: count_votes(self.neighbors, k, first, last, self.by_part[i]))
        self.degree: NDArray[np.int32] = self.by_part.sum(axis=0, dtype=np.int32)

    def voters(self, rows: NDArray[np.int64]) -> Voters:
        """Voters of the distinct `rows`: (slot of each row of the graph or -1, indptr by slot, sources ascending)."""
        from votek.selection.kernels import list_voters

        n = len(self.degree)
        slot = np.full(n, -1, dtype=np.int32)
        slot[rows] = np.arange(len(rows), dtype=np.int32)
        indptr = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(self.degree[rows], out=indptr[1:])
        sources = np.empty(indptr[-1], dtype=np.int32)
        earlier = np.cumsum(self.by_part[:, rows], axis=0, dtype=np.int64) - self.by_part[:, rows]
        places = indptr[:-1] + earlier
        wanted = (slot >= 0).astype(np.uint8)
        self.each_part(
            lambda i, first, last: list_voters(self.neighbors, self.k, first, last, wanted, slot, places[i], sources)
        )
        return slot, indptr, sources

    def each_part(self, work: Callable[[int, int, int], None]) -> None:
        """Call `work(part, first row, last row + 1)` for every part, side by side; it must not hold the lock."""
        firsts, lasts = self.edges[:-1], self.edges[1:]
        if len(firsts) == 1:
            work(0, firsts[0], lasts[0])
            return
        with ThreadPoolExecutor(min(PARTS, os.cpu_count() or 1)) as threads:
            list(threads.map(work, range(len(firsts)), firsts, lasts))
