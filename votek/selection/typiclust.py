"""TypiClust: from each cluster of the pool the text with the closest company.

Hacohen, Dekel and Weinshall 2022, "Active learning on a budget: opposite strategies suit high and low budgets",
arXiv 2202.02794.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.clusters import Clusters
from votek.selection.problem import Method, Open, Picks, Problem

__all__ = ["MOST_CLUSTERS", "NEIGHBORS", "TYPICLUST", "choose", "typicality"]

MOST_CLUSTERS = 500
"""The paper's limit."""

NEIGHBORS = 20
"""Nearest texts of the cluster that typicality is measured by; the paper's."""

APART = 1e-5
"""Added to the mean distance: texts at distance 0 are as typical as can be, not infinitely so."""

BLOCK_BYTES = 16 * 1024 * 1024


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes from min(budget + len(labeled), 500) clusters, each the most typical of its cluster.

    The next cluster is that with the fewest texts picked or labelled, then the largest, then the one whose first
    node is lowest; one in which nothing may be picked is passed over. The gain of a pick is its typicality. Equally
    typical nodes: the lower one.
    """
    clusters = Clusters(problem, min(problem.budget + len(problem.labeled), MOST_CLUSTERS))
    still, typical = Open(problem), _all_typicalities(problem, clusters.of)
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        _, members = clusters.next(still.mask())
        nodes[i] = members[np.argmax(typical[members])]
        gains[i] = typical[nodes[i]]
        still.take(int(nodes[i]))
        clusters.take(int(nodes[i]))
        problem.report(i + 1)
    return Picks(nodes, gains)


def _all_typicalities(problem: Problem, cluster: NDArray[np.int64]) -> NDArray[np.float64]:
    assert problem.unit is not None
    typical = np.empty(len(problem))
    order = np.argsort(cluster, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(cluster))[:-1]):
        typical[members] = typicality(problem.unit[members])
        problem.report(0)
    return typical


def typicality(unit: NDArray[np.float32]) -> NDArray[np.float64]:
    """float64 (n,): 1 / the mean distance to the nearest 20 of the others; 0 for one that is alone.

    >>> typicality(np.array([[1, 0], [0, 1], [-1, 0]], dtype=np.float32)).round(2).tolist()
    [0.59, 0.71, 0.59]
    """
    n = len(unit)
    neighbors = min(NEIGHBORS, n - 1)
    if neighbors == 0:
        return np.zeros(n)
    typical = np.empty(n)
    step = max(1, BLOCK_BYTES // (8 * n))
    for start in range(0, n, step):
        cosines = unit[start : start + step] @ unit.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -np.inf
        nearest = np.partition(cosines, n - neighbors, axis=1)[:, n - neighbors :].astype(np.float64)
        distances = np.sqrt(np.maximum(2 - 2 * nearest, 0))
        typical[start : start + step] = 1 / (np.sort(distances, axis=1).mean(axis=1) + APART)
    return typical


TYPICLUST = Method(
    "typiclust",
    "TypiClust",
    "Sorts the texts into clusters, and picks from each the text that has others closest around it.",
    choose,
    paper="Hacohen et al. 2022, arXiv 2202.02794",
    needs_vectors=True,
)
