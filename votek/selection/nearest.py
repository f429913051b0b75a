"""The graph with as many neighbours as a method's paper fixes, whatever k was asked for."""

from __future__ import annotations

from votek.datatypes import SimilarityGraph
from votek.selection.problem import Problem

__all__ = ["nearest"]


def nearest(problem: Problem, k: int) -> SimilarityGraph:
    """The `k` nearest neighbours of each node: read off the graph, or linked where it holds fewer.

    A bare graph cannot be linked further: there, all that it holds.
    """
    from votek.graph.build import link

    k = min(k, len(problem) - 1)
    if problem.graph.k >= k or problem.unit is None:
        return problem.graph.truncate(min(k, problem.graph.k))
    return link(problem.unit, k)
