"""Weighted coverage: every text should have a pick much closer to it than its surroundings are.

Facility location (Nemhauser et al. 1978; Mirzasoleiman et al. 2013) on the similarity graph, where what a
pick is worth to a text is measured against that text's own surroundings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph
from votek.selection.farthest import continue_farthest
from votek.selection.problem import Method, Picks, Problem
from votek.selection.votes import Votes

__all__ = ["WEIGHTED_COVERAGE", "baseline", "choose"]

UNIT = 2**30
"""Weights are whole numbers of 1/UNIT: sums are exact, so that equal gains are equal and nothing drifts."""


def baseline(graph: SimilarityGraph, k: int) -> NDArray[np.float32]:
    """float32 (n,): how similar to each text a text of its wider surroundings is, between 0 and 1.

    The similarity falls from the neighbour in the middle of the first k to the k-th by some amount; from k
    to 2k it is taken to fall by as much again. That is where the surroundings of half the texts per pick end
    when k is N / (2M): one pick for N / M texts.
    """
    last = graph.similarities[:, k - 1]
    middle = graph.similarities[:, (k + 1) // 2 - 1]
    base: NDArray[np.float32] = np.clip(2 * last - middle, 0, 1)
    return base


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes greedily for the sum over all texts i of the best w(i, j) among picks and labelled j.

    w(i, j) = max(0, cos(i, j) - b(i)) for the k nearest neighbours j of i, and w(i, i) = 1 - b(i), with b(i)
    the `baseline`. The gain is the growth of the sum; ties: higher in-degree, then lower node. When nothing
    is gained any more, the node farthest from all that is picked or labelled is next.
    """
    votes = Votes(problem.graph, problem.k)
    gains = np.zeros(problem.budget)
    nodes = np.empty(0, dtype=np.int64)
    if problem.k > 0:
        nodes, found = _greedily(problem, votes)
        gains[: len(found)] = found
    if len(nodes) < problem.budget:
        nodes = continue_farthest(problem, nodes, votes.degree)
    return Picks(nodes, gains)


def _greedily(problem: Problem, votes: Votes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Picks until nothing is gained. Only the voters of nodes that are taken are needed, so few are listed at first."""
    from votek.selection.weighted_coverage_kernels import add_gains, pick

    base = baseline(problem.graph, problem.k)
    similarities = np.ascontiguousarray(problem.graph.similarities)
    by_part = np.zeros_like(votes.by_part, dtype=np.int64)
    votes.each_part(
        lambda i, first, last: add_gains(votes.neighbors, similarities, problem.k, first, last, base, UNIT, by_part[i])
    )
    gains: NDArray[np.int64] = by_part.sum(axis=0)
    order = np.argsort(-gains, kind="stable")
    order = order[problem.eligible[order]]
    listed = min(len(order), at_first(order, problem.budget))
    while True:
        slot, indptr, sources = votes.voters(np.concatenate([problem.labeled, order[:listed]]))
        nodes, found, finished = pick(
            votes.neighbors,
            similarities,
            problem.k,
            base,
            UNIT,
            gains.copy(),
            votes.degree,
            problem.labeled,
            problem.eligible,
            slot,
            indptr,
            sources,
            problem.group,
            problem.deficit,
            problem.budget,
        )
        if finished:
            return nodes, found / UNIT
        listed = min(len(order), 4 * listed)


def at_first(order: NDArray[np.int64], budget: int) -> int:
    """How many of the nodes, sorted by their gain as the first pick, to list the voters of before picking."""
    return max(1024 + 16 * budget, len(order) // 8)


WEIGHTED_COVERAGE = Method(
    "weighted-coverage",
    "Weighted coverage",
    "Picks texts so that every text has a pick much closer to it than the other texts around it are.",
    choose,
    paper="facility location, Nemhauser et al. 1978, on the graph of Su et al. 2022, arXiv 2209.01975",
    submodular=True,
)
