"""Picks that span the most volume: greedy search for the most probable set of a determinantal point process.

Chen, Zhang and Zhou 2018, "Fast greedy MAP inference for determinantal point process to improve recommendation
diversity", arXiv 1709.05135; with a confidence Wang et al. 2024, "Effective demonstration annotation for in-context
learning via language model-based determinantal point process", arXiv 2408.02103.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.problem import Method, Open, Picks, Problem
from votek.selection.ties import first_of_best, in_degree

__all__ = ["DPP", "LM_DPP", "choose", "choose_by_perplexity"]

RIDGE = 1e-6
"""Added to the kernel's diagonal. Vectors of d numbers span d dimensions, so that without it every set of more
than d picks, or with a text at the centre of the pool, has determinant 0, and no pick would be better than another."""

BALANCE = 0.5
"""lambda of LM-DPP: how much a model's sureness counts beside diversity, from 0 (not at all) to below 1."""

CLOSENESS = 1e-6
"""Gains this close count as equal; rounding is far smaller."""


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the one that raises log det(C_S + RIDGE) most, S with the labelled nodes.

    C holds the cosines of the centred vectors. The gain of a pick is that rise: the logarithm of its squared
    distance from the span of S. Ties: higher in-degree, then lower node. With a confidence: `choose_by_perplexity`.
    """
    if problem.confidence is not None:
        return choose_by_perplexity(problem)
    return _greedy(problem, np.zeros(len(problem)))


def choose_by_perplexity(problem: Problem) -> Picks:
    """The same for the kernel D C D, D = Diag(exp(a r)): r = 1 / perplexity, a = lambda / (2 (1 - lambda)).

    Confidence is taken as a mean log-probability, so r = exp(confidence). Where the highest is above 0, and so is
    no log-probability, all are lowered by it: the surest text then has perplexity 1.
    """
    assert problem.confidence is not None
    sure = np.where(problem.eligible, problem.confidence, -np.inf)
    inverse_perplexity = np.exp(sure - max(0.0, float(sure.max())))
    # log det of D C D is that of C plus 2 a r of each pick, so that only the gains change.
    return _greedy(problem, BALANCE / (1 - BALANCE) * inverse_perplexity)


def _greedy(problem: Problem, bonus: NDArray[np.float64]) -> Picks:
    assert problem.unit is not None
    span, still, degree = _Span(problem.unit), Open(problem), in_degree(problem.graph, problem.k)
    for member in problem.labeled.tolist():
        span.take(member)
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        scores = np.log(span.distance) + bonus
        allowed = still.mask()
        nodes[i] = first_of_best(scores, allowed, degree, closeness=CLOSENESS)
        gains[i] = scores[allowed].max()  # equal to the pick's own, and never above the one before
        still.take(int(nodes[i]))
        span.take(int(nodes[i]))
        problem.report(i + 1)
    return Picks(nodes, gains)


class _Span:
    """Squared distance of every node from the span of those taken: O(n d) for each, no matrix of n by n.

    `distance`[i] = RIDGE + u_i' P u_i, with P = (I + sum of u_s u_s' / RIDGE) ** -1 over what is taken: the same
    number as the next pivot of a Cholesky factor of the kernel.
    """

    def __init__(self, unit: NDArray[np.float32]) -> None:
        self._unit = np.ascontiguousarray(unit)
        self._inverse = np.eye(unit.shape[1])
        # Lengths as rounding left them: taken for exactly 1, they would drown what is left beyond d picks.
        self.distance: NDArray[np.float64] = RIDGE + np.einsum("ij,ij->i", unit, unit, dtype=np.float64)

    def take(self, node: int) -> None:
        from votek.selection.span_kernels import withdraw

        toward = self._inverse @ self._unit[node].astype(np.float64)
        pivot = float(self.distance[node])
        self._inverse -= np.outer(toward, toward) / pivot
        withdraw(self._unit, toward, pivot, RIDGE, self.distance)


DPP = Method(
    "dpp",
    "DPP",
    "Picks texts that point in as different directions as possible: those whose vectors together span the most volume.",
    choose,
    paper="Chen et al. 2018, arXiv 1709.05135",
    needs_vectors=True,
    confidence="optional",
    submodular=True,
)

LM_DPP = Method(
    "lm-dpp",
    "LM-DPP",
    "Picks texts that point in different directions, and prefers those that a model finds less perplexing.",
    choose_by_perplexity,
    paper="Wang et al. 2024, arXiv 2408.02103",
    needs_vectors=True,
    confidence="needed",
    submodular=True,
)
