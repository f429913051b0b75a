"""k-means clusters of the pool, and which of them is served next."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from votek.selection.collapse import first_of_group, identical_rows
from votek.selection.problem import Problem

__all__ = ["Clusters", "cluster"]

ROUNDS = 10
"""k-means passes between two reports."""

MOST_ROUNDS = 100
"""k-means passes in all; large pools settle to within a few texts long before."""

ALL_AT_ONCE = 1_000_000
"""Texts times clusters up to which every pass reads all texts; beyond it a random part each."""


def cluster(problem: Problem, count: int) -> NDArray[np.int64]:
    """int64 (n,): clusters 0, 1, ... in the order of their first node, at most `count` of them.

    k-means on the unit vectors, started by k-means++ with the problem's seed. Fewer where fewer directions differ.
    """
    assert problem.unit is not None
    unit = np.ascontiguousarray(problem.unit)
    count = min(count, len(np.unique(identical_rows(unit))))
    labels = _k_means(problem, unit, count) if count > 1 else np.zeros(len(unit), dtype=np.int64)
    _, numbers = np.unique(first_of_group(labels), return_inverse=True)
    return numbers.ravel().astype(np.int64)


def _k_means(problem: Problem, unit: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    from sklearn.cluster import KMeans, MiniBatchKMeans, kmeans_plusplus
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    # One thread: several add up each centre in whatever order they finish, and the last bit decides close calls.
    with threadpool_limits(limits=1, user_api="openmp"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # directions that differ in the last bit are one cluster
        centres, _ = kmeans_plusplus(unit, count, random_state=problem.seed)
        problem.report(0)
        if len(unit) * count > ALL_AT_ONCE:
            few = MiniBatchKMeans(count, init=centres, n_init=1, batch_size=4096, random_state=problem.seed)
            return np.asarray(few.fit_predict(unit), dtype=np.int64)
        for _ in range(MOST_ROUNDS // ROUNDS):
            found = KMeans(count, init=centres, n_init=1, max_iter=ROUNDS, random_state=problem.seed).fit(unit)
            problem.report(0)
            if found.n_iter_ < ROUNDS:
                break
            centres = found.cluster_centers_
    return np.asarray(found.labels_, dtype=np.int64)


class Clusters:
    """The cluster to pick from next: that with the fewest texts picked or labelled, then the largest, then the first.

    `of` int64 (n,): the cluster of each node. `sizes` int64 (clusters,).
    """

    def __init__(self, problem: Problem, count: int) -> None:
        self.of = cluster(problem, count)
        self.sizes: NDArray[np.int64] = np.bincount(self.of)
        self._served = np.bincount(self.of[problem.labeled], minlength=len(self.sizes))

    def next(self, allowed: NDArray[np.bool_]) -> tuple[int, NDArray[np.int64]]:
        """The cluster, among those with an allowed node, and its allowed nodes, ascending."""
        able = np.unique(self.of[allowed])
        chosen = int(able[np.lexsort((-self.sizes[able], self._served[able]))[0]])
        return chosen, np.flatnonzero(allowed & (self.of == chosen))

    def take(self, node: int) -> None:
        """A text of the cluster was picked."""
        self._served[self.of[node]] += 1
