"""Checks vectors at the door, and brings them to unit length."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings
from votek.errors import InputError

__all__ = ["as_vectors", "unit_vectors"]

ROUNDING = 1e-12
"""A centred vector shorter than this share of the mean's length is what rounding left of a zero vector."""

BLOCK_BYTES = 1024 * 1024


def as_vectors(data: Embeddings | ArrayLike) -> NDArray[Any]:
    """The vectors as a float32 or float64 array (n, d), n >= 1, d >= 1; float64 only where it was given.

    Raises:
        InputError: not a table of numbers, no rows, NaN, infinity, or a value that float32 cannot hold.
    """
    if isinstance(data, Embeddings):
        vectors: NDArray[Any] = data.vectors
    else:
        try:
            vectors = np.asarray(data)
        except ValueError as error:
            raise InputError(
                f"The vectors are not a table of numbers: {error}. Give n rows of equal length."
            ) from error
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiub":
        raise InputError(
            f"The vectors have shape {vectors.shape} and type {vectors.dtype}; "
            "give a table of numbers with one row per text, shape (n, d)."
        )
    if 0 in vectors.shape:
        raise InputError(f"The vectors have shape {vectors.shape}; give at least one row and one column.")
    if vectors.dtype != np.float64:
        vectors = vectors.astype(np.float64 if vectors.dtype.kind in "iu" else np.float32, copy=False)
    limit = float(np.finfo(np.float32).max)
    lowest, highest = float(vectors.min()), float(vectors.max())
    if not (-limit <= lowest and highest <= limit):
        row = int(np.flatnonzero(~(np.abs(vectors) <= limit).all(axis=1))[0])
        raise InputError(
            f"Row {row} of the vectors holds NaN, infinity or a value beyond {limit:.3g}; "
            "every value must be a finite number. Remove or embed that row again."
        )
    return vectors


def unit_vectors(vectors: NDArray[Any], *, centre: bool) -> NDArray[np.float32]:
    """A normalised float32 copy, after subtracting the mean of the rows if `centre`.

    A vector of length zero (after centring) stays zero, which gives it cosine 0 to all. Equal rows
    come out equal to the bit.
    """
    n, d = vectors.shape
    mean = vectors.mean(axis=0, dtype=np.float64) if centre else np.zeros(d)
    floor = ROUNDING * float(np.sqrt(np.square(mean).sum()))
    unit = np.empty((n, d), dtype=np.float32)
    step = max(1, BLOCK_BYTES // (8 * d))
    for start in range(0, n, step):
        block = vectors[start : start + step].astype(np.float64)
        block -= mean
        length = np.sqrt(np.square(block).sum(axis=1))
        zero = length <= floor
        length[zero] = 1.0
        block /= length[:, None]
        block[zero] = 0.0
        unit[start : start + step] = block
    return unit
