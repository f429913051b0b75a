"""Error consistency: the printed example, exact fractions, intervals, and where it is undefined."""

from fractions import Fraction

import numpy as np
import pytest

from votek.errors import InputError
from votek.evaluation.error_consistency import consistency_of_counts, error_consistency


def decisions(both, first, second, neither):
    """Two columns with so many items of each kind."""
    one = [1] * (both + first) + [0] * (second + neither)
    two = [1] * both + [0] * first + [1] * second + [0] * neither
    return np.array(one, dtype=bool), np.array(two, dtype=bool)


def test_two_observers_at_95_percent_agree_on_90_5_percent_by_chance():
    """The example of Geirhos et al. 2020 (arXiv 2006.16736): .95 * .95 + .05 * .05 = .905."""
    found = error_consistency(*decisions(361, 19, 19, 1))
    assert found.accuracies == (0.95, 0.95)
    assert f"{found.expected:.3f}" == "0.905"
    assert found.observed == 362 / 400
    assert found.kappa == pytest.approx(0, abs=1e-9)  # 361 of 400 is .95 squared: independent to the item


@pytest.mark.parametrize("cells", [(5, 2, 1, 4), (90, 3, 4, 3), (1, 6, 6, 1), (0, 7, 3, 5), (300, 10, 200, 17)])
def test_kappa_equals_exact_fractions(cells):
    n = sum(cells)
    first, second = Fraction(cells[0] + cells[1], n), Fraction(cells[0] + cells[2], n)
    observed = Fraction(cells[0] + cells[3], n)
    expected = first * second + (1 - first) * (1 - second)
    kappa = (observed - expected) / (1 - expected)
    found = error_consistency(*decisions(*cells))
    for value, exact in [
        (found.observed, observed),
        (found.expected, expected),
        (found.kappa, kappa),
        (found.unbiased, n * kappa / (n - 1 + kappa)),
    ]:
        assert abs(Fraction(value) - exact) < Fraction(1, 10**9)
    assert found.low <= found.kappa <= found.high


def test_the_correction_makes_both_parts_of_kappa_unbiased():
    """n kappa / (n - 1 + kappa) is the ratio of unbiased estimates: over all samples of 3 items, in fractions."""
    chances = {(1, 1): Fraction(1, 2), (1, 0): Fraction(1, 8), (0, 1): Fraction(1, 8), (0, 0): Fraction(1, 4)}
    p = Fraction(5, 8)
    true_top, true_bottom = 2 * (Fraction(1, 2) - p * p), 2 * p * (1 - p)
    n, top, bottom = 3, Fraction(0), Fraction(0)
    kinds = list(chances)
    for a in kinds:
        for b in kinds:
            for c in kinds:
                sample, weight = [a, b, c], chances[a] * chances[b] * chances[c]
                one, two = Fraction(sum(s[0] for s in sample), n), Fraction(sum(s[1] for s in sample), n)
                both = Fraction(sum(s[0] * s[1] for s in sample), n)
                apart = 2 * (both - one * two)  # observed minus expected
                expected_apart = one + two - 2 * one * two  # 1 minus expected
                top += weight * n * apart / (n - 1)
                bottom += weight * (expected_apart + apart / (n - 1))
    assert (top, bottom) == (true_top, true_bottom)


def test_equal_models_agree_fully():
    one, _ = decisions(6, 0, 0, 4)
    found = error_consistency(one, one)
    assert (found.kappa, found.unbiased, found.low, found.high) == (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(("cells", "word"), [((9, 0, 0, 0), "right"), ((0, 0, 0, 9), "wrong")])
def test_complete_agreement_by_chance_leaves_kappa_undefined(cells, word):
    found = error_consistency(*decisions(*cells))
    assert (found.kappa, found.unbiased, found.low, found.high) == (None, None, None, None)
    assert found.expected == 1.0
    assert f"{word} on all 9 items" in found.reason


def test_one_model_always_right_the_other_never_is_defined():
    assert error_consistency(*decisions(0, 9, 0, 0)).kappa == 0.0


def test_an_interval_over_too_many_undefined_resamples_is_not_given():
    found = error_consistency(*decisions(9, 0, 0, 1))
    assert found.kappa == 1.0
    assert (found.low, found.high) == (None, None)
    assert "no interval" in found.reason


def test_drawing_counts_is_resampling_items():
    one, two = decisions(40, 8, 5, 17)
    found = error_consistency(one, two, resamples=20_000, seed=3)
    rng = np.random.default_rng(4)
    kappas = []
    for _ in range(4_000):
        rows = rng.integers(len(one), size=len(one))
        kappas.append(error_consistency(one[rows], two[rows], resamples=0).kappa)
    assert [found.low, found.high] == pytest.approx(np.quantile(kappas, [0.025, 0.975]).tolist(), abs=0.02)


def test_the_same_seed_gives_the_same_interval():
    first, again, other = (consistency_of_counts([30, 5, 6, 9], seed=seed) for seed in (1, 1, 2))
    assert first == again != other


def test_different_lengths_are_refused():
    with pytest.raises(InputError, match="same items for both"):
        error_consistency(np.ones(3, dtype=bool), np.ones(4, dtype=bool))


def test_whatever_is_undefined_has_its_reason():
    found = error_consistency(np.array([True, False]), np.array([False, True]))
    assert (found.kappa, found.unbiased) == (-1.0, None)
    assert "no corrected value" in found.reason
