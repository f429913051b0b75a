"""Trivial, impossible, differentiating: counted, and beside what chance gives."""

from fractions import Fraction
from math import comb, prod

import numpy as np
import pytest

from votek.errors import Cancelled, InputError
from votek.evaluation.difficulty import difficulty


@pytest.fixture(scope="module")
def table():
    """200 items with a difficulty of their own, 4 models."""
    rng = np.random.default_rng(7)
    return rng.random((200, 4)) < np.clip(rng.normal(0.6, 0.35, size=(200, 1)), 0, 1)


@pytest.fixture(scope="module")
def found(table):
    return difficulty(table, names=["a", "b", "c", "d"], seed=1)


def test_counts_and_positions(table, found):
    assert found.trivial.tolist() == [row for row in range(200) if table[row].all()]
    assert found.impossible.tolist() == [row for row in range(200) if not table[row].any()]
    trivial, impossible, differentiating = found.classes
    assert (trivial.count, impossible.count) == (len(found.trivial), len(found.impossible))
    assert trivial.count + impossible.count + differentiating.count == 200 == found.observed.sum()
    assert [one.share for one in found.classes] == [one.count / 200 for one in found.classes]


def test_the_null_is_the_product_of_the_accuracies(table, found):
    shares = [Fraction(int(right), 200) for right in table.sum(axis=0)]
    all_right, none_right = prod(shares), prod(1 - share for share in shares)
    exact = [200 * all_right, 200 * none_right, 200 * (1 - all_right - none_right)]
    assert [one.expected for one in found.classes] == pytest.approx([float(value) for value in exact], abs=1e-9)
    assert found.expected.sum() == pytest.approx(200, abs=1e-9)


def test_the_p_value_is_the_exact_binomial_tail(table, found):
    shares = [Fraction(int(right), 200) for right in table.sum(axis=0)]
    share = prod(1 - one for one in shares)
    count = found.classes[1].count
    tail = 1 - sum(comb(200, i) * share**i * (1 - share) ** (200 - i) for i in range(count))
    assert found.classes[1].p_value == pytest.approx(float(tail), rel=1e-6, abs=1e-9)


def test_items_of_their_own_difficulty_are_more_trivial_and_more_impossible_than_chance(found):
    trivial, impossible, differentiating = found.classes
    assert trivial.p_value < 0.001 > impossible.p_value
    assert trivial.permuted_p_value == impossible.permuted_p_value == differentiating.permuted_p_value == 1 / 1001
    assert trivial.count > trivial.permuted_high
    assert differentiating.count < differentiating.permuted_low


def test_shuffling_keeps_accuracies_and_has_the_mean_of_the_null(found):
    """Over all orders the mean number of trivial items is n times the product of the accuracies, exactly."""
    for one in found.classes:
        assert one.permuted == pytest.approx(one.expected, abs=0.6)


def test_independent_models_are_not_called_dependent():
    rng = np.random.default_rng(5)
    found = difficulty(rng.random((400, 3)) < 0.7, permutations=400)
    assert all(one.p_value > 0.01 < one.permuted_p_value for one in found.classes)


def test_the_same_seed_repeats_and_another_draws_anew(table, found):
    assert difficulty(table, seed=1).classes == found.classes
    assert difficulty(table, seed=2).classes != found.classes


def test_consistency_of_every_pair(found):
    assert sorted(found.consistency) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert all(pair.low < pair.kappa < pair.high for pair in found.consistency.values())


def test_equal_models_are_named_as_one():
    column = np.arange(120) % 3 > 0
    found = difficulty(np.stack([column] * 3, axis=1), permutations=20)
    assert "count as one model" in found.notes[0]
    assert found.classes[2].count == 0


def test_models_that_are_always_right_leave_kappa_undefined():
    found = difficulty(np.ones((120, 3), dtype=bool), permutations=20)
    assert [pair.kappa for pair in found.consistency.values()] == [None] * 3
    assert [one.p_value for one in found.classes] == [1.0, 1.0, 1.0]


def test_few_items_are_said_to_be_few():
    assert "12 items" in difficulty(np.eye(12, 3, dtype=bool), permutations=20).notes[0]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (np.ones((9, 2), dtype=bool), "at least 3"),
        (np.ones((1, 3), dtype=bool), "at least 2"),
        (np.ones((9, 3)), "table of true and false"),
    ],
)
def test_what_cannot_be_used_is_refused(table, words):
    with pytest.raises(InputError, match=words):
        difficulty(table)


def test_names_must_be_different():
    with pytest.raises(InputError, match="name of its own"):
        difficulty(np.eye(9, 3, dtype=bool), names=["a", "a", "b"])


def test_it_can_be_stopped(table):
    def stop(stage, done, total):
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        difficulty(table, progress=stop)
