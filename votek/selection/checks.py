"""Checks on the plain arguments of `select`, and the automatic number of neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index as as_integer
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import BudgetError, InputError

__all__ = ["SEEDS", "auto_k", "check_budget", "check_integer", "check_rho", "check_seed", "resolve_k", "row_numbers"]

FEWEST, MOST = 10, 150
"""Where the automatic k is clipped."""

SEEDS = 2**32
"""Seeds lie below it: scikit-learn takes no others."""


def check_integer(name: str, value: object, *, least: int) -> int:
    """The value as an int; InputError for anything else, bool included, and below `least`."""
    try:
        number = as_integer(value)  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if isinstance(value, (bool, np.bool_)) or number < least:
        raise InputError(f"{name} = {value!r} cannot be used; give a whole number of at least {least}.")
    return number


def check_budget(budget: object) -> int:
    """How many new picks are wanted: at least 1."""
    try:
        return check_integer("budget", budget, least=1)
    except InputError as error:
        raise BudgetError(str(error)) from None


def check_seed(seed: object) -> int:
    """The seed of whatever is drawn, as an int.

    Raises:
        InputError: it is no whole number from 0 to 2**32 - 1.

    >>> check_seed(7)
    7
    """
    try:
        number = check_integer("seed", seed, least=0)
    except InputError:
        number = SEEDS
    if number >= SEEDS:
        raise InputError(f"seed = {seed!r} cannot be used; give a whole number from 0 to {SEEDS - 1}.")
    return number


def check_rho(rho: object) -> float:
    """The discount: a finite number above 0."""
    ok = isinstance(rho, (int, float, np.integer, np.floating)) and not isinstance(rho, bool)
    number = float(rho) if ok else math.nan  # type: ignore[arg-type]
    if not (math.isfinite(number) and number > 0):
        raise InputError(f"rho = {rho!r} cannot be used; give a finite number above 0 (the paper uses 10).")
    return number


def row_numbers(name: str, rows: ArrayLike | Sequence[Any], n: int) -> NDArray[np.int64]:
    """Row positions as int64, ascending, each once; InputError when one is not a row of 0..n-1."""
    try:
        given = np.asarray(rows)
    except ValueError:
        raise InputError(f"{name} must be a flat list of row numbers; some of its entries are lists.") from None
    if given.size == 0:
        return np.empty(0, dtype=np.int64)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise InputError(
            f"{name} must be a list of row numbers, not type {given.dtype} of shape {given.shape}; "
            "for a mask give the positions that are True."
        )
    outside = given[(given < 0) | (given >= n)]
    if outside.size:
        raise InputError(f"{name} names row {int(outside[0])}, but there are only the rows 0 to {n - 1}.")
    return np.unique(given.astype(np.int64))


def auto_k(n: int, wanted: int) -> int:
    """N / (2M), halves rounded up, clipped to 10..150.

    `wanted` counts the labelled texts too. With k = 150 alone, many-class data does worse than random.

    >>> auto_k(10_003, 100), auto_k(3_000, 100), auto_k(1_000, 100)
    (50, 15, 10)
    """
    return min(max((n + wanted) // (2 * wanted), FEWEST), MOST)


def resolve_k(k: object, *, n: int, wanted: int, linked: int | None) -> int:
    """How many neighbours count: at most n - 1, and at most the `linked` ones of a graph that is given.

    Raises:
        InputError: k is no whole number of at least 1, or lies between the graph's and n.
    """
    most = n - 1 if linked is None else min(linked, n - 1)
    if isinstance(k, str) and k == "auto":
        return min(auto_k(n, wanted), most)
    if isinstance(k, str):
        raise InputError(f'k = {k!r} cannot be used; give a whole number of at least 1, or "auto".')
    number = check_integer("k", k, least=1)
    if linked is not None and linked < number < n:
        raise InputError(
            f"k = {number} is more than the {linked} neighbours that this graph holds; "
            f"build the graph with k={number}, or ask for at most {linked}."
        )
    return min(number, most)
