"""Which labelled texts stand before a query: the most similar ones."""

from __future__ import annotations

import operator
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings
from votek.errors import InputError
from votek.prompts.cosine import checked_vectors, most_similar, unit_rows

__all__ = ["checked_mean", "retrieve"]


def retrieve(
    pool_vectors: ArrayLike | Embeddings,
    query_vectors: ArrayLike | Embeddings,
    *,
    n: int = 8,
    order: Literal["ascending", "descending"] = "ascending",
    mean: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """Rows of the pool that are most similar to each query, by cosine.

    `pool_vectors`: floats (p, d) or Embeddings; `query_vectors`: (q, d) or Embeddings; both raw. `mean`: (d,),
    subtracted from both sides; None leaves them as they are. `n`: how many, 0 or more.
    `order`: "ascending" puts the most similar row in the last column, "descending" in the first.
    A zero vector has cosine 0 to everything. Of rows that are equally similar (to 12 decimals) the lower
    counts as more similar.

    Returns int64 (q, min(n, p)). Raises InputError for NaN, infinity, and shapes that do not fit.
    Su et al. 2022, arXiv 2209.01975: prompt retrieval, most similar last.

    >>> retrieve([[1, 0], [0, 1], [1, 1]], [[1, 0.2]], n=2)
    array([[2, 0]])
    """
    pool = checked_vectors(pool_vectors, "pool_vectors")
    queries = checked_vectors(query_vectors, "query_vectors")
    if pool.shape[1] != queries.shape[1]:
        raise InputError(
            f"pool_vectors have {pool.shape[1]} dimensions and query_vectors {queries.shape[1]}; "
            "embed both with the same model."
        )
    centre = checked_mean(mean, pool.shape[1])
    count = _checked_count(n)
    if order not in ("ascending", "descending"):
        raise InputError(f'order is {order!r}; give "ascending" (most similar last) or "descending".')
    nearest = most_similar(unit_rows(pool, centre), unit_rows(queries, centre), count)
    return np.ascontiguousarray(nearest[:, ::-1]) if order == "ascending" else nearest


def checked_mean(mean: ArrayLike | None, dimensions: int) -> NDArray[np.float64] | None:
    """`mean` as float64 (dimensions,), or an InputError."""
    if mean is None:
        return None
    try:
        centre = np.asarray(mean, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise InputError(f"mean must be numbers ({problem}); give the pool mean or None.") from None
    if centre.shape != (dimensions,) or not np.isfinite(centre).all():
        raise InputError(
            f"mean has shape {centre.shape}; give {dimensions} finite numbers (the pool mean) or None for no centring."
        )
    return centre


def _checked_count(n: int) -> int:
    try:
        count = operator.index(n)
    except TypeError:
        count = -1
    if count < 0 or isinstance(n, bool):
        raise InputError(f"n is {n!r}; give a whole number of demonstrations, 0 or more.")
    return count
