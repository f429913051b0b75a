"""Keep a part of the data: the easy, the hard, or any; by distance to the nearest centroid."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import read_only
from votek.errors import InputError
from votek.evaluation.given import as_numbers
from votek.graph.vectors import as_vectors, unit_vectors
from votek.selection.checks import check_integer, check_seed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from votek.datatypes import Embeddings

__all__ = ["WAYS", "Pruning", "Way", "centroid_distances", "check_scores", "class_floors", "prune"]

Way = Literal["easy", "hard", "random"]
WAYS: tuple[Way, ...] = ("easy", "hard", "random")
FEW = 0.3
"""Below this share a warning is due: what is left may no longer span the data."""


@dataclass(frozen=True, eq=False)
class Pruning:
    """Which rows stay.

    `kept`: int64 (m,), ascending. `scores`: float64 (n,), higher is harder. `clusters`: how many centroids, 0 where the
    scores were given. `floors`: for each label, how many rows it keeps at least. `notes`: what to know.
    """

    kept: NDArray[np.int64]
    scores: NDArray[np.float64]
    way: Way
    fraction: float
    clusters: int
    floors: Mapping[str, int]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.kept)


def prune(
    vectors: Embeddings | ArrayLike | None,
    *,
    fraction: float,
    way: Way = "hard",
    labels: Sequence[str] | None = None,
    scores: Sequence[float] | NDArray[np.float64] | None = None,
    clusters: int | None = None,
    seed: int = 0,
) -> Pruning:
    """Keep `fraction` of the rows: those nearest to a centroid (easy), farthest from it (hard), or drawn (random).

    Args:
        vectors: float (n, d); may be None where `scores` are given.
        fraction: above 0, up to 1; round(fraction * n) rows stay, at least 1.
        way: which rows.
        labels: n labels, "" where unknown; each label then keeps at least min(N_c, 0.5 m / C) of the m rows.
        scores: n numbers of your own, higher is harder, such as EL2N or forgetting scores.
        clusters: centroids; None: as many as labels, else max(10, sqrt(n)), never more than n.
        seed: of the k-means and of the draw.

    Raises:
        InputError: a fraction or way that is not allowed, or scores that are not finite numbers.

    Sorscher et al. 2022, "Beyond neural scaling laws: beating power law scaling via data pruning", arXiv 2206.14486.

    >>> vectors = np.eye(4)[[0, 0, 0, 1, 1, 1]] + np.array([0, 0, 1, 0, 0, 1])[:, None] * np.eye(4)[2]
    >>> prune(vectors, fraction=0.34, way="hard", clusters=2).kept.tolist()
    [2, 5]
    """
    check_seed(seed)
    if way not in WAYS:
        raise InputError(f"There is no way {way!r} to prune; choose one of: {', '.join(WAYS)}.")
    part: object = fraction
    if not isinstance(part, Real) or not 0 < fraction <= 1:
        raise InputError(f"The fraction to keep was {fraction!r}; give a number above 0, up to 1.")
    used = 0
    if scores is None:
        if vectors is None:
            raise InputError("There is nothing to prune by. Give vectors, or a score for each row.")
        hard, used = centroid_distances(vectors, labels=labels, clusters=clusters, seed=seed)
    else:
        hard = check_scores(scores, n=None if vectors is None else len(as_vectors(vectors)))
    if labels is not None and len(labels) != len(hard):
        raise InputError(f"{len(labels)} labels for {len(hard)} rows; give one each, '' where it is not known.")
    m = max(1, round(fraction * len(hard)))
    floors = {} if labels is None else class_floors(labels, m)
    kept = _taken(_order(hard, way, seed), m, labels, floors)
    notes = [
        f"Only {fraction:.0%} are kept. Below {FEW:.0%} a chosen part easily trains worse than a random one; "
        "look at what a held-out probe says before using it."
    ]
    return Pruning(
        read_only(kept), read_only(hard), way, fraction, used, floors, tuple(notes if fraction < FEW else [])
    )


def centroid_distances(
    vectors: Embeddings | ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    clusters: int | None = None,
    seed: int = 0,
) -> tuple[NDArray[np.float64], int]:
    """(distances, k): float64 (n,), from each centred unit vector to the nearest of k k-means centroids.

    Raises:
        InputError: fewer than 1 cluster, or more clusters than rows.
    """
    from sklearn.cluster import KMeans

    unit = unit_vectors(as_vectors(vectors), centre=True)
    n = len(unit)
    kinds = len({label for label in labels if label}) if labels is not None else 0
    usual = min(n, kinds or max(10, round(math.sqrt(n))))
    k = usual if clusters is None else check_integer("clusters", clusters, least=0)
    if not 1 <= k <= n:
        raise InputError(f"{k} clusters for {n} rows; give between 1 and {n}.")
    k = min(k, len(np.unique(unit, axis=0)))
    found = KMeans(n_clusters=k, n_init=1, random_state=check_seed(seed)).fit(unit)
    nearest = found.cluster_centers_[found.labels_]
    distances: NDArray[np.float64] = np.sqrt(np.square(unit.astype(np.float64) - nearest).sum(axis=1))
    return distances, int(k)


def check_scores(scores: Sequence[float] | NDArray[np.float64], *, n: int | None = None) -> NDArray[np.float64]:
    """The scores as float64 (n,).

    Raises:
        InputError: not one finite number for each row, or all the same.
    """
    values = as_numbers(scores, "scores")
    if values.ndim != 1 or not len(values) or (n is not None and len(values) != n):
        raise InputError(f"The scores have shape {values.shape}; give one number for each of the {n or ''} rows.")
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InputError(
            f"{len(bad):,} scores are missing or no finite number, the first at row {int(bad[0])}; give a number for "
            "each row, higher where it is harder."
        )
    if len(values) > 1 and values.min() == values.max():
        raise InputError(f"All {len(values):,} scores are {values[0]:g}; they say nothing about which rows are harder.")
    return values


def class_floors(labels: Sequence[str], m: int) -> dict[str, int]:
    """How many rows each label keeps at least when m are kept: min(N_c, 0.5 m / C), rounded down.

    >>> class_floors(["a"] * 90 + ["b"] * 10 + ["c"] * 2, 30)
    {'a': 5, 'b': 5, 'c': 2}
    """
    counts = Counter(label for label in labels if label)
    return {name: min(count, int(0.5 * m / len(counts))) for name, count in sorted(counts.items())}


def _order(hard: NDArray[np.float64], way: Way, seed: int) -> NDArray[np.int64]:
    if way == "random":
        return np.random.default_rng(seed).permutation(len(hard)).astype(np.int64)
    return np.argsort(hard if way == "easy" else -hard, kind="stable").astype(np.int64)


def _taken(
    order: NDArray[np.int64], m: int, labels: Sequence[str] | None, floors: Mapping[str, int]
) -> NDArray[np.int64]:
    """The first rows of each label up to its floor, then the first of all the others."""
    owed = dict(floors)
    first: list[int] = []
    for row in order.tolist():
        label = labels[row] if labels is not None else ""
        if owed.get(label, 0) > 0:
            owed[label] -= 1
            first.append(row)
    promised = set(first)
    rest = [row for row in order.tolist() if row not in promised]
    return np.array(sorted([*first, *rest[: m - len(first)]]), dtype=np.int64)
