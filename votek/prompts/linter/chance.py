"""How likely a count is by chance alone."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

__all__ = ["at_least"]


def at_least(count: int, draws: int, share: float) -> float:
    """Probability of `count` or more hits in `draws` when each is a hit with probability `share`: binomial tail.

    >>> round(at_least(2, 3, 0.5), 3), at_least(0, 5, 0.1), at_least(3, 3, 1.0)
    (0.5, 1.0, 1.0)
    """
    if count <= 0 or share >= 1:
        return 1.0
    if share <= 0 or count > draws:
        return 0.0
    whole = lgamma(draws + 1)
    terms = (
        whole - lgamma(hits + 1) - lgamma(draws - hits + 1) + hits * log(share) + (draws - hits) * log1p(-share)
        for hits in range(count, draws + 1)
    )
    return min(1.0, sum(exp(term) for term in terms))
