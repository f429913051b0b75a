"""Fast vote-k as others would write it, from the same formulas: the peers of the benchmark.

Each takes neighbors (n, k) and gives the same picks for the same graph where no scores tie by rounding.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

__all__ = ["loops_with_lists", "loops_with_sets", "neighbors_by_block", "neighbors_by_row", "sparse_rounds"]


def neighbors_by_row(vectors: np.ndarray, k: int) -> np.ndarray:
    """One text at a time: scikit-learn's cosine to all, all of them sorted, the last k but itself."""
    from sklearn.metrics.pairwise import cosine_similarity

    centred = vectors - vectors.mean(axis=0)
    neighbors = np.empty((len(vectors), k), dtype=np.int32)
    for row in range(len(vectors)):
        order = np.argsort(cosine_similarity(centred[row : row + 1], centred)[0])
        neighbors[row] = order[order != row][-k:][::-1]
    return neighbors


def neighbors_by_block(vectors: np.ndarray, k: int) -> np.ndarray:
    """The same in blocks of 1,024 texts: one matrix product, a partition, and a sort of what is left."""
    centred = vectors - vectors.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    neighbors = np.empty((len(vectors), k), dtype=np.int32)
    for start in range(0, len(unit), 1024):
        cosine = unit[start : start + 1024] @ unit.T
        rows = np.arange(len(cosine))
        cosine[rows, start + rows] = -2
        best = np.argpartition(-cosine, k, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(cosine, best, axis=1), axis=1)
        neighbors[start : start + 1024] = np.take_along_axis(best, order, axis=1)
    return neighbors


def _voters(neighbors: np.ndarray) -> dict[int, list[int]]:
    voters: dict[int, list[int]] = defaultdict(list)
    for voter, row in enumerate(neighbors.tolist()):
        for chosen in row:
            voters[chosen].append(voter)
    return voters


def loops_with_lists(neighbors: np.ndarray, budget: int, rho: float = 10.0) -> list[int]:
    """Nested loops: every score from scratch for each pick, `in` asked of lists."""
    voters = _voters(neighbors)
    weight = [1.0] * len(neighbors)
    picks: list[int] = []
    for _ in range(budget):
        best, best_score = -1, -1.0
        for text in range(len(neighbors)):
            if text in picks:
                continue
            score = 0.0
            for voter in voters[text]:
                if voter not in picks:
                    score += weight[voter]
            if score > best_score:
                best, best_score = text, score
        picks.append(best)
        for voter in voters[best]:
            weight[voter] /= rho
    return picks


def loops_with_sets(neighbors: np.ndarray, budget: int, rho: float = 10.0) -> list[int]:
    """The same, `in` asked of a set."""
    voters = _voters(neighbors)
    weight = [1.0] * len(neighbors)
    picks: list[int] = []
    picked: set[int] = set()
    for _ in range(budget):
        best, best_score = -1, -1.0
        for text in range(len(neighbors)):
            if text in picked:
                continue
            score = 0.0
            for voter in voters[text]:
                if voter not in picked:
                    score += weight[voter]
            if score > best_score:
                best, best_score = text, score
        picks.append(best)
        picked.add(best)
        for voter in voters[best]:
            weight[voter] /= rho
    return picks


def sparse_rounds(neighbors: np.ndarray, budget: int, rho: float = 10.0) -> list[int]:
    """The same with scipy: one sparse product per pick."""
    from scipy.sparse import csr_array

    n, k = neighbors.shape
    votes = csr_array((np.ones(n * k), neighbors.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    received = votes.T.tocsr()
    weight = np.ones(n)
    free = np.ones(n, dtype=bool)
    picks = []
    for _ in range(budget):
        best = int(np.argmax(np.where(free, received @ weight, -1.0)))
        picks.append(best)
        free[best] = False
        weight[received.indices[received.indptr[best] : received.indptr[best + 1]]] /= rho
        weight[best] = 0.0
    return picks
