"""The similarity graph: whom each text votes for."""

from __future__ import annotations

from operator import index as as_integer
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress, SimilarityGraph
from votek.errors import InputError
from votek.graph.vectors import as_vectors, unit_vectors

__all__ = ["EXACT_UP_TO", "build_graph", "link"]

EXACT_UP_TO = 200_000
"""Texts up to which `approximate="auto"` compares every pair."""

SPARE = 8
"""Candidates fetched beyond k, so that a tie at the k-th place is seen whole."""

CLOSENESS = 4e-6
"""More than twice the error of a single-precision product of unit vectors."""


def build_graph(
    embeddings_or_vectors: Embeddings | ArrayLike,
    *,
    k: int = 150,
    centre: bool = True,
    approximate: bool | Literal["auto"] = "auto",
    progress: Progress | None = None,
) -> SimilarityGraph:
    """Link each text to its k nearest by cosine, most similar first, itself excluded by position.

    Ties go to the lower row. A zero vector has cosine 0 to all. Nothing given is changed.

    Args:
        embeddings_or_vectors: `Embeddings`, or numbers of shape (n, d), n >= 1, finite.
        k: neighbours per text, at least 1; at most n - 1 are there (none for a single text).
        centre: subtract the mean of the rows first, as vote-k does.
        approximate: "auto" compares every pair up to 200,000 texts and searches by cells beyond;
            True and False force either.
        progress: called as ("graph", rows done, rows).

    Returns:
        `SimilarityGraph` with neighbors int32 and similarities float32 in [-1, 1], both (n, min(k, n - 1)).

    Raises:
        InputError: NaN, infinity, no rows, or k below 1.

    See Su et al. 2022, arXiv 2209.01975, section 2.

    >>> build_graph([[1.0, 0.0], [0.9, 0.1], [-1.0, 0.0]], k=1).neighbors.ravel().tolist()
    [1, 0, 1]
    """
    try:
        wanted = as_integer(k)
    except TypeError:
        wanted = 0
    if isinstance(k, bool) or wanted < 1:
        raise InputError(f"k = {k!r} neighbours cannot be linked; give a whole number of at least 1.")
    if not (approximate is True or approximate is False or approximate == "auto"):
        raise InputError(f'approximate = {approximate!r} is not known; give True, False or "auto".')
    unit = unit_vectors(as_vectors(embeddings_or_vectors), centre=centre)
    return link(unit, wanted, approximate=approximate, progress=progress)


def link(
    unit: NDArray[np.float32],
    k: int,
    *,
    approximate: bool | Literal["auto"] = "auto",
    progress: Progress | None = None,
) -> SimilarityGraph:
    """`build_graph` for vectors that already have unit length (or zero)."""
    n = len(unit)
    by_cells = n > EXACT_UP_TO if approximate == "auto" else approximate
    k = min(k, n - 1)
    neighbors = np.empty((n, k), dtype=np.int32)
    similarities = np.empty((n, k), dtype=np.float32)
    if k > 0:
        _fill(unit, neighbors, similarities, by_cells=by_cells, progress=progress)
    return SimilarityGraph(neighbors, similarities)


def _fill(
    unit: NDArray[np.float32],
    neighbors: NDArray[np.int32],
    similarities: NDArray[np.float32],
    *,
    by_cells: bool,
    progress: Progress | None,
) -> None:
    from votek.graph.kernels import order_candidates
    from votek.graph.search import candidates_by_cells, exact_candidates

    n, k = neighbors.shape
    search = candidates_by_cells if by_cells else exact_candidates
    if progress:
        progress("graph", 0, n)
    for start, values, ids in search(unit, min(n, k + 1 + SPARE)):
        unsettled = np.zeros(len(values), dtype=np.bool_)
        order_candidates(unit, start, values, ids, CLOSENESS, neighbors, similarities, unsettled)
        for row in np.flatnonzero(unsettled) + start:
            _scan(unit, int(row), neighbors, similarities)
        if progress:
            progress("graph", start + len(values), n)


def _scan(unit: NDArray[np.float32], row: int, neighbors: NDArray[np.int32], similarities: NDArray[np.float32]) -> None:
    """Compare one row with all others exactly: for ties longer than the spare candidates, and missed cells."""
    from votek.graph.kernels import scan_row

    k = neighbors.shape[1]
    if not unit[row].any():
        nearest = np.arange(k, dtype=np.int32)
        neighbors[row] = nearest + (nearest >= row)
        similarities[row] = 0.0
        return
    values = np.empty(len(unit), dtype=np.float32)
    scan_row(unit, row, values)
    threshold = -np.partition(-values, k - 1)[k - 1]
    ids = np.flatnonzero(values >= threshold)
    best = ids[np.lexsort((ids, -values[ids]))][:k]
    neighbors[row] = best
    similarities[row] = np.clip(values[best], -1.0, 1.0)
