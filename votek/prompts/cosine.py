"""Cosine similarities whose order does not depend on how the work was cut into blocks.

A matrix product may round the same pair differently in another block, so equal rows would be ordered
by noise. Products only propose an order here; whatever lies closer than `CLOSE` is computed again,
one pair at a time, and compared after rounding to `DECIMALS` places.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings
from votek.errors import InputError

__all__ = ["CLOSE", "DECIMALS", "checked_vectors", "first_best", "most_similar", "pair_cosines", "unit_rows"]

CLOSE = 1e-9
DECIMALS = 12
_CELLS = 4_000_000  # similarities held at once: 32 MB
_PAIRS = 16_384  # pairs computed again at once


def checked_vectors(values: ArrayLike | Embeddings, name: str) -> NDArray[np.floating]:
    """The (n, d) array of finite floats in `values`, or an InputError that names `name`."""
    raw = values.vectors if isinstance(values, Embeddings) else values
    try:
        array = np.asarray(raw)
        if array.dtype.kind not in "fiub":
            array = array.astype(np.float64)
    except (TypeError, ValueError) as problem:
        raise InputError(f"{name} must be a table of numbers with one row per text ({problem}).") from None
    if array.ndim != 2:
        raise InputError(f"{name} has shape {array.shape}; give an array of shape (texts, dimensions).")
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    bad = ~np.isfinite(array).all(axis=1)
    if bad.any():
        raise InputError(
            f"{name}: row {int(np.argmax(bad))} holds NaN or infinity ({int(bad.sum())} such rows). "
            "Remove these rows or embed their texts again."
        )
    return array


def unit_rows(vectors: NDArray[np.floating], mean: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Float64 rows minus `mean`, each of length 1; a row of zeros stays zero."""
    rows: NDArray[np.float64] = np.ascontiguousarray(vectors, dtype=np.float64)
    if mean is not None:
        rows = rows - mean
    # Dividing by the largest entry first keeps squares of huge and tiny entries in range.
    largest = np.abs(rows).max(axis=1, initial=0.0, keepdims=True)
    rows = np.divide(rows, largest, out=np.zeros_like(rows), where=largest > 0)
    length = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    np.divide(rows, length, out=rows, where=length > 0)
    return rows


def most_similar(pool: NDArray[np.float64], queries: NDArray[np.float64], depth: int) -> NDArray[np.int64]:
    """Rows of `pool` in falling cosine to each query: int64 (q, min(depth, pool)); ties: the lower row.

    `pool`, `queries`: float64 (p, d) and (q, d), rows of length 1 or 0.
    """
    depth = min(depth, len(pool))
    result = np.empty((len(queries), depth), dtype=np.int64)
    if depth == 0:
        return result
    step = max(1, _CELLS // len(pool))
    for start in range(0, len(queries), step):
        block = queries[start : start + step]
        result[start : start + step] = _ranked(pool, block, block @ pool.T, depth)
    return result


def pair_cosines(
    left: NDArray[np.float64], right: NDArray[np.float64], left_at: NDArray[np.int64], right_at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Cosines of the rows `left_at` (m,) of `left` with the rows `right_at` (m,) of `right`, one pair at a time: (m,).

    Rounded to `DECIMALS` places, so that equal pairs are equal whatever else was asked for.
    """
    found = np.empty(len(left_at))
    for start in range(0, len(left_at), _PAIRS):
        part = slice(start, start + _PAIRS)
        found[part] = np.round((left[left_at[part]] * right[right_at[part]]).sum(axis=1), DECIMALS)
    return found


def first_best(
    values: NDArray[np.float64],
    exact: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]],
) -> NDArray[np.int64]:
    """The column of the highest of each row of `values` (m, p): (m,), -1 where all are minus infinity.

    Columns closer than `CLOSE` to the highest are compared by `exact`, which gives the values of (rows, columns)
    anew; of those that are equal, the lower column.
    """
    if not values.shape[1]:
        return np.full(len(values), -1, dtype=np.int64)
    found: NDArray[np.int64] = values.argmax(axis=1)
    highest = np.take_along_axis(values, found[:, None], axis=1)
    none = np.isneginf(highest[:, 0])
    near = values >= highest - CLOSE
    near[none] = False
    unsure = np.flatnonzero(near.sum(axis=1) > 1)
    if len(unsure):
        place, columns = np.nonzero(near[unsure])
        rows = unsure[place]
        order = np.lexsort((columns, -exact(rows, columns), rows))
        first = order[np.flatnonzero(np.diff(rows[order], prepend=-1))]
        found[rows[first]] = columns[first]
    return np.where(none, -1, found)


def _ranked(
    pool: NDArray[np.float64], queries: NDArray[np.float64], similarity: NDArray[np.float64], depth: int
) -> NDArray[np.int64]:
    columns = _candidates(similarity, depth)
    values = np.take_along_axis(similarity, columns, axis=1)
    near = np.diff(values, axis=1) > -CLOSE
    unsure = np.zeros(values.shape, dtype=bool)
    unsure[:, 1:] |= near
    unsure[:, :-1] |= near
    query_at, place = np.nonzero(unsure)
    values[query_at, place] = pair_cosines(queries, pool, query_at, columns[query_at, place])
    order = np.lexsort((columns, -values), axis=1)[:, :depth]
    return np.take_along_axis(columns, order, axis=1)


def _candidates(similarity: NDArray[np.float64], depth: int) -> NDArray[np.intp]:
    """Columns by falling similarity: the first `depth` and all that might tie with the last of them."""
    size = similarity.shape[1]
    if depth < size:
        last = np.partition(similarity, size - depth, axis=1)[:, size - depth, None]
        size = int((similarity >= last - CLOSE).sum(axis=1).max())
    if size < similarity.shape[1]:
        columns = np.argpartition(-similarity, size - 1, axis=1)[:, :size]
    else:
        columns = np.broadcast_to(np.arange(size), similarity.shape)
    order = np.argsort(-np.take_along_axis(similarity, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)
