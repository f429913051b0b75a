"""Fast vote-k by exact updates, compiled: the quicker way where picks reach most of the texts.

Imported only where it runs: numba loads with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled

__all__ = ["pick_by_updates", "weight_table"]

WINDOW = 1.0 - 1e-12
"""Scores this close in floating point are compared exactly."""

Rows = NDArray[np.int32]
Limbs = NDArray[np.int64]


def weight_table(whole: int, n: int, most: int) -> tuple[NDArray[np.int64], int]:
    """Weights of a vote in units of the smallest in a limb, and the number of limbs.

    A score is kept as whole numbers ("limbs"): the vote of a text with c picks among its neighbours
    adds weights[c % len(weights)] to limb c // len(weights). No sum of n votes overflows 63 bits.
    """
    if whole == 1:
        return np.ones(most + 1, dtype=np.int64), 1
    powers = 1
    while max(n, whole) * whole**powers < 2**62 and powers <= most:
        powers += 1
    weights = np.array([whole ** (powers - 1 - r) for r in range(powers)], dtype=np.int64)
    return weights, most // powers + 1


@compiled
def _take(
    member: int, neighbors: Rows, k: int, voters: Rows, bins: Rows, weights: Limbs, scores: Limbs, top: int
) -> Any:
    """Move a row to L: it stops voting, and the votes of its voters shrink."""
    step = weights.shape[0]
    if bins[member] > 0:
        c = bins[member] - 1
        for j in range(k):
            scores[neighbors[member, j], c // step] -= weights[c % step]
        bins[member] = 0
    for voter in voters:
        if bins[voter] == 0:
            continue
        c = bins[voter] - 1
        bins[voter] += 1
        top = max(top, c + 1)
        limb, r = c // step, c % step
        if r + 1 < step:
            less = weights[r] - weights[r + 1]
            for j in range(k):
                scores[neighbors[voter, j], limb] -= less
        else:
            for j in range(k):
                row = neighbors[voter, j]
                scores[row, limb] -= weights[r]
                scores[row, limb + 1] += weights[0]
    return top


@compiled
def _carried(limbs: Limbs, used: int, base: int, out: Limbs) -> None:
    """The one way to write a score: every limb but the first below `base`."""
    carry = 0
    for j in range(used - 1, 0, -1):
        value = limbs[j] + carry
        carry = value // base
        out[j] = value - carry * base
    out[0] = limbs[0] + carry


@compiled
def _sign(limbs: Limbs, best: Limbs, used: int) -> Any:
    for j in range(used):
        if limbs[j] != best[j]:
            return 1 if limbs[j] > best[j] else -1
    return 0


@compiled
def pick_by_updates(
    neighbors: Rows,
    k: int,
    degree: Rows,
    labeled: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    indptr: NDArray[np.int64],
    sources: Rows,
    group: Rows,
    deficit: NDArray[np.int64],
    budget: int,
    whole: int,
    weights: NDArray[np.int64],
    limbs: int,
) -> Any:
    """(picks, gains), keeping every score as whole numbers: nothing drifts, and equal scores are equal.

    `indptr`, `sources`: the voters of every row. Stops early when every score is zero.
    """
    n, step = degree.shape[0], weights.shape[0]
    base = weights[0] * whole
    scale = np.ones(limbs)
    for j in range(1, limbs):
        scale[j] = scale[j - 1] / base
    scores = np.zeros((n, limbs), dtype=np.int64)
    bins = np.ones(n, dtype=np.int32)
    free = eligible.copy()
    for row in range(n):
        scores[row, 0] = degree[row] * weights[0]
    top = 0
    for member in labeled:
        top = _take(member, neighbors, k, sources[indptr[member] : indptr[member + 1]], bins, weights, scores, top)
    deficit = deficit.copy()
    owed = deficit.sum()
    picks, gains = np.empty(budget, dtype=np.int64), np.empty(budget, dtype=np.float64)
    limbs_now, best_limbs = np.zeros(limbs, dtype=np.int64), np.zeros(limbs, dtype=np.int64)
    for i in range(budget):
        used = top // step + 1 if whole > 1 else 1
        best, best_score = -1, -1.0
        for row in range(n):
            if not free[row] or (budget - i == owed and deficit[group[row]] == 0):
                continue
            score = float(scores[row, 0])
            for j in range(1, used):
                score += scores[row, j] * scale[j]
            if score < best_score * WINDOW:
                continue
            _carried(scores[row], used, base, limbs_now)
            sign = 1 if best < 0 else _sign(limbs_now, best_limbs, used)
            if sign == 0:
                sign = degree[row] - degree[best]  # on a tie the lower row was there first
            if sign > 0:
                best, best_score = row, score
                best_limbs[:used] = limbs_now[:used]
        if best < 0 or not best_limbs[:used].any():
            return picks[:i], gains[:i]
        gain = 0.0
        for j in range(used - 1, -1, -1):
            gain += best_limbs[j] * scale[j]
        picks[i], gains[i] = best, gain / weights[0]
        free[best] = False
        if deficit[group[best]] > 0:
            deficit[group[best]] -= 1
            owed -= 1
        top = _take(best, neighbors, k, sources[indptr[best] : indptr[best + 1]], bins, weights, scores, top)
    return picks, gains
