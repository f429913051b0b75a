"""Accuracy by group: the worst, the small ones apart, and two pools on the same items."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation.groups import compare_worst_group, worst_group
from votek.evaluation.intervals import wilson

GROUPS = ["chat"] * 40 + ["mail"] * 20 + ["post"] * 3
RIGHT = [True] * 36 + [False] * 4 + [True] * 12 + [False] * 8 + [False] * 3


def test_the_worst_group_is_one_of_enough_items():
    found = worst_group(RIGHT, GROUPS)
    assert [(one.group, one.n, one.right) for one in found.groups] == [("mail", 20, 12), ("chat", 40, 36)]
    assert [(one.group, one.accuracy.value) for one in found.small] == [("post", 0.0)]
    assert found.worst.group == "mail"
    assert found.overall.value == 48 / 63
    assert found.gap == pytest.approx(float(Fraction(48, 63) - Fraction(12, 20)), abs=1e-9)


def test_intervals_hold_for_all_groups_at_once():
    found = worst_group(RIGHT, GROUPS)
    assert found.groups[0].accuracy == wilson(12, 20, level=1 - 0.05 / 3)
    assert found.overall == wilson(48, 63)


def test_the_interval_of_the_minimum_is_that_of_drawing_within_groups():
    """Two groups of 10: the distribution of the lower share, in exact fractions."""
    right = [True] * 6 + [False] * 4 + [True] * 8 + [False] * 2
    chance = [
        [comb(10, i) * Fraction(p, 10) ** i * Fraction(10 - p, 10) ** (10 - i) for i in range(11)] for p in (6, 8)
    ]
    least = [Fraction(0)] * 11
    for first, second in product(range(11), repeat=2):
        least[min(first, second)] += chance[0][first] * chance[1][second]
    below = [sum(least[: i + 1]) for i in range(11)]
    exact = [next(i for i in range(11) if below[i] >= edge) / 10 for edge in (Fraction(1, 40), Fraction(39, 40))]
    found = worst_group(right, ["a"] * 10 + ["b"] * 10, resamples=20_000)
    assert [found.minimum.low, found.minimum.high] == pytest.approx(exact, abs=1e-9)
    assert found.minimum.value == 0.6


def test_groups_of_one_item_leave_no_worst():
    found = worst_group([True, False, True], ["a", "b", "c"])
    assert (found.worst, found.minimum, found.gap) == (None, None, None)
    assert len(found.small) == 3


def test_crossed_columns_are_groups_too():
    found = worst_group([True] * 10 + [False] * 10, [("en", "chat")] * 10 + [("de", "mail")] * 10)
    assert found.worst.group == ("de", "mail")


def test_a_second_pool_that_mends_the_worst_group():
    after = np.array(RIGHT)
    after[52:60] = True
    found = compare_worst_group(RIGHT, after, GROUPS)
    assert found.minimum.value == pytest.approx(0.9 - 0.6)
    assert found.minimum.low > 0
    assert found.groups["mail"].value == pytest.approx(0.4)
    assert found.groups["chat"] == found.groups["post"]  # unchanged items change in no resample
    assert found.better > 0.99
    assert found.overall.value == pytest.approx(8 / 63)


def test_equal_pools_do_not_differ():
    found = compare_worst_group(RIGHT, RIGHT, GROUPS)
    assert (found.minimum.low, found.minimum.high, found.better) == (0.0, 0.0, 0.0)


def test_what_cannot_be_used_is_refused():
    with pytest.raises(InputError, match="one group for each"):
        worst_group([True], ["a", "b"])
    with pytest.raises(InputError, match="0 answers"):
        worst_group([], [])
    with pytest.raises(InputError, match="No group has 10 items"):
        compare_worst_group([True], [False], ["a"])
