"""k-center: the text that is farthest from all that is picked, again and again.

Sener and Savarese 2018, "Active learning for convolutional neural networks: a core-set approach", arXiv 1708.00489.
"""

from __future__ import annotations

import numpy as np

from votek.selection.problem import Method, Open, Picks, Problem
from votek.selection.ties import first_of_best, in_degree

__all__ = ["K_CENTER", "choose"]


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the one whose greatest cosine to what is picked or labelled is lowest.

    The gain of a pick is its distance, 1 - that cosine; 2, the most there is, while nothing is picked or labelled.
    Ties: higher in-degree, then lower node.
    """
    from votek.selection.kernels import closest

    assert problem.unit is not None
    unit, every = np.ascontiguousarray(problem.unit), np.arange(len(problem))
    cosine = np.full(len(problem), -1, dtype=np.float32)
    for member in problem.labeled.tolist():
        closest(unit, every, member, cosine)
    degree, still = in_degree(problem.graph, problem.k), Open(problem)
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        distance = 1 - cosine.astype(np.float64)
        nodes[i] = first_of_best(distance, still.mask(), degree)
        gains[i] = distance[nodes[i]]
        still.take(int(nodes[i]))
        closest(unit, every, int(nodes[i]), cosine)
        problem.report(i + 1)
    return Picks(nodes, gains)


K_CENTER = Method(
    "k-center",
    "k-center",
    "Picks, again and again, the text that is farthest from all that is picked already.",
    choose,
    paper="Sener and Savarese 2018, arXiv 1708.00489",
    needs_vectors=True,
    submodular=True,
)
