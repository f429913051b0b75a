"""What a method is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph

__all__ = ["Method", "Open", "Picks", "Problem"]


def _silent(done: int) -> None:
    pass


@dataclass(frozen=True, eq=False)
class Problem:
    """A checked request, in graph nodes: enough may be picked, the floors can be met, nothing overlaps.

    `graph` may hold more than `k` neighbours; the first `k` count. `labeled` int64: the warm start.
    `eligible` bool (n,): neither labelled nor excluded. `group` int32 (n,) and `deficit` int64 (groups,):
    how many picks each group is still owed. `unit` float32 (n, d): centred unit vectors, where known.
    `confidence` float64 (n,): higher is surer, finite for all eligible nodes. `report(done)`: call it after
    each pick or so; it may raise `Cancelled`.
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
    confidence: NDArray[np.float64] | None = None
    report: Callable[[int], None] = _silent

    def __len__(self) -> int:
        return len(self.graph)


@dataclass(frozen=True, eq=False)
class Picks:
    """`nodes` int64 (budget,) in pick order and `gains` float64 (budget,), the score of each when picked."""

    nodes: NDArray[np.int64]
    gains: NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """A way to pick.

    `label`: its name on a page. `sentence`: what it does, in plain words. `paper`: where it comes from, or "".
    `needs_vectors`: a bare graph is refused. `confidence`: whether it reads a confidence per text.
    `submodular`: its gains never grow from pick to pick (unless a floor steers).
    """

    name: str
    label: str
    sentence: str
    choose: Callable[[Problem], Picks]
    paper: str = ""
    needs_vectors: bool = False
    confidence: Literal["unused", "optional", "needed"] = "unused"
    submodular: bool = False
    version: int = 1


class Open:
    """Which nodes may be picked next, floors included; tell it of every pick with `take`."""

    def __init__(self, problem: Problem) -> None:
        self.free = problem.eligible.copy()
        self.left = problem.budget
        self._group = problem.group
        self._deficit = problem.deficit.copy()

    def mask(self) -> NDArray[np.bool_]:
        """bool (n,), not to be written to: once all picks left are owed to groups, only nodes of such groups."""
        if self.left > int(self._deficit.sum()):
            return self.free
        owed: NDArray[np.bool_] = self._deficit[self._group] > 0
        return self.free & owed

    def take(self, node: int) -> None:
        """Note that `node` was picked."""
        self.free[node] = False
        self.left -= 1
        group = self._group[node]
        self._deficit[group] = max(self._deficit[group] - 1, 0)
