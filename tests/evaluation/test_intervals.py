"""Wilson's interval: printed examples, the formula in exact arithmetic, and what cannot be used."""

from decimal import Decimal, getcontext

import pytest

from votek.errors import InputError
from votek.evaluation.intervals import wilson

getcontext().prec = 50
Z95 = Decimal("1.95996398454005423552459443052055152795555007786954839847")


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (81, 263, ".2553", ".3662"),
        (15, 148, ".0624", ".1605"),
        (0, 20, ".0000", ".1611"),
        (1, 29, ".0061", ".1718"),
    ],
)
def test_the_printed_examples_of_newcombe_1998(right, n, low, high):
    """Newcombe 1998, "Two-sided confidence intervals for the single proportion", Stat. Med. 17, table I, method 3."""
    found = wilson(right, n)
    assert (f"{found.low:.4f}"[1:], f"{found.high:.4f}"[1:]) == (low, high)


@pytest.mark.parametrize("n", [1, 2, 7, 30, 200])
def test_the_formula_in_exact_arithmetic(n):
    z2 = Z95 * Z95
    for right in range(n + 1):
        share = Decimal(right) / n
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = Z95 / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)).sqrt()
        found = wilson(right, n)
        assert abs(Decimal(found.low) - (middle - half)) < Decimal("1e-9")
        assert abs(Decimal(found.high) - (middle + half)) < Decimal("1e-9")
        assert found.value == right / n


def test_several_groups_at_once_widen_each():
    assert wilson(5, 20, groups=5) == wilson(5, 20, level=1 - 0.05 / 5)
    assert wilson(5, 20, groups=5).low < wilson(5, 20).low


@pytest.mark.parametrize("bad", [{"right": 0, "n": 0}, {"right": 3, "n": 2}, {"right": -1, "n": 2}])
def test_what_is_no_share_is_refused(bad):
    with pytest.raises(InputError, match=r"not a share|right = -1 cannot be used"):
        wilson(**bad)


@pytest.mark.parametrize("bad", [{"level": 0.0}, {"level": 1.0}, {"groups": 0}])
def test_levels_out_of_range_are_refused(bad):
    with pytest.raises(InputError, match="level"):
        wilson(1, 2, **bad)
