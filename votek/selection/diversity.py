"""Diversity: the text that is least like all that is picked, taken together. One of the baselines of vote-k's paper.

Su et al. 2022, "Selective annotation makes language models better few-shot learners", arXiv 2209.01975.
"""

from __future__ import annotations

import numpy as np

from votek.selection.problem import Method, Open, Picks, Problem
from votek.selection.ties import first_of_best, in_degree

__all__ = ["DIVERSITY", "choose"]

CLOSENESS = 1e-9
"""Sums this close count as equal; rounding is far smaller."""


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the one with the lowest sum of cosines to what is picked or labelled.

    The gain of a pick is that sum, negated; 0 while nothing is picked or labelled. Ties: higher in-degree, then
    lower node.
    """
    from votek.selection.similarity_kernels import add_cosines

    assert problem.unit is not None
    unit, likeness = np.ascontiguousarray(problem.unit), np.zeros(len(problem))
    for member in problem.labeled.tolist():
        add_cosines(unit, member, -1.0, likeness)
    degree, still = in_degree(problem.graph, problem.k), Open(problem)
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        nodes[i] = first_of_best(-likeness, still.mask(), degree, closeness=CLOSENESS)
        gains[i] = 0 - likeness[nodes[i]]
        still.take(int(nodes[i]))
        add_cosines(unit, int(nodes[i]), -1.0, likeness)
        problem.report(i + 1)
    return Picks(nodes, gains)


DIVERSITY = Method(
    "diversity",
    "Diversity",
    "Picks, again and again, the text that is least like all that is picked already, taken together.",
    choose,
    paper="Su et al. 2022, arXiv 2209.01975",
    needs_vectors=True,
)
