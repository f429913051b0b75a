"""How sure a share is: the Wilson interval, one at a time or for several groups at once."""

from __future__ import annotations

from dataclasses import dataclass

from votek.errors import InputError
from votek.selection.checks import check_integer

__all__ = ["Interval", "wilson"]


@dataclass(frozen=True)
class Interval:
    """A value and the ends of its interval."""

    value: float
    low: float
    high: float


def wilson(right: int, n: int, *, level: float = 0.95, groups: int = 1) -> Interval:
    """The share `right / n` with its Wilson score interval.

    Args:
        right: how many of the n were right, 0 to n.
        n: how many there were, at least 1.
        level: how often such an interval holds the true share, between 0 and 1.
        groups: over how many groups the level is to hold at once; each interval is then made at
            1 - (1 - level) / groups (Bonferroni).

    Raises:
        InputError: n is 0, `right` is not within 0 and n, or `level` or `groups` is out of range.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22; the example is
    the first of table I in Newcombe 1998, Statistics in Medicine 17.

    >>> found = wilson(81, 263)
    >>> f"{found.value:.4f}: {found.low:.4f} to {found.high:.4f}"
    '0.3080: 0.2553 to 0.3662'
    """
    from scipy.stats import binomtest

    right, n = check_integer("right", right, least=0), check_integer("n", n, least=0)
    if n < 1 or not 0 <= right <= n:
        raise InputError(f"{right} of {n} is not a share; give at least one item, and no more right ones than items.")
    if not 0 < level < 1 or groups < 1:
        raise InputError(f"The level was {level} and the groups {groups}; give a level between 0 and 1 and a group.")
    found = binomtest(int(right), int(n)).proportion_ci(1 - (1 - level) / groups, method="wilson")
    return Interval(right / n, float(found.low), float(found.high))
