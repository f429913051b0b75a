"""ProbCover: balls around the picks that hold as many texts as can be.

Yehuda, Dekel, Hacohen and Weinshall 2022, "Active learning through a covering lens", arXiv 2205.11320.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from votek.selection.clusters import cluster
from votek.selection.farthest import continue_farthest
from votek.selection.problem import Method, Open, Picks, Problem
from votek.selection.ties import first_of_best, in_degree

__all__ = ["PROBCOVER", "PURITY", "choose", "smallest_cosine"]

PURITY = 0.95
"""Share of the balls that must hold texts of one cluster only; the paper's."""

MOST_CLUSTERS = 500
"""Clusters that purity is judged by, at most."""

CLOSENESS = 1e-6
"""Cosines are told apart down to this; rounding is far smaller."""

BLOCK_BYTES = 16 * 1024 * 1024


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the one whose ball holds most nodes that no ball of a pick holds yet.

    A ball holds its centre and all nodes with a cosine of at least t to it. t is the lowest with which at least 95% of
    all balls are pure: what they hold is in one cluster, of min(budget + len(labeled), 500), at least two. Balls of
    labelled nodes count as taken. The gain of a pick is the number of nodes that it newly covers. Ties: higher
    in-degree, then lower node. When nothing that may be picked covers more, the node farthest from all that is picked
    or labelled is next, with gain 0.
    """
    cover, degree, still = _Cover(problem), in_degree(problem.graph, problem.k), Open(problem)
    for member in problem.labeled.tolist():
        cover.take(member)
    nodes: list[int] = []
    gains = np.zeros(problem.budget)
    while len(nodes) < problem.budget:
        node = first_of_best(cover.gain, still.mask(), degree)
        if cover.gain[node] == 0:
            break
        gains[len(nodes)] = cover.gain[node]
        nodes.append(node)
        still.take(node)
        cover.take(node)
        problem.report(len(nodes))
    picked = np.array(nodes, dtype=np.int64)
    if len(picked) < problem.budget:
        picked = continue_farthest(problem, picked, degree.astype(np.int32))
    return Picks(picked, gains)


def smallest_cosine(purest: NDArray[np.float32]) -> float:
    """The lowest cosine t with which at least 95% of balls are pure.

    `purest` float32 (n,): the greatest cosine of each node to a node of another cluster; its ball is pure when t is
    above that, by 1e-6.

    >>> round(smallest_cosine(np.arange(40, dtype=np.float32) / 100), 6)
    0.370001
    """
    n = len(purest)
    most_impure = int((1 - PURITY) * n + 1e-9)
    return float(np.sort(purest)[n - 1 - most_impure]) + CLOSENESS


class _Cover:
    """`gain` float64 (n,): how many nodes that nothing covers yet are in the ball of each."""

    def __init__(self, problem: Problem) -> None:
        assert problem.unit is not None
        self._problem, self._unit = problem, np.ascontiguousarray(problem.unit)
        self._covered = np.zeros(len(problem), dtype=np.bool_)
        self._least = smallest_cosine(self._purest())
        self.gain = np.empty(len(problem))
        for part in self._parts(np.arange(len(problem))):
            self.gain[part] = self._balls(part).sum(axis=1)
            problem.report(0)

    def take(self, node: int) -> None:
        """Cover what is in the node's ball."""
        (ball,) = self._balls(np.array([node]))
        newly = np.flatnonzero(ball & ~self._covered)
        self._covered[newly] = True
        for part in self._parts(newly):
            self.gain -= self._balls(part).sum(axis=0)

    def _purest(self) -> NDArray[np.float32]:
        problem = self._problem
        of = cluster(problem, max(2, min(problem.budget + len(problem.labeled), MOST_CLUSTERS)))
        purest = np.empty(len(of), dtype=np.float32)
        for part in self._parts(np.arange(len(of))):
            cosines = self._unit[part] @ self._unit.T
            purest[part] = np.where(of[part][:, None] == of, np.float32(-1), cosines).max(axis=1)
            problem.report(0)
        return purest

    def _balls(self, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """bool (len(nodes), n): who is in the ball of each. Not kept: balls may hold half of a large pool."""
        cosines = self._unit[nodes] @ self._unit.T
        found: NDArray[np.bool_] = cosines >= np.float32(self._least)
        # Worked out again in a fixed order of adding, so that i is in j's ball exactly where j is in i's.
        rows, others = np.nonzero(np.abs(cosines - np.float32(self._least)) < CLOSENESS)
        step = max(1, BLOCK_BYTES // (8 * self._unit.shape[1]))
        for start in range(0, len(rows), step):
            row, other = rows[start : start + step], others[start : start + step]
            pairs = self._unit[nodes[row]].astype(np.float64) * self._unit[other]
            found[row, other] = pairs.sum(axis=1) >= self._least
        found[np.arange(len(nodes)), nodes] = True
        return found

    def _parts(self, nodes: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        step = max(1, BLOCK_BYTES // (4 * len(self._unit)))
        for start in range(0, len(nodes), step):
            yield nodes[start : start + step]


PROBCOVER = Method(
    "probcover",
    "ProbCover",
    "Draws a ball of one size around every text, and picks the texts whose balls hold most texts in no ball yet.",
    choose,
    paper="Yehuda et al. 2022, arXiv 2205.11320",
    needs_vectors=True,
    submodular=True,
)
