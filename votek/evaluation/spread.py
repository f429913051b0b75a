"""How a pool lies among all texts: one number per property, from cosines alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SPREAD", "Spread", "nearest_pick", "spread_of"]

_CELLS = 8_000_000
_CLOSE = 1e-6
"""Cosines of float32 vectors may be off by so much."""


@dataclass(frozen=True)
class _Property:
    label: str
    better: int
    """1 where more is better, -1 where less is."""
    about: str


SPREAD = {
    "coverage": _Property("Mean similarity to the nearest pick", 1, "mean over all texts of the cosine to it"),
    "within": _Property("Texts with a pick close by", 1, "share of texts with a pick at the distance delta or nearer"),
    "radius": _Property("Farthest text from any pick", -1, "largest cosine distance of a text to its nearest pick"),
    "radius_p95": _Property("Distance that 95% of texts keep", -1, "95th percentile of that distance"),
    "redundancy": _Property("Similarity of the picks", -1, "mean cosine of all pairs of picks"),
    "nearest_pick": _Property("Similarity of neighbouring picks", -1, "mean cosine of each pick to the nearest other"),
    "worst_group": _Property("Least covered group", 1, "lowest mean over the texts of a group of the cosine"),
}
"""What is measured, by name."""


@dataclass(frozen=True)
class Spread:
    """The properties in `SPREAD` of one pool; None where it has no meaning (one pick, no groups)."""

    coverage: float
    within: float
    radius: float
    radius_p95: float
    redundancy: float | None
    nearest_pick: float | None
    worst_group: float | None


def nearest_pick(
    units: NDArray[np.floating],
    looked: NDArray[np.int64],
    picks: NDArray[np.int64],
    *,
    start: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """float64 (len(looked),): the cosine of each text in `looked` to its nearest pick.

    `units`: floats (n, d), centred unit rows. `looked`, `picks`: rows of it. `start`: what earlier picks gave.
    """
    best = np.full(len(looked), -1.0) if start is None else start.copy()
    step = max(1, _CELLS // max(len(picks), 1))
    for at in range(0, len(looked) if len(picks) else 0, step):
        block = units[looked[at : at + step]] @ units[picks].T
        np.maximum(best[at : at + step], block.max(axis=1), out=best[at : at + step])
    return np.minimum(best, 1.0)


def spread_of(
    units: NDArray[np.floating],
    picks: NDArray[np.int64],
    best: NDArray[np.float64],
    *,
    delta: float,
    groups: NDArray[np.int64] | None = None,
    least: int = 1,
) -> Spread:
    """The properties of a pool.

    `units`: floats (n, d), centred unit rows of the distinct texts. `picks`: int64 (m,), rows of it. `best`:
    float64 (l,), of the texts looked at, from `nearest_pick`. `groups`: int64 (l,), from 0, the group of each of
    these; groups of fewer than `least` do not count.
    """
    between = (units[picks] @ units[picks].T).astype(np.float64)
    alone = len(picks) < 2
    off = ~np.eye(len(picks), dtype=bool)
    return Spread(
        coverage=float(best.mean()),
        within=float((best >= 1 - delta - _CLOSE).mean()),
        radius=float(1 - best.min()),
        radius_p95=float(np.quantile(1 - best, 0.95)),
        redundancy=None if alone else float(between[off].mean()),
        nearest_pick=None if alone else float(np.where(off, between, -np.inf).max(axis=1).mean()),
        worst_group=None if groups is None else _worst(best, groups, least),
    )


def _worst(best: NDArray[np.float64], groups: NDArray[np.int64], least: int) -> float | None:
    sizes = np.bincount(groups)
    enough = sizes >= max(least, 1)
    means = np.bincount(groups, weights=best)[enough] / sizes[enough]
    return float(means.min()) if len(means) else None
