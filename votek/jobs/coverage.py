"""What random picks would cover, for the curve beside the one of the selection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph

__all__ = ["random_curve"]

DRAWS = 20
_BLOCK = 20_000


def random_curve(
    graph: SimilarityGraph, k: int, *, warm: Sequence[int], picks: int, seed: int, draws: int = DRAWS
) -> NDArray[np.float64]:
    """The mean share of nodes covered after each of `picks` random picks, over `draws` selections.

    `warm`: nodes that count as picked before. Returns float64 (picks,). A node is covered when it is
    picked or one of its `k` nearest neighbours is.
    """
    rng = np.random.default_rng(seed)
    start = np.asarray(warm, dtype=np.int64)
    free = np.setdiff1d(np.arange(len(graph), dtype=np.int64), start)
    total = np.zeros(picks)
    for _ in range(draws):
        drawn = rng.permutation(free)[:picks]
        newly = _first_covered(graph, k, start, drawn)
        share = np.cumsum(np.bincount(newly[newly <= len(drawn)], minlength=len(drawn) + 1))[1:] / len(graph)
        total += np.pad(share, (0, picks - len(share)), mode="edge")
    return total / draws


def _first_covered(
    graph: SimilarityGraph, k: int, warm: NDArray[np.int64], drawn: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each node 0 if the warm start covers it, i when the i-th drawn node (from 1) does, a large number else."""
    place = np.full(len(graph), np.iinfo(np.int64).max)
    place[drawn] = np.arange(1, len(drawn) + 1)
    place[warm] = 0
    first = place.copy()
    for start in range(0, len(graph) if k else 0, _BLOCK):
        rows = slice(start, start + _BLOCK)
        np.minimum(first[rows], place[graph.neighbors[rows, :k]].min(axis=1), out=first[rows])
    return first
