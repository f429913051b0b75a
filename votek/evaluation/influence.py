"""Do suggestions sway those who see them? Decisions beside a shown suggestion against decisions beside a hidden one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from votek.evaluation.intervals import Interval, wilson

__all__ = ["FEW", "Arm", "Influence", "difference", "influence"]

FEW = 10
"""Below so many decisions nothing is said about a share."""


@dataclass(frozen=True)
class Arm:
    """`agreed` of `n` decisions equal the suggestion; `share` with its Wilson interval, None below 10 decisions."""

    agreed: int
    n: int
    share: Interval | None


@dataclass(frozen=True)
class Influence:
    """What was decided where the suggestion was shown, and where it was held back.

    The held-back texts are drawn by a hash, so the two differ by chance and by the suggestion alone. `difference`:
    share shown - share held back, None where either side has too few: above 0 where people follow suggestions that they
    would not have agreed with by themselves.
    """

    shown: Arm
    blind: Arm
    difference: Interval | None

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries and numbers."""
        return asdict(self)

    def sentences(self) -> list[str]:
        """The same in words: shown, held back, and what the difference says."""
        return [
            f"Shown: {_arm(self.shown, 'agreed with the suggestion')}",
            f"Held back: {_arm(self.blind, 'agreed with it all the same')}",
            f"Influence: {self._verdict()}",
        ]

    def _verdict(self) -> str:
        gap = self.difference
        if gap is None:
            return f"too few to say; at least {FEW} decisions of each kind are needed."
        points = f"{100 * gap.value:+.1f} points (95% interval {100 * gap.low:+.1f} to {100 * gap.high:+.1f})"
        if gap.low > 0:
            return f"{points}. People follow shown suggestions that they would not have come to by themselves."
        if gap.high < 0:
            return f"{points}. Where a suggestion is shown, people agree with it less."
        return f"{points}. That cannot be told from chance."


def _arm(arm: Arm, what: str) -> str:
    if not arm.n:
        return "no decisions yet."
    if arm.share is None:
        return f"{arm.agreed} of {arm.n} {what}; too few to say."
    share = arm.share
    return f"{arm.agreed} of {arm.n} {what}, {share.value:.1%} (95% interval {share.low:.1%} to {share.high:.1%})."


def influence(*, shown: tuple[int, int], blind: tuple[int, int]) -> Influence:
    """The report of (agreed, n) decisions with a shown and with a held-back suggestion.

    >>> found = influence(shown=(56, 70), blind=(48, 80))
    >>> f"{found.difference.value:.4f}: {found.difference.low:.4f} to {found.difference.high:.4f}"
    '0.2000: 0.0524 to 0.3339'
    """
    arms = [Arm(agreed, n, wilson(agreed, n) if n >= FEW else None) for agreed, n in (shown, blind)]
    first, second = arms[0].share, arms[1].share
    between = None if first is None or second is None else difference(first, second)
    return Influence(arms[0], arms[1], between)


def difference(one: Interval, other: Interval) -> Interval:
    """The difference of two independent shares, from their Wilson intervals.

    Newcombe 1998, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17,
    method 10; the example of `influence` is the first column of its table II.
    """
    gap = one.value - other.value
    low = gap - sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    high = gap + sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(gap, low, high)
