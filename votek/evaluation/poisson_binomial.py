"""How many of K independent models are right, when each has an accuracy of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.evaluation.given import as_numbers

__all__ = ["right_models"]


def right_models(accuracies: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 (K + 1,): the probability that 0, 1, … K models are right, if they err independently.

    This is the Poisson-binomial distribution. Its last value is the product of the accuracies, its first the
    product of one minus each.

    `accuracies`: K shares between 0 and 1, K at least 1.

    Raises:
        InputError: there are none, or one is not a share.

    >>> right_models([0.5, 0.5, 0.5]).tolist()
    [0.125, 0.375, 0.375, 0.125]
    """
    from scipy.stats import poisson_binom

    shares = as_numbers(accuracies, "accuracies")
    if shares.ndim != 1 or not len(shares) or not ((shares >= 0) & (shares <= 1)).all():
        raise InputError(f"The accuracies are {list(accuracies)!r:.200}; give at least one share between 0 and 1.")
    chances: NDArray[np.float64] = np.asarray(
        poisson_binom.pmf(np.arange(len(shares) + 1), shares), dtype=np.float64
    ).clip(0.0, 1.0)
    chances[0], chances[-1] = np.prod(1 - shares), np.prod(shares)  # exact where a transform would round
    return chances
