"""Krippendorff's alpha: any number of people, missing answers, and labels that are names, ranks, numbers or sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from votek.annotation.answers import Answer
from votek.annotation.coefficients import Coefficient, Floats, divide, tallies
from votek.errors import InputError

__all__ = ["LEVELS", "MAX_VALUES", "Level", "alpha", "masi_distance"]

Level = Literal["nominal", "ordinal", "interval", "sets"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "sets")
MAX_VALUES = 2_000
_CELLS = 4_000_000


def alpha(values: Sequence[Answer], level: Level) -> Coefficient:
    """The coefficient for answers that are places in `values`, from lowest to highest where that matters.

    `level`: "nominal" (equal or not), "ordinal" (ranks), "interval" (numbers), "sets" (several labels, by MASI).

    Raises:
        InputError: "interval" with a label that is no number, or more than 2,000 different answers.

    Krippendorff 2011, "Computing Krippendorff's alpha-reliability".
    """
    if len(values) > MAX_VALUES:
        raise InputError(
            f"There are {len(values):,} different answers; alpha takes at most {MAX_VALUES:,}. Give fewer items, or "
            "labels rather than free texts."
        )
    if level == "ordinal":
        return lambda codes, weights: _by_rank(codes, weights, len(values))
    distances = _distances(values, level)
    return lambda codes, weights: _by_distance(codes, weights, distances)


def masi_distance(first: frozenset[str], second: frozenset[str]) -> float:
    """How far two sets of labels are apart, 0 to 1: 1 - J M.

    J is the Jaccard index; M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, else 0.
    Passonneau 2006, "Measuring agreement on set-valued items (MASI)", LREC.

    >>> masi_distance(frozenset("ab"), frozenset("abcd"))
    0.6666666666666667
    """
    common, union = len(first & second), len(first | second)
    if first == second:
        return 0.0
    parts = 2 if first <= second or second <= first else 1
    return 1 - parts * common / (3 * union)


def _distances(values: Sequence[Answer], level: Level) -> Floats:
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "interval":
        numbers = np.array([_number(value) for value in values])
        squares: Floats = np.subtract.outer(numbers, numbers) ** 2
        return squares
    sets = [frozenset([value]) if isinstance(value, str) else frozenset(value) for value in values]
    return np.array([[masi_distance(one, other) for other in sets] for one in sets]).reshape(len(sets), len(sets))


def _number(value: Answer) -> float:
    try:
        number = float(value) if isinstance(value, str) else np.nan
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise InputError(
            f"The label {value!r:.60} is no number, so there is no interval scale. Use nominal or ordinal."
        )
    return number


def _by_distance(codes: NDArray[np.int64], weights: Floats, distances: Floats) -> Floats:
    """1 - Do / De for squared differences that do not depend on the answers of others."""
    observed = np.zeros(len(codes))
    for first in range(codes.shape[1]):
        for second in range(first):
            both = (codes[:, first] >= 0) & (codes[:, second] >= 0)
            observed[both] += 2 * distances[codes[both, first], codes[both, second]]
    people = (codes >= 0).sum(axis=1)
    counts = weights @ tallies(codes, len(distances))
    total = counts.sum(axis=1)
    expected = ((counts @ distances) * counts).sum(axis=1)
    return _one_minus(weights @ (observed / (people - 1)), expected, counts, total)


def _by_rank(codes: NDArray[np.int64], weights: Floats, size: int) -> Floats:
    """The same for ranks: the difference of two labels is how many answers lie between their middles."""
    step = max(1, _CELLS // max(1, codes.size))
    parts = [_of_ranks(codes, weights[at : at + step], size) for at in range(0, len(weights), step)]
    return np.concatenate(parts)


def _of_ranks(codes: NDArray[np.int64], weights: Floats, size: int) -> Floats:
    counts = weights @ tallies(codes, size)
    total = counts.sum(axis=1)
    ranks = counts.cumsum(axis=1) - counts / 2 - total[:, None] / 2  # of mean 0, so that little is cancelled below
    given = np.where(codes >= 0, ranks[:, codes], 0.0)
    people = (codes >= 0).sum(axis=1)
    squares = people * (given**2).sum(axis=2) - given.sum(axis=2) ** 2
    observed = (weights * (2 * squares / (people - 1))).sum(axis=1)
    expected = 2 * (total * (counts * ranks**2).sum(axis=1) - (counts * ranks).sum(axis=1) ** 2)
    return _one_minus(observed, expected, counts, total)


def _one_minus(observed: Floats, expected: Floats, counts: Floats, total: Floats) -> Floats:
    varied = (counts > 0).sum(axis=1) > 1
    return np.where(varied, 1 - divide(observed * (total - 1), np.where(varied, expected, 0.0)), np.nan)
