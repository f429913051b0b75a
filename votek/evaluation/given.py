"""What callers give, as arrays: checked once, and refused in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError

__all__ = ["as_decisions", "as_numbers", "as_rows", "first_rows", "known_labels"]


def as_decisions(values: ArrayLike, what: str) -> NDArray[np.bool_]:
    """bool array of `values`: true and false, or 1 and 0.

    Raises:
        InputError: anything else. A text such as "no" would otherwise count as true.

    >>> as_decisions([1, 0, True], "answers").tolist()
    [True, False, True]
    """
    given = _array(values, what)
    if given.dtype.kind not in "biuf" or not np.isin(given, (0, 1)).all():
        raise InputError(f"The {what} are not all true or false (type {given.dtype}); give one bool per item.")
    return given.astype(np.bool_)


def as_numbers(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """float64 array of `values`.

    Raises:
        InputError: they are no numbers.
    """
    given = _array(values, what)
    try:
        if given.dtype.kind not in "biufO" and given.size:
            raise TypeError
        numbers: NDArray[np.float64] = given.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"The {what} are not numbers (type {given.dtype}); give numbers only.") from None
    return numbers


def as_rows(rows: Sequence[int] | NDArray[Any], what: str) -> NDArray[np.int64]:
    """int64 (m,), in the order given: row numbers, not yet known to exist.

    Raises:
        InputError: they are no list of whole numbers.
    """
    try:
        given = _array(rows if isinstance(rows, np.ndarray) else list(rows), what)
    except TypeError:
        raise InputError(f"The {what} are {rows!r}; give a list of whole numbers.") from None
    if given.size and (given.ndim != 1 or given.dtype.kind not in "iu"):
        raise InputError(f"The {what} are not row numbers (type {given.dtype}); give a list of whole numbers.")
    return given.astype(np.int64).ravel()


def first_rows(copies: ArrayLike, n: int) -> NDArray[np.int64]:
    """int64 (n,): for each row the first row of its group of copies.

    Raises:
        InputError: they are not one row number for each row.
    """
    groups = as_rows(np.asarray(copies), "copies")
    if groups.shape != (n,) or (n and not 0 <= groups.min() <= groups.max() < n):
        raise InputError(
            f"copies holds {len(groups):,} row numbers for {n:,} texts; give for each text the first row of its group, "
            f"from 0 to {n - 1:,}."
        )
    return groups


def known_labels(labels: Sequence[Any]) -> list[str]:
    """Each label as text without white space around it; "" where it is not known: None, NaN, NA or blank.

    >>> known_labels(["a ", "", None, float("nan"), 3])
    ['a', '', '', '', '3']
    """
    import pandas as pd

    return [str(label).strip() if isinstance(label, str) or pd.isna(label) is not True else "" for label in labels]


def _array(values: Any, what: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError:
        raise InputError(f"The {what} are lists of different lengths; give a table or a flat list.") from None
