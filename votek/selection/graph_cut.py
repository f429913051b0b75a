"""Graph cut: texts that are similar to the whole pool, and not to each other.

Qian et al. 2024, "Sub-SA: strengthen in-context learning via submodular selective annotation", arXiv 2407.05693.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.problem import Method, Open, Picks, Problem
from votek.selection.similar_rows import SimilarRows
from votek.selection.ties import first_of_best, in_degree

__all__ = ["CLOSENESS", "GRAPH_CUT", "choose"]

CLOSENESS = 1e-6
"""Gains closer than this times the square root of n count as equal; rounding of n cosines adds up to far less."""


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the one that adds most to f(S), S with the labelled nodes.

    f(S) = sum over all i and j in S of s(i, j) - sum over ordered pairs i != j in S of s(i, j), with
    s = max(0, cosine). The gain of a pick is what it added: its similarity to all less twice that to S. No s is
    below 0, so gains never grow; they may fall below 0. Ties: higher in-degree, then lower node.
    """
    from votek.selection.similarity_kernels import add_cosines

    assert problem.unit is not None
    reward, unit = _reward(problem), np.ascontiguousarray(problem.unit)
    near = np.zeros(len(problem))
    for member in problem.labeled.tolist():
        add_cosines(unit, member, 0.0, near)
    degree, still = in_degree(problem.graph, problem.k), Open(problem)
    closeness = CLOSENESS * len(problem) ** 0.5
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        scores, allowed = reward - 2 * near, still.mask()
        nodes[i] = first_of_best(scores, allowed, degree, closeness=closeness)
        gains[i] = scores[allowed].max()  # equal to the pick's own, and never above the one before
        still.take(int(nodes[i]))
        add_cosines(unit, int(nodes[i]), 0.0, near)
        problem.report(i + 1)
    return Picks(nodes, gains)


def _reward(problem: Problem) -> NDArray[np.float64]:
    """float64 (n,): how similar each node is to all, itself included."""
    assert problem.unit is not None
    rows, nothing = SimilarRows(problem.unit), np.zeros(len(problem), dtype=np.float32)
    reward = np.empty(len(problem))
    for part in rows.parts(np.arange(len(problem))):
        reward[part] = rows.above(part, nothing, keep=False)
        problem.report(0)
    return reward


GRAPH_CUT = Method(
    "graph-cut",
    "Graph cut",
    "Picks texts that are similar to the pool as a whole, less for being similar to what is picked already.",
    choose,
    paper="Qian et al. 2024, arXiv 2407.05693",
    needs_vectors=True,
    submodular=True,
)
