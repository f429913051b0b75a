"""Compiled loops of weighted coverage. Imported only where they run: numba loads with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled

__all__ = ["add_gains", "pick"]

Rows = NDArray[np.int32]
Whole = NDArray[np.int64]
Floats = NDArray[np.float32]


@compiled
def _worth(similarity: float, base: float, unit: int) -> Any:
    """What a pick of this similarity is worth to a text with this baseline, as a whole number."""
    return np.int64(np.rint(max(similarity - base, 0.0) * unit))


@compiled
def add_gains(
    neighbors: Rows, similarities: Floats, k: int, first: int, last: int, base: Floats, unit: int, gains: Whole
) -> None:
    """Add to `gains` what each node would be worth, as the first pick, to the rows first..last-1."""
    for row in range(first, last):
        b = float(base[row])
        gains[row] += _worth(1.0, b, unit)
        for j in range(k):
            gains[neighbors[row, j]] += _worth(float(similarities[row, j]), b, unit)


@compiled
def _raise(
    row: int, worth: int, neighbors: Rows, similarities: Floats, k: int, b: float, unit: int, best: Whole, gains: Whole
) -> None:
    """The best pick for `row` is now worth so much: what its neighbours, and itself, would still add shrinks."""
    before = best[row]
    if worth <= before:
        return
    best[row] = worth
    own = _worth(1.0, b, unit)
    gains[row] -= max(own - before, 0) - max(own - worth, 0)
    for j in range(k):
        other = _worth(float(similarities[row, j]), b, unit)
        if other <= before:
            return  # neighbours come most similar first
        gains[neighbors[row, j]] -= (other - before) - max(other - worth, 0)


@compiled
def _take(
    node: int,
    voters: Rows,
    neighbors: Rows,
    similarities: Floats,
    k: int,
    base: Floats,
    unit: int,
    best: Whole,
    gains: Whole,
) -> None:
    """Move a node to L."""
    own = _worth(1.0, float(base[node]), unit)
    _raise(node, own, neighbors, similarities, k, float(base[node]), unit, best, gains)
    for voter in voters:
        for j in range(k):
            if neighbors[voter, j] == node:
                worth = _worth(float(similarities[voter, j]), float(base[voter]), unit)
                _raise(voter, worth, neighbors, similarities, k, float(base[voter]), unit, best, gains)
                break


@compiled
def pick(
    neighbors: Rows,
    similarities: Floats,
    k: int,
    base: Floats,
    unit: int,
    gains: Whole,
    degree: Rows,
    labeled: Whole,
    eligible: NDArray[np.bool_],
    slot: Rows,
    indptr: Whole,
    sources: Rows,
    group: Rows,
    deficit: Whole,
    budget: int,
) -> Any:
    """(picks, gains, finished), keeping the gain of every node up to date.

    Stops early when nothing is gained; not `finished` when a node whose voters are not listed is next.
    """
    n = neighbors.shape[0]
    best = np.zeros(n, dtype=np.int64)
    free = eligible.copy()
    deficit = deficit.copy()
    owed = deficit.sum()
    picks, found = np.empty(budget, dtype=np.int64), np.empty(budget, dtype=np.int64)
    for member in labeled:
        voters = sources[indptr[slot[member]] : indptr[slot[member] + 1]]
        _take(member, voters, neighbors, similarities, k, base, unit, best, gains)
    for i in range(budget):
        chosen, gain = -1, np.int64(0)
        for row in range(n):
            if gains[row] < gain or not free[row] or (budget - i == owed and deficit[group[row]] == 0):
                continue
            if gains[row] > gain or (chosen >= 0 and degree[row] > degree[chosen]):
                chosen, gain = row, gains[row]
        if chosen < 0:
            return picks[:i], found[:i], True
        if slot[chosen] < 0:
            return picks[:i], found[:i], False
        picks[i], found[i] = chosen, gain
        free[chosen] = False
        if deficit[group[chosen]] > 0:
            deficit[group[chosen]] -= 1
            owed -= 1
        voters = sources[indptr[slot[chosen]] : indptr[slot[chosen] + 1]]
        _take(chosen, voters, neighbors, similarities, k, base, unit, best, gains)
    return picks, found, True
