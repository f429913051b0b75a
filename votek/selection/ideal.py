"""IDEAL: the texts from which most others are reached when each passes on at random to one like it.

Zhang et al. 2023, "IDEAL: influence-driven selective annotations empower in-context learners in large language
models", arXiv 2310.10873. Worlds drawn beforehand: Kempe, Kleinberg and Tardos 2003, "Maximizing the spread of
influence through a social network".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph
from votek.selection.lazy import lazy_greedy
from votek.selection.nearest import nearest
from votek.selection.problem import Method, Picks, Problem
from votek.selection.ties import in_degree

__all__ = ["IDEAL", "WORLDS", "choose", "live_edges"]

K = 10
"""Neighbours that a text may pass on to; the paper's."""

WORLDS = 64
"""Draws of the live edges, one bit each."""

NODES_AT_ONCE = 4096


def choose(problem: Problem) -> Picks:
    """Pick `budget` nodes, each time the one that adds most to the expected number of nodes reached.

    A node that is reached reaches each of its 10 nearest neighbours with the probability cosine / sum of their
    cosines, those below 0 counting as 0. The expectation is the mean over 64 worlds, each an independent draw of
    all edges by the seed. Labelled nodes have reached what they reach. The gain of a pick is the mean number of
    nodes that it adds, itself included. Ties: more nodes with it among their 10, then lower node.
    """
    from votek.selection.cascades import Cascades

    graph = nearest(problem, K)
    cascades = Cascades(graph.neighbors, live_edges(graph, np.random.default_rng(problem.seed)))
    for member in problem.labeled.tolist():
        cascades.take(member)
    bounds = np.zeros(len(problem), dtype=np.int64)
    nodes = np.flatnonzero(problem.eligible)
    for start in range(0, len(nodes), NODES_AT_ONCE):
        part = nodes[start : start + NODES_AT_ONCE]
        bounds[part] = cascades.gains(part)
        problem.report(0)
    picks = lazy_greedy(problem, bounds, in_degree(graph, graph.k), gain=cascades.gain, take=cascades.take)
    return Picks(picks.nodes, picks.gains / WORLDS)


def live_edges(graph: SimilarityGraph, rng: np.random.Generator) -> NDArray[np.uint64]:
    """uint64 (n, k): bit w is set where the edge is live in world w."""
    weight = np.maximum(graph.similarities, 0).astype(np.float64)
    total = weight.sum(axis=1, keepdims=True)
    chance = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    live = np.zeros(weight.shape, dtype=np.uint64)
    for world in range(WORLDS):
        live |= (rng.random(weight.shape) < chance).astype(np.uint64) << np.uint64(world)
    return live


IDEAL = Method(
    "ideal",
    "IDEAL",
    "Picks the texts from which most others are reached when each text passes on, at random, to texts like itself.",
    choose,
    paper="Zhang et al. 2023, arXiv 2310.10873",
    submodular=True,
)
