"""Runs every method on every pool and budget, and keeps which test items each answered right."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.pools import LabelledPool
from votek.scoring import KnnScorer, Request
from votek.selection import select_linked
from votek.selection.registry import AUTO, METHODS

__all__ = ["PAPER", "RANDOM_POOLS", "Cell", "Measured", "measure", "usual_methods"]

RANDOM_POOLS = 20
PAPER = "fast-vote-k, k = 150"
DEMONSTRATIONS = 8


@dataclass(frozen=True, order=True)
class Cell:
    """One label set at one budget."""

    labels: str
    budget: int


@dataclass
class Measured:
    """`right[method, cell]`: float32 (seeds, q), whether (for random: how often) each test item is answered right."""

    right: dict[tuple[str, Cell], list[NDArray[np.float32]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, method: str, cell: Cell, right: NDArray[np.bool_] | NDArray[np.float32]) -> None:
        """Keep the answers on one more pool."""
        self.right.setdefault((method, cell), []).append(right.astype(np.float32))

    @property
    def methods(self) -> list[str]:
        """In the order of measuring."""
        return list(dict.fromkeys(method for method, _ in self.right))

    @property
    def cells(self) -> list[Cell]:
        """In the order of measuring."""
        return list(dict.fromkeys(cell for _, cell in self.right))


def measure(pools: Iterable[LabelledPool], budgets: Sequence[int], *, methods: Sequence[str]) -> Measured:
    """1-nearest-neighbour label retrieval from the picks of each method; `methods`: registered names, or PAPER.

    Methods that need a confidence get that of the kNN stand-in, once a tenth of the budget is picked by fast
    vote-k and labelled. "random" is the mean over 20 pools.
    """
    measured = Measured()
    for pool in pools:
        print(f"{pool.data_set}, pool {pool.seed + 1} ...", flush=True)
        for budget in budgets:
            for method in methods:
                start = time.perf_counter()
                _one(measured, pool, budget, method)
                measured.seconds[method] = measured.seconds.get(method, 0.0) + time.perf_counter() - start
    return measured


def _one(measured: Measured, pool: LabelledPool, budget: int, method: str) -> None:
    if method == "random":
        draws = [_pick(pool, budget, "random", seed=seed) for seed in range(RANDOM_POOLS)]
        for name, labels in pool.labels.items():
            shares = np.mean([_right(pool, picks, labels) for picks in draws], axis=0)
            measured.add(method, Cell(name, budget), shares)
    elif method in METHODS and METHODS[method].confidence == "needed":
        for name, labels in pool.labels.items():
            picks = _after_a_first_round(pool, budget, method, labels[0])
            measured.add(method, Cell(name, budget), _right(pool, picks, labels))
    else:
        picks = _pick(pool, budget, method, seed=pool.seed)
        for name, labels in pool.labels.items():
            measured.add(method, Cell(name, budget), _right(pool, picks, labels))


def _pick(pool: LabelledPool, budget: int, method: str, *, seed: int) -> NDArray[np.int64]:
    if method == PAPER:
        return select_linked(pool.graph, pool.vectors, budget=budget, method="fast-vote-k", k=150).indices
    return select_linked(pool.graph, pool.vectors, budget=budget, method=method, seed=seed).indices


def _after_a_first_round(pool: LabelledPool, budget: int, method: str, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    whole = select_linked(pool.graph, pool.vectors, budget=budget, method="fast-vote-k")
    first = whole.indices[: max(1, (budget + 5) // 10)]
    if len(first) == budget:
        return first
    confidence = _stand_in(pool, first, labels)
    rest = select_linked(
        pool.graph,
        pool.vectors,
        budget=budget - len(first),
        method=method,
        k=int(whole.parameters["k"]),
        seed=pool.seed,
        labeled=first,
        confidence=confidence,
    )
    return np.concatenate([first, rest.indices])


def _stand_in(pool: LabelledPool, labelled: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64 (n,): how sure the kNN stand-in is of its answer for each text."""
    from votek.graph import unit_vectors

    unit = unit_vectors(pool.vectors, centre=True)
    cosines = unit @ unit[labelled].T
    shown = np.argsort(cosines, axis=1, kind="stable")[:, -DEMONSTRATIONS:]
    names = [str(label) for label in labels[labelled].tolist()]
    known = tuple(sorted(set(map(str, labels.tolist()))))
    requests = [
        Request(str(row), "", tuple(names[at] for at in places), tuple(cosines[row, places].tolist()), known)
        for row, places in enumerate(shown.tolist())
    ]
    return np.array([score.confidence for score in KnnScorer().score(requests)], dtype=np.float64)


def _right(
    pool: LabelledPool, picks: NDArray[np.int64], labels: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.bool_]:
    nearest = picks[pool.closeness[:, picks].argmax(axis=1)]
    right: NDArray[np.bool_] = labels[0][nearest] == labels[1]
    return right


def usual_methods() -> list[str]:
    """Every registered method, the usual one first, the paper's setting beside fast vote-k, random last."""
    names: Mapping[str, None] = dict.fromkeys([AUTO, "facility-location", "fast-vote-k", PAPER, *METHODS])
    return [*(name for name in names if name != "random"), "random"]
