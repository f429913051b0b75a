"""k-means medoids: as many clusters as labels, and from each the text nearest to its centre.

Lloyd 1982, "Least squares quantization in PCM"; Arthur and Vassilvitskii 2007, "k-means++: the advantages of
careful seeding".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.selection.clusters import Clusters
from votek.selection.problem import Method, Open, Picks, Problem

__all__ = ["K_MEANS_MEDOID", "choose"]


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes from budget + len(labeled) clusters, each the one nearest to its cluster's mean.

    The next cluster is that with the fewest texts picked or labelled, then the largest, then the one whose first
    node is lowest; one in which nothing may be picked is passed over. The gain of a pick is the size of its cluster.
    Equally near nodes: the lower one.
    """
    assert problem.unit is not None
    clusters = Clusters(problem, problem.budget + len(problem.labeled))
    still, distance = Open(problem), _to_centre(problem.unit, clusters.of)
    nodes = np.empty(problem.budget, dtype=np.int64)
    gains = np.empty(problem.budget, dtype=np.float64)
    for i in range(problem.budget):
        chosen, members = clusters.next(still.mask())
        nodes[i] = members[np.argmin(distance[members])]
        gains[i] = clusters.sizes[chosen]
        still.take(int(nodes[i]))
        clusters.take(int(nodes[i]))
        problem.report(i + 1)
    return Picks(nodes, gains)


def _to_centre(unit: NDArray[np.float32], cluster: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64 (n,): squared distance of each node from the mean of its cluster."""
    distance = np.empty(len(unit))
    order = np.argsort(cluster, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(cluster))[:-1]):
        vectors = unit[members].astype(np.float64)
        distance[members] = np.square(vectors - vectors.mean(axis=0)).sum(axis=1)
    return distance


K_MEANS_MEDOID = Method(
    "k-means-medoid",
    "k-means medoids",
    "Sorts the texts into as many clusters as there will be labels, and picks the most central text of each.",
    choose,
    paper="Lloyd 1982, doi 10.1109/TIT.1982.1056489",
    needs_vectors=True,
)
