"""Facility location: for every text a pick as similar as can be.

Nemhauser, Wolsey and Fisher 1978, "An analysis of approximations for maximizing submodular set functions"; for
choosing what to label Wei, Iyer and Bilmes 2015, "Submodularity in data subset selection and active learning".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.problem import Method, Open, Picks, Problem
from votek.selection.similar_rows import SimilarRows
from votek.selection.ties import in_degree

__all__ = ["CLOSENESS", "FACILITY_LOCATION", "choose"]

CLOSENESS = 1e-6
"""Gains closer than this times the square root of n count as equal; rounding of n cosines adds up to far less."""

AT_ONCE = 32
"""Candidates whose gains are worked out together; twice as many each time they did not settle a pick."""


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the one that adds most to the sum over all i of max(0, greatest cos(i, j)).

    j runs over what is picked or labelled. Cosines below 0 count as 0: being opposite to all picks is no worse
    than having nothing to do with them, and the sum then never falls when a pick is added, and adds less the more
    is picked. The gain of a pick is what it added. Ties: higher in-degree, then lower node.
    """
    assert problem.unit is not None
    cover = _Cover(problem.unit)
    for member in problem.labeled.tolist():
        cover.take(member)
    bounds = cover.start(problem)
    degree, still = in_degree(problem.graph, problem.k), Open(problem)
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        nodes[i], gains[i] = _best(cover, bounds, still.mask(), degree)
        still.take(int(nodes[i]))
        cover.take(int(nodes[i]))
        problem.report(i + 1)
    return Picks(nodes, gains)


def _best(
    cover: _Cover, bounds: NDArray[np.float64], allowed: NDArray[np.bool_], degree: NDArray[np.int64]
) -> tuple[int, float]:
    """The best node and its gain. Minoux 1978: gains only fall, so an earlier one bounds what it is now."""
    closeness = CLOSENESS * len(bounds) ** 0.5
    nodes = np.flatnonzero(allowed)
    waiting = nodes[np.argsort(-bounds[nodes], kind="stable")]
    best, known, count = -np.inf, 0, AT_ONCE
    while known < len(waiting) and bounds[waiting[known]] >= best - closeness:
        part = waiting[known : known + count]
        bounds[part] = np.minimum(bounds[part], cover.gains(part))
        best = max(best, float(bounds[part].max()))
        known, count = known + len(part), 2 * count
    equal = np.sort(waiting[:known][bounds[waiting[:known]] >= best - closeness])
    return int(equal[np.argmax(degree[equal])]), best


class _Cover:
    """`best` float32 (n,): the greatest cosine, at least 0, of each node to what is taken."""

    def __init__(self, unit: NDArray[np.float32]) -> None:
        self._rows = SimilarRows(unit)
        self.best: NDArray[np.float32] = np.zeros(len(unit), dtype=np.float32)

    def take(self, node: int) -> None:
        np.maximum(self.best, self._rows.of(node), out=self.best)

    def gains(self, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        """float64 (len(nodes),): what each would add."""
        return self._rows.above(nodes, self.best)

    def start(self, problem: Problem) -> NDArray[np.float64]:
        """float64 (n,): what each node would add, 0 where it may not be picked."""
        bounds = np.zeros(len(problem))
        for part in self._rows.parts(np.flatnonzero(problem.eligible)):
            bounds[part] = self._rows.above(part, self.best, keep=self._rows.whole)
            problem.report(0)
        return bounds


FACILITY_LOCATION = Method(
    "facility-location",
    "Facility location",
    "Picks texts so that every text has a pick as similar to it as can be.",
    choose,
    paper="Nemhauser et al. 1978, doi 10.1007/BF01588971; Wei et al. 2015",
    needs_vectors=True,
    submodular=True,
)
