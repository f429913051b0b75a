"""What to pick when no text has votes left: the one farthest from all that is picked or labelled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.problem import Open, Problem

__all__ = ["continue_farthest"]


def continue_farthest(problem: Problem, picked: NDArray[np.int64], degree: NDArray[np.int32]) -> NDArray[np.int64]:
    """Fill the picks up to the budget: lowest greatest cosine to L, then higher in-degree, then lower node.

    With vectors the cosine is exact. With a bare graph only its edges are known, in either direction:
    a node without an edge to L counts as farther than any node with one.
    """
    cosine = np.full(len(problem), -np.inf, dtype=np.float32)
    still = Open(problem)
    picks = [int(node) for node in picked]
    for node in picks:
        still.take(node)
    for member in [*problem.labeled.tolist(), *picks]:
        _approach(problem, member, still.free, cosine)
    while len(picks) < problem.budget:
        candidates = np.flatnonzero(still.mask())
        candidates = candidates[cosine[candidates] == cosine[candidates].min()]
        node = int(candidates[np.argmax(degree[candidates])])
        picks.append(node)
        still.take(node)
        _approach(problem, node, still.free, cosine)
        problem.report(len(picks))
    return np.array(picks, dtype=np.int64)


def _approach(problem: Problem, member: int, free: NDArray[np.bool_], cosine: NDArray[np.float32]) -> None:
    """Take one more member of L into account."""
    if problem.unit is not None:
        from votek.selection.kernels import closest

        closest(problem.unit, np.flatnonzero(free), member, cosine)
        return
    neighbors, similarities = problem.graph.neighbors, problem.graph.similarities
    known = neighbors[member, : problem.k]
    cosine[known] = np.maximum(cosine[known], similarities[member, : problem.k])
    candidates = problem.graph.voters(member)
    voter, place = np.nonzero(neighbors[candidates, : problem.k] == member)
    voters = candidates[voter]
    cosine[voters] = np.maximum(cosine[voters], similarities[voters, place])
