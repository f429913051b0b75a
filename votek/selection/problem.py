"""What a method is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph

__all__ = ["Method", "Picks", "Problem", "allowed"]


@dataclass(frozen=True, eq=False)
class Problem:
    """A checked request, in graph nodes: enough may be picked, the floors can be met, nothing overlaps.

    `graph` may hold more than `k` neighbours; the first `k` count. `labeled` int64: the warm start.
    `eligible` bool (n,): neither labelled nor excluded. `group` int32 (n,) and `deficit` int64 (groups,):
    how many picks each group is still owed. `unit` float32 (n, d): centred unit vectors, where known.
    """

    graph: SimilarityGraph
    k: int
    budget: int
    labeled: NDArray[np.int64]
    eligible: NDArray[np.bool_]
    rho: float
    seed: int
    group: NDArray[np.int32]
    deficit: NDArray[np.int64]
    unit: NDArray[np.float32] | None

    def __len__(self) -> int:
        return len(self.graph)


@dataclass(frozen=True, eq=False)
class Picks:
    """`nodes` int64 (budget,) in pick order and `gains` float64 (budget,), the score of each when picked."""

    nodes: NDArray[np.int64]
    gains: NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """A way to pick. `sentence`: what it does, in plain words. `needs_vectors`: a bare graph is refused."""

    name: str
    sentence: str
    choose: Callable[[Problem], Picks]
    needs_vectors: bool = False
    uses_confidence: bool = False
    version: int = 1


def allowed(problem: Problem, deficit: NDArray[np.int64], left: int, free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which `free` nodes may be picked now: once all picks left are owed to groups, only those of such groups."""
    if left > int(deficit.sum()):
        return free
    owed: NDArray[np.bool_] = deficit[problem.group] > 0
    return free & owed
