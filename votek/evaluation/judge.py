"""Looks at pools among the same texts: their properties beside random pools, and what more picks would add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Progress
from votek.evaluation.comparison import ENOUGH_POOLS, percentile_among
from votek.evaluation.draws import random_pools
from votek.evaluation.spread import SPREAD, nearest_pick, spread_of

__all__ = ["Judge", "Measure", "NextPicks", "usual_delta"]

LEAST_GROUP = 5
"""Groups of fewer texts are listed, and cannot be the least covered."""


@dataclass(frozen=True)
class Measure:
    """One property: `value` of the picks, `random`: of each random pool.

    `percentile`: share of the random pools that are worse, equal ones counting half; worse is more or less, as
    `better` says (1: more is better, -1: less is).
    """

    name: str
    label: str
    about: str
    value: float
    random: tuple[float, ...]
    better: int
    percentile: float


@dataclass(frozen=True)
class NextPicks:
    """What more labels would add to the coverage (the mean cosine of the texts to their nearest pick).

    `rows`: the next picks. `gain`: of all of them. `random_gain`: mean of as many random texts instead. `last_gain`:
    what as many of the latest picks had added, None where there are no more than these. `relative`: gain in percent
    of what is still missing to a coverage of 1.
    """

    rows: tuple[int, ...]
    gain: float
    random_gain: float
    last_gain: float | None
    relative: float


def usual_delta(units: NDArray[np.floating], size: int, *, seed: int = 0) -> float:
    """The cosine distance within which a text has N / M others in the median, N texts and M = `size` picks.

    If picks shared the texts evenly among them, each would stand for so many. Taken over at most 500 texts.
    """
    n = len(units)
    rank = min(max(1, round(n / size)), n - 1) if n > 1 else 0
    sample = np.random.default_rng([seed, 3]).permutation(n)[:500]
    cosines = units[sample] @ units.T
    if rank == 0:
        return 0.0
    cosines[np.arange(len(sample)), sample] = -np.inf
    kth = np.partition(cosines, n - rank, axis=1)[:, n - rank]
    return float(np.clip(np.median(1 - kth), 0.0, 2.0))


class Judge:
    """Looks at pools among the same texts."""

    def __init__(
        self, units: NDArray[np.float32], looked: NDArray[np.int64], delta: float, groups: NDArray[np.int64] | None
    ) -> None:
        self.units, self.looked, self.delta = units, looked, delta
        self.groups = None if groups is None else groups[looked]

    def best(self, rows: NDArray[np.int64], start: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        return nearest_pick(self.units, self.looked, rows, start=start)

    def measures(
        self, pool: NDArray[np.int64], pools: int, seed: int, progress: Progress | None
    ) -> tuple[Measure, ...]:
        found = self._spread(pool)
        drawn = []
        for done, rows in enumerate(random_pools(np.arange(len(self.units)), size=len(pool), pools=pools, seed=seed)):
            drawn.append(self._spread(rows))
            if progress is not None:
                progress("analysis", done + 1, pools)
        made = []
        for name, about in SPREAD.items():
            value, others = found[name], [values[name] for values in drawn]
            beside = np.array([other for other in others if other is not None])
            if value is None or len(beside) < len(others):
                continue
            share = percentile_among(about.better * value, about.better * beside)
            made.append(Measure(name, about.label, about.about, value, tuple(beside.tolist()), about.better, share))
        return tuple(made)

    def _spread(self, rows: NDArray[np.int64]) -> dict[str, float | None]:
        best = self.best(rows)
        return vars(spread_of(self.units, rows, best, delta=self.delta, groups=self.groups, least=LEAST_GROUP))

    def following(self, pool: NDArray[np.int64], more: NDArray[np.int64], seed: int) -> NextPicks | None:
        """What `more` texts would add; `rows` of the result are nodes."""
        if not len(more):
            return None
        now = self.best(pool)
        gain = float(self.best(more, now).mean() - now.mean())
        free = np.setdiff1d(np.arange(len(self.units)), pool)
        drawn = random_pools(free, size=len(more), pools=ENOUGH_POOLS, seed=seed)
        before = pool[: -len(more)]
        missing = float(1 - now.mean())
        return NextPicks(
            rows=tuple(more.tolist()),
            gain=gain,
            random_gain=float(np.mean([self.best(other, now).mean() for other in drawn]) - now.mean()),
            last_gain=float(now.mean() - self.best(before).mean()) if len(before) else None,
            relative=100 * gain / missing if missing > 0 else 0.0,
        )
