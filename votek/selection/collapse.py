"""Copies of a text count once: each group of copies becomes its first row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError

__all__ = ["first_of_group", "identical_rows"]

SEED = 20220905
ROWS_AT_ONCE = 1024


def identical_rows(vectors: NDArray[Any]) -> NDArray[np.int64]:
    """int64 (n,): for each row the first row that holds the same numbers."""
    # A random projection separates different rows all but surely; what it puts together is compared.
    weights = np.random.default_rng(SEED).integers(1, 2**63, size=vectors.shape[1], dtype=np.uint64) | np.uint64(1)
    bits = np.ascontiguousarray(vectors + 0).view(f"u{vectors.dtype.itemsize}")  # + 0 makes -0.0 equal 0.0
    blocks = range(0, len(bits), ROWS_AT_ONCE)
    sums = np.concatenate([bits[start : start + ROWS_AT_ONCE].astype(np.uint64) @ weights for start in blocks])
    group = first_of_group(sums)
    suspects = np.flatnonzero(group != np.arange(len(group)))
    if (vectors[suspects] == vectors[group[suspects]]).all():
        return group
    _, named = np.unique(vectors + 0, axis=0, return_inverse=True)
    return first_of_group(named.ravel())


def first_of_group(names: ArrayLike) -> NDArray[np.int64]:
    """int64 (n,): for each row the first row of the same name.

    Raises:
        InputError: the names are not one per row.
    """
    try:
        given = np.asarray(names)
        if given.ndim != 1 or (given.dtype.kind == "f" and np.isnan(given).any()):
            raise ValueError
        _, first, named = np.unique(given, return_index=True, return_inverse=True)
    except (TypeError, ValueError):  # lists of different lengths, or names that cannot be sorted
        raise InputError(
            "copies must hold one group per row, all numbers or all texts, such as the first row of each group."
        ) from None
    return first[named].astype(np.int64)
