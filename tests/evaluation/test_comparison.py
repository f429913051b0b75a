"""Bootstrap, percentile and verdict."""

import math
from itertools import product

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation.bootstrap import mean_interval
from votek.evaluation.comparison import compare, percentile_among


def test_the_interval_is_that_of_all_resamples():
    values = [0.0, 0.0, 1.0, 2.0, 5.0]
    means = sorted(sum(drawn) / 5 for drawn in product(values, repeat=5))  # every resample there can be
    found = mean_interval(values, draws=40_000, seed=3)
    assert found.value == pytest.approx(1.6)
    assert found.low == pytest.approx(np.quantile(means, 0.025), abs=0.21)
    assert found.high == pytest.approx(np.quantile(means, 0.975), abs=0.21)


def test_the_interval_agrees_with_scipy():
    from scipy.stats import bootstrap

    values = np.random.default_rng(0).normal(size=80)
    theirs = bootstrap((values,), np.mean, method="percentile", n_resamples=10_000, rng=1).confidence_interval
    found = mean_interval(values, seed=2)
    assert found.low == pytest.approx(theirs.low, abs=0.01)
    assert found.high == pytest.approx(theirs.high, abs=0.01)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(0).random(50)
    assert mean_interval(values, seed=5) == mean_interval(values, seed=5)
    assert mean_interval(values, seed=5) != mean_interval(values, seed=6)


def test_long_columns_are_drawn_in_parts_to_the_same_end():
    values = np.arange(3_000.0)
    found = mean_interval(values, draws=4_000)
    spread = 1.96 * values.std() / math.sqrt(len(values))
    assert found.high - found.low == pytest.approx(2 * spread, rel=0.05)


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [[1.0]]])
def test_values_that_are_none_are_refused(values):
    with pytest.raises(InputError, match="one finite number per test item"):
        mean_interval(values)


def test_equal_pools_count_half_in_the_percentile():
    assert percentile_among(0.5, np.array([0.1, 0.5, 0.5, 0.9])) == 50.0
    assert percentile_among(0.3, np.array([0.1 + 0.2])) == 50.0  # equal but for rounding


def result(n, right, random):
    pool = np.arange(n) < right
    return compare("1-nn", pool, [np.arange(n) < count for count in random])


@pytest.mark.parametrize(
    ("n", "right", "random", "verdict"),
    [
        (100, 90, [50] * 20, "beats"),
        (100, 50, [90] * 20, "does-not-beat"),
        (30, 16, [14] * 20, "cannot-tell"),
        (9, 9, [1] * 20, "cannot-tell"),
        (400, 300, [*[200] * 15, *[310] * 5], "beats-average"),
        (100, 50, [50] * 20, "cannot-tell"),
        (100, 90, [50], "beats"),
    ],
)
def test_the_verdict_follows_from_interval_and_percentile(n, right, random, verdict):
    found = result(n, right, random)
    assert found.verdict == verdict
    assert (found.percentile is None) == (len(random) < 20)
    assert found.accuracy == right / n
    assert found.gain.value == pytest.approx(right / n - np.mean(random) / n)


def test_gains_over_other_methods_are_paired():
    found = compare("1-nn", [1, 1, 0, 0] * 5, [[1, 0, 0, 0] * 5] * 20, others={"mine": [0, 1, 0, 0] * 5})
    assert found.others == {"mine": 0.25}
    assert found.other_gains["mine"].value == 0.25
    assert found.worse == 20


def test_results_for_other_items_are_refused():
    with pytest.raises(InputError, match="same test items"):
        compare("1-nn", [1, 0], [[1, 0, 1]])
