"""How many models are right by chance: against every outcome written out, in exact fractions."""

from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation.poisson_binomial import right_models


def enumerated(shares):
    """The probability of each count, by going through all 2^K outcomes."""
    found = [Fraction(0)] * (len(shares) + 1)
    for outcome in product((0, 1), repeat=len(shares)):
        found[sum(outcome)] += prod((p if hit else 1 - p for p, hit in zip(shares, outcome, strict=True)), start=1)
    return found


@pytest.mark.parametrize("k", [1, 3, 5, 10])
def test_equals_all_outcomes_written_out(k):
    rng = np.random.default_rng(k)
    shares = [Fraction(int(right), 1000) for right in rng.integers(0, 1001, size=k)]
    exact = enumerated(shares)
    found = right_models([float(share) for share in shares])
    assert max(abs(Fraction(float(value)) - wanted) for value, wanted in zip(found, exact, strict=True)) < 1e-9
    assert sum(exact) == 1


def test_equal_accuracies_give_the_binomial_distribution():
    """Three fair coins: 1, 3, 3, 1 of 8."""
    assert right_models([0.5] * 3).tolist() == [1 / 8, 3 / 8, 3 / 8, 1 / 8]


def test_many_models_keep_the_mean_and_the_sum():
    shares = np.linspace(0.02, 0.98, 60)
    found = right_models(shares)
    assert found.sum() == pytest.approx(1, abs=1e-9)
    assert found @ np.arange(61) == pytest.approx(shares.sum(), abs=1e-9)


def test_perfect_and_hopeless_models_are_certain():
    assert right_models([1.0, 1.0, 0.0]).tolist() == pytest.approx([0, 0, 1, 0], abs=1e-12)


@pytest.mark.parametrize("bad", [[], [0.5, 1.2], [-0.1], [float("nan")]])
def test_what_is_no_share_is_refused(bad):
    with pytest.raises(InputError, match="share between 0 and 1"):
        right_models(bad)
