"""What a pool of demonstrations offers each group, without a single label."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import SimilarityGraph
from votek.errors import InputError
from votek.graph.vectors import as_vectors, unit_vectors

__all__ = ["GroupSupply", "group_supply", "nearest_similarity"]


@dataclass(frozen=True)
class GroupSupply:
    """One group: `texts` in the data and `picks` among them; `coverage`: share of its texts that are picked or have a
    pick among their neighbours; `nearest`: mean cosine of its texts to the most similar pick."""

    group: Hashable
    texts: int
    picks: int
    coverage: float
    nearest: float


def group_supply(
    graph: SimilarityGraph,
    nearest: NDArray[np.float64],
    picks: Sequence[int] | NDArray[np.int64],
    groups: Sequence[Hashable],
    *,
    k: int = 10,
) -> tuple[GroupSupply, ...]:
    """Per group: its texts, its picks, how many of its texts are near a pick, and how near; the least similar first.

    Args:
        graph: over n texts; its `k` nearest neighbours count for coverage.
        nearest: float64 (n,), cosine of each text to its most similar pick (`nearest_similarity`).
        picks: rows of the picked texts.
        groups: n group names.

    Raises:
        InputError: sizes that do not fit, or no picks.
    """
    n = len(graph)
    if len(groups) != n or len(nearest) != n or not len(picks):
        raise InputError(f"{len(groups)} groups, {len(nearest)} similarities and {len(picks)} picks for {n} texts.")
    picked = np.zeros(n, dtype=bool)
    picked[np.asarray(picks, dtype=np.int64)] = True
    covered = picked | picked[graph.neighbors[:, :k]].any(axis=1)
    rows: dict[Hashable, list[int]] = {}
    for place, name in enumerate(groups):
        rows.setdefault(name, []).append(place)
    found = [
        GroupSupply(
            name,
            len(places),
            int(picked[places].sum()),
            float(covered[places].mean()),
            float(np.asarray(nearest)[places].mean()),
        )
        for name, places in rows.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.nearest, -one.texts)))


def nearest_similarity(vectors: ArrayLike, picks: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float64]:
    """float64 (n,): cosine of each row of `vectors`, centred, to the most similar *other* picked row; -1 for none.

    >>> nearest_similarity([[1.0, 0.0], [1.0, 0.1], [-1.0, 0.0], [-1.0, 0.1]], [0, 2]).round(2).tolist()
    [-1.0, 1.0, -1.0, 1.0]
    """
    unit = unit_vectors(as_vectors(vectors), centre=True)
    rows = np.asarray(picks, dtype=np.int64)
    cosines = (unit @ unit[rows].T).astype(np.float64)
    cosines[rows, np.arange(len(rows))] = -1.0  # a demonstration is never one for itself
    return np.asarray(cosines.max(axis=1, initial=-1.0).clip(-1.0, 1.0), dtype=np.float64)
