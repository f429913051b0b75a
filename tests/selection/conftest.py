"""Plain-Python vote-k, written from the formulas with exact fractions: slow, and hard to get wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest

from votek.datatypes import SimilarityGraph

Oracle = Callable[..., list[int]]


def _nearest(vectors: np.ndarray, k: int, *, centre: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """(cosines (n, n), neighbors (n, k)) by sorting every pair."""
    shifted = vectors.astype(np.float64) - (vectors.mean(axis=0, dtype=np.float64) if centre else 0.0)
    lengths = np.linalg.norm(shifted, axis=1)
    lengths[lengths == 0] = 1
    unit = (shifted / lengths[:, None]).astype(np.float32).astype(np.float64)
    cosines = (unit @ unit.T).astype(np.float32)
    n = len(vectors)
    order = [sorted((v for v in range(n) if v != u), key=lambda v: (-cosines[u, v], v)) for u in range(n)]
    return cosines, np.array([row[:k] for row in order], dtype=np.int32).reshape(n, k)


def _votek(
    neighbors: np.ndarray,
    budget: int,
    *,
    rho: float = 10.0,
    labeled: Sequence[int] = (),
    exclude: Sequence[int] = (),
    closeness: Callable[[int, int], float | None],
) -> list[int]:
    """Fast vote-k: the whole score of every text worked out again for every pick."""
    n = len(neighbors)
    votes_for = [set(row.tolist()) for row in neighbors]
    voters = [[v for v in range(n) if u in votes_for[v]] for u in range(n)]
    chosen, picks = list(labeled), []

    def score(u: int) -> Fraction:
        total = Fraction(0)
        for v in voters[u]:
            if v not in chosen:
                total += Fraction(rho) ** -sum(member in votes_for[v] for member in chosen)
        return total

    def farness(u: int) -> float:
        known = [c for member in chosen if (c := closeness(u, member)) is not None]
        return max(known, default=-np.inf)

    for _ in range(budget):
        open_now = [u for u in range(n) if u not in chosen and u not in exclude]
        scores = {u: score(u) for u in open_now}
        if any(scores.values()):
            best = min(open_now, key=lambda u: (-scores[u], -len(voters[u]), u))
        else:
            best = min(open_now, key=lambda u: (farness(u), -len(voters[u]), u))
        chosen.append(best)
        picks.append(best)
    return picks


@pytest.fixture(scope="session")
def nearest() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Brute-force neighbours of vectors."""
    return _nearest


@pytest.fixture(scope="session")
def oracle_on_vectors() -> Oracle:
    """Vote-k on distinct vectors (n, d)."""

    def run(vectors: np.ndarray, budget: int, *, k: int, **options: object) -> list[int]:
        cosines, neighbors = _nearest(vectors, k)
        return _votek(neighbors, budget, closeness=lambda u, v: cosines[u, v], **options)

    return run


@pytest.fixture(scope="session")
def oracle_on_graph() -> Oracle:
    """Vote-k on a bare graph, of whose cosines only the edges' are known."""

    def run(graph: SimilarityGraph, budget: int, *, k: int, **options: object) -> list[int]:
        edges: dict[tuple[int, int], float] = {}
        for u in range(len(graph)):
            for v, cosine in zip(graph.neighbors[u, :k].tolist(), graph.similarities[u, :k].tolist(), strict=True):
                for pair in ((u, v), (v, u)):
                    edges[pair] = max(cosine, edges.get(pair, -np.inf))
        return _votek(graph.neighbors[:, :k], budget, closeness=lambda u, v: edges.get((u, v)), **options)

    return run


@pytest.fixture(scope="session")
def random_graph() -> Callable[..., SimilarityGraph]:
    """A graph with many ties: neighbours drawn with a bias to some hubs, similarities from few values."""

    def make(rng: np.random.Generator, n: int, k: int) -> SimilarityGraph:
        bias = rng.integers(1, 4, size=n).astype(float)
        neighbors = np.empty((n, k), dtype=np.int32)
        for row in range(n):
            chance = bias.copy()
            chance[row] = 0
            neighbors[row] = rng.choice(n, size=k, replace=False, p=chance / chance.sum())
        similarities = -np.sort(-rng.integers(-2, 5, size=(n, k)) / np.float32(4), axis=1)
        return SimilarityGraph(neighbors, similarities.astype(np.float32))

    return make
