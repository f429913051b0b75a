"""The discounted vote of a few texts at any moment, for methods that choose among a part of the pool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.problem import Problem
from votek.selection.votes import Votes

__all__ = ["DiscountedVotes", "whole_rho"]

LARGEST_WHOLE_RHO = 2**40
"""Beyond it rounding decides what is equal; below it scores are compared exactly, as base-rho numbers."""


def whole_rho(rho: float) -> int:
    """`rho` as the base in which scores are compared exactly, or 0 where it is none.

    >>> whole_rho(10.0), whole_rho(2.5)
    (10, 0)
    """
    return int(rho) if rho == int(rho) and rho <= LARGEST_WHOLE_RHO else 0


class DiscountedVotes:
    """score(u) = sum over voters v of u outside L of rho ** -(number of members of L that v votes for).

    L starts with the labelled nodes and grows with `take`. Every score is worked out from scratch when it is
    asked for: nothing drifts, and with a whole rho equal scores are equal.
    """

    def __init__(self, problem: Problem) -> None:
        from votek.selection.kernels import take_all

        n = len(problem)
        votes = Votes(problem.graph, problem.k)
        self.degree = votes.degree
        _, self._indptr, self._sources = votes.voters(np.arange(n, dtype=np.int64))
        self._rho, self._whole = problem.rho, whole_rho(problem.rho)
        self._most = min(problem.k, problem.budget + len(problem.labeled))
        self._bins = np.ones(n, dtype=np.int32)
        self._top = int(take_all(problem.labeled, self._indptr, self._sources, self._bins, 0))

    def take(self, node: int) -> None:
        """Move a node to L: it votes no more, and the votes of its voters count less."""
        from votek.selection.kernels import take_all

        member = np.array([node], dtype=np.int64)
        self._top = int(take_all(member, self._indptr, self._sources, self._bins, self._top))

    def best(self, candidates: NDArray[np.int64]) -> tuple[int, float]:
        """The candidate with the highest score, and that score; ties: higher in-degree, then lower node."""
        from votek.selection.kernels import best_of

        node, score = best_of(
            candidates,
            self.degree,
            self._indptr,
            self._sources,
            self._bins,
            self._rho,
            self._whole,
            self._top,
            self._most,
        )
        return int(node), float(score)
