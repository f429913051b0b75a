"""Percent agreement, Cohen's and Fleiss' kappa, over weighted items.

Each takes `codes`, int64 (n, p) with -1 where a person gave no answer, and `weights`, float64 (draws, n): how often
each item counts. One row of ones gives the coefficient itself, rows of resampled counts its bootstrap. Each returns
float64 (draws,), NaN where it is undefined because there is no variation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Coefficient", "cohen", "divide", "fleiss", "percent", "tallies"]

Floats = NDArray[np.float64]
Coefficient = Callable[[NDArray[np.int64], Floats], Floats]


def tallies(codes: NDArray[np.int64], size: int) -> Floats:
    """float64 (n, size): how many people gave each of `size` answers to each item."""
    counts = np.zeros((len(codes), size))
    for column in codes.T:
        given = np.flatnonzero(column >= 0)
        counts[given, column[given]] += 1
    return counts


def divide(above: Floats, below: Floats) -> Floats:
    """`above / below`, NaN where `below` is 0."""
    result = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=result, where=below != 0)
    return result


def _compact(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The same answers numbered from 0 without gaps, and how many there are."""
    used, places = np.unique(codes, return_inverse=True)
    missing = int(used.size > 0 and used[0] < 0)
    return (places.reshape(codes.shape) - missing).astype(np.int64), max(1, used.size - missing)


def percent(codes: NDArray[np.int64], weights: Floats) -> Floats:
    """The share of equal pairs of answers to the same item, each item counting once; never undefined."""
    compact, size = _compact(codes)
    counts = tallies(compact, size)
    people = counts.sum(axis=1)
    equal = (counts * (counts - 1)).sum(axis=1) / (people * (people - 1))
    return divide(weights @ equal, weights.sum(axis=1))


def cohen(codes: NDArray[np.int64], weights: Floats) -> Floats:
    """Cohen's kappa of two people; `codes` (n, 2) without missing answers. Cohen 1960, EPM 20."""
    compact, size = _compact(codes)
    first, second = (weights @ tallies(compact[:, [at]], size) for at in (0, 1))
    items = weights.sum(axis=1)
    agreed = weights @ (compact[:, 0] == compact[:, 1]).astype(np.float64)
    by_chance = (first * second).sum(axis=1)
    return divide(items * agreed - by_chance, items**2 - by_chance)


def fleiss(codes: NDArray[np.int64], weights: Floats) -> Floats:
    """Fleiss' kappa; every item answered by the same number of people. Fleiss 1971, Psychological Bulletin 76."""
    compact, size = _compact(codes)
    counts = tallies(compact, size)
    people = counts.sum(axis=1)
    equal = weights @ ((counts * (counts - 1)).sum(axis=1) / (people - 1))
    answers = weights @ people
    squares = ((weights @ counts) ** 2).sum(axis=1)
    # the terms times the number of answers squared: whole numbers, so that no variation is exactly 0
    return divide(answers * equal - squares, answers**2 - squares)
