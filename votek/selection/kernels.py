"""Compiled loops of vote-k. Imported only where they run: numba loads with them."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.graph.compiled import compiled
from votek.graph.kernels import dot

__all__ = ["best_of", "closest", "count_votes", "list_voters", "pick", "rank_by_degree", "take_all"]

WINDOW = 1.0 - 1e-12
"""Bounds this close to the best score are evaluated; the rounding of a score is far smaller."""

Rows = NDArray[np.int32]


@compiled
def count_votes(neighbors: Rows, k: int, first: int, last: int, votes: Rows) -> None:
    """Add to `votes` how many of the rows first..last-1 have each row among their first k neighbours."""
    for row in range(first, last):
        for j in range(k):
            votes[neighbors[row, j]] += 1


@compiled
def rank_by_degree(degree: Rows, eligible: NDArray[np.bool_]) -> Any:
    """Eligible rows, highest in-degree first, then lowest row: a counting sort."""
    n = degree.shape[0]
    highest = 0
    for row in range(n):
        highest = max(highest, degree[row])
    starts = np.zeros(highest + 2, dtype=np.int64)
    for row in range(n):
        if eligible[row]:
            starts[highest - degree[row] + 1] += 1
    for i in range(highest + 1):
        starts[i + 1] += starts[i]
    order = np.empty(starts[highest + 1], dtype=np.int64)
    for row in range(n):
        if eligible[row]:
            place = highest - degree[row]
            order[starts[place]] = row
            starts[place] += 1
    return order


@compiled
def list_voters(
    neighbors: Rows,
    k: int,
    first: int,
    last: int,
    wanted: NDArray[np.uint8],
    slot: Rows,
    place: NDArray[np.int64],
    sources: Rows,
) -> None:
    """Write the rows first..last-1 into `sources`, at the place of each `wanted` row they vote for."""
    kept = np.empty(k + 1, dtype=np.int32)
    for row in range(first, last):
        m = 0
        for j in range(k):  # without a branch: which neighbours are wanted cannot be foreseen
            kept[m] = neighbors[row, j]
            m += wanted[kept[m]]
        for j in range(m):
            i = slot[kept[j]]
            sources[place[i]] = row
            place[i] += 1


@compiled
def _evaluate(
    voters: Rows, bins: Rows, rho: float, whole: int, top: int, tally: NDArray[np.int64], digits: NDArray[np.int64]
) -> Any:
    """Score from scratch: digits[c] = voters that vote for c members of L; returns (score, voters).

    With a whole rho the digits are carried to base rho, so that equal scores have equal digits.
    """
    # Four tallies in turn: adding to the same bin twice in a row would wait for the first to be stored.
    tally[:, : top + 2] = 0
    last = len(voters) - len(voters) % 4
    for i in range(0, last, 4):
        tally[0, bins[voters[i]]] += 1
        tally[1, bins[voters[i + 1]]] += 1
        tally[2, bins[voters[i + 2]]] += 1
        tally[3, bins[voters[i + 3]]] += 1
    for i in range(last, len(voters)):
        tally[0, bins[voters[i]]] += 1
    total = 0
    for c in range(top + 1):
        digits[c] = tally[0, c + 1] + tally[1, c + 1] + tally[2, c + 1] + tally[3, c + 1]
        total += digits[c]
    if whole > 1:
        for c in range(top, 0, -1):
            digits[c - 1] += digits[c] // whole
            digits[c] %= whole
    elif whole == 1:
        digits[0] = total
        digits[1 : top + 1] = 0
    score = float(digits[top])
    for c in range(top - 1, -1, -1):
        score = score / rho + digits[c]
    return score, total


@compiled
def _compare(
    score: float,
    digits: NDArray[np.int64],
    best_score: float,
    best_digits: NDArray[np.int64],
    whole: int,
    top: int,
) -> Any:
    """1, 0 or -1: exact with a whole rho, else equal within one part in 10^12."""
    if whole > 0:
        for c in range(top + 1):
            if digits[c] != best_digits[c]:
                return 1 if digits[c] > best_digits[c] else -1
        return 0
    if score < best_score * WINDOW:
        return -1
    return 1 if score * WINDOW > best_score else 0


@compiled
def _discount(voters: Rows, bins: Rows, top: int) -> Any:
    for voter in voters:
        if bins[voter] > 0:
            bins[voter] += 1
            top = max(top, bins[voter] - 1)
    return top


@compiled
def take_all(members: NDArray[np.int64], indptr: NDArray[np.int64], sources: Rows, bins: Rows, top: int) -> Any:
    """Move `members` to L; returns the highest count of members that a voter votes for."""
    for member in members:
        top = _discount(sources[indptr[member] : indptr[member + 1]], bins, top)
    for member in members:
        bins[member] = 0
    return top


@compiled
def best_of(
    candidates: NDArray[np.int64],
    degree: Rows,
    indptr: NDArray[np.int64],
    sources: Rows,
    bins: Rows,
    rho: float,
    whole: int,
    top: int,
    most: int,
) -> Any:
    """(row, score) of the candidate with the highest score; ties: higher in-degree, then lower row."""
    tally = np.zeros((4, most + 2), dtype=np.int64)
    digits, best_digits = np.zeros(most + 1, dtype=np.int64), np.zeros(most + 1, dtype=np.int64)
    best, best_score = np.int64(-1), 0.0
    for row in candidates:
        score, _ = _evaluate(sources[indptr[row] : indptr[row + 1]], bins, rho, whole, top, tally, digits)
        sign = 1
        if best >= 0:
            sign = _compare(score, digits, best_score, best_digits, whole, top)
            if sign == 0:
                sign = degree[row] - degree[best]
            if sign == 0:
                sign = best - row
        if sign > 0:
            best, best_score = row, score
            best_digits[: top + 1] = digits[: top + 1]
    return best, best_score


@compiled
def pick(
    order: NDArray[np.int64],
    listed: int,
    degree: Rows,
    labeled: NDArray[np.int64],
    slot: Rows,
    indptr: NDArray[np.int64],
    sources: Rows,
    group: Rows,
    deficit: NDArray[np.int64],
    budget: int,
    rho: float,
    whole: int,
    most: int,
) -> Any:
    """Fast vote-k by lazy evaluation: (picks, gains, finished).

    A score only falls while L grows (rho >= 1), so an old score is an upper bound, and only the rows
    whose bound reaches the best score of the round are evaluated again, each from scratch: nothing
    drifts. `order`: eligible rows by in-degree, the first `listed` of them with their voters at hand;
    not `finished` when a further one would have to be evaluated. With rho < 1 every row is evaluated in
    every round. Stops early when every score is zero. `most`: highest count that can occur.
    """
    # bins[v]: 0 for members of L, which do not vote, else 1 + the members that v votes for.
    bins = np.ones(degree.shape[0], dtype=np.int32)
    top = 0
    for member in labeled:
        top = _discount(sources[indptr[slot[member]] : indptr[slot[member] + 1]], bins, top)
    for member in labeled:
        bins[member] = 0
    owed = deficit.sum()
    deficit = deficit.copy()
    picks, gains = np.empty(budget, dtype=np.int64), np.empty(budget, dtype=np.float64)
    tally = np.zeros((4, most + 2), dtype=np.int64)
    digits, best_digits = np.zeros(most + 1, dtype=np.int64), np.zeros(most + 1, dtype=np.int64)
    heap, seen = [(0.0, np.int64(0))], [(0.0, np.int64(0))]
    heap.pop()
    following = 0
    for i in range(budget):
        seen.clear()
        best, best_score, best_total = np.int64(-1), 0.0, 0
        while True:
            fresh = following < order.shape[0]
            if fresh and len(heap) > 0:
                fresh = degree[order[following]] >= -heap[0][0]
            if fresh:
                row, bound = order[following], float(degree[order[following]])
            elif len(heap) > 0:
                row, bound = heap[0][1], -heap[0][0]
            else:
                break
            if best >= 0 and rho >= 1.0 and bound < best_score * WINDOW:
                break
            if fresh and following >= listed:
                return picks[:i], gains[:i], False
            if fresh:
                following += 1
            else:
                heappop(heap)
            if budget - i == owed and deficit[group[row]] == 0:
                continue  # from now on only groups in deficit may be picked
            voters = sources[indptr[slot[row]] : indptr[slot[row] + 1]]
            score, total = _evaluate(voters, bins, rho, whole, top, tally, digits)
            seen.append((-score, row))
            sign = 1
            if best >= 0:
                sign = _compare(score, digits, best_score, best_digits, whole, top)
                if sign == 0:
                    sign = degree[row] - degree[best]
                if sign == 0:
                    sign = best - row
            if sign > 0:
                best, best_score, best_total = row, score, total
                best_digits[: top + 1] = digits[: top + 1]
        if best_total == 0:
            return picks[:i], gains[:i], True
        for entry in seen:
            if entry[1] != best:
                heappush(heap, entry)
        picks[i], gains[i] = best, best_score
        if deficit[group[best]] > 0:
            deficit[group[best]] -= 1
            owed -= 1
        top = _discount(sources[indptr[slot[best]] : indptr[slot[best] + 1]], bins, top)
        bins[best] = 0
    return picks, gains, True


@compiled
def closest(unit: NDArray[np.float32], rows: NDArray[np.int64], member: int, cosine: NDArray[np.float32]) -> None:
    """Raise cosine[row], for each of `rows`, to that between it and a new member of L."""
    for row in rows:
        cosine[row] = max(cosine[row], dot(unit[row], unit[member]))
