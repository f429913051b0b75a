"""CoverICL: cover the half of the texts that a model finds hard.

Mavromatis et al. 2024, "CoverICL: selective annotation for in-context learning via active graph coverage",
EMNLP 2024.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph
from votek.selection.nearest import nearest
from votek.selection.problem import Method, Open, Picks, Problem
from votek.selection.ties import first_of_best, in_degree

__all__ = ["COVERICL", "choose"]

K = 15
"""Neighbours whose picks cover a text; the paper's."""


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the hard one that covers most hard nodes that nothing covers yet.

    Hard is the half of lowest confidence of what may be picked, halves rounded up, equal ones by node. A node is
    covered when it is picked or one of its 15 nearest neighbours is picked or labelled. When every hard node is
    covered, covering starts anew among the hard ones not picked; when all of these are picked, or the floors
    allow none of them, all that is left counts as hard. The gain of a pick is how many nodes it newly covers.
    Ties: more nodes with it among their 15, then lower node.
    """
    graph, still = nearest(problem, K), Open(problem)
    cover, degree = _Cover(graph, _hard_half(problem)), in_degree(graph, graph.k)
    for member in problem.labeled.tolist():
        cover.take(member)
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        allowed = still.mask() & cover.hard
        if not allowed.any():
            cover.start_anew(still.free)
            allowed = still.mask()
        elif not cover.gain[allowed].any():
            cover.start_anew(still.free & cover.hard)
        nodes[i] = first_of_best(cover.gain, allowed, degree)
        gains[i] = cover.gain[nodes[i]]
        still.take(int(nodes[i]))
        cover.take(int(nodes[i]))
        problem.report(i + 1)
    return Picks(nodes, gains)


def _hard_half(problem: Problem) -> NDArray[np.bool_]:
    """bool (n,): the less confident half of what may be picked."""
    assert problem.confidence is not None
    nodes = np.flatnonzero(problem.eligible)
    order = nodes[np.argsort(problem.confidence[nodes], kind="stable")]
    hard = np.zeros(len(problem), dtype=np.bool_)
    hard[order[: (len(order) + 1) // 2]] = True
    return hard


class _Cover:
    """`hard` bool (n,): what is to be covered. `gain` float64 (n,): how many uncovered hard nodes each covers."""

    def __init__(self, graph: SimilarityGraph, hard: NDArray[np.bool_]) -> None:
        self._graph = graph
        self.start_anew(hard)

    def start_anew(self, hard: NDArray[np.bool_]) -> None:
        """Cover `hard`, of which nothing is covered."""
        self.hard = hard.copy()
        self._open = hard.copy()
        self.gain: NDArray[np.float64] = np.zeros(len(hard))
        self._count(np.flatnonzero(hard), 1)

    def take(self, node: int) -> None:
        """Cover the node and those that have it among their neighbours."""
        reach = np.append(self._graph.voters(node), np.int32(node))
        newly = reach[self._open[reach]]
        self._open[newly] = False
        self._count(newly, -1)

    def _count(self, nodes: NDArray[np.integer], sign: int) -> None:
        reach = np.concatenate([self._graph.neighbors[nodes].ravel(), nodes])
        self.gain += sign * np.bincount(reach, minlength=len(self.gain))


COVERICL = Method(
    "covericl",
    "CoverICL",
    "Takes the half of the texts that a model is least sure of, and picks those that most others of it lie near.",
    choose,
    paper="Mavromatis et al. 2024, doi 10.18653/v1/2024.emnlp-main.1185",
    confidence="needed",
)
