"""What is drawn by lot for a comparison: random pools, and test items that no pool may hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.errors import BudgetError, InputError
from votek.selection.checks import check_seed

__all__ = ["fair_slice", "random_pools"]

_SLICE, _POOLS = 1, 2
"""Streams of one seed, so that another number of pools does not change the test items."""


def random_pools(eligible: NDArray[np.int64], *, size: int, pools: int, seed: int = 0) -> NDArray[np.int64]:
    """int64 (pools, size): rows of `eligible`, distinct within each pool, in the order drawn.

    A larger `size` adds to each pool, and more `pools` leave the others as they are.

    Raises:
        BudgetError: fewer rows than a pool needs.

    >>> random_pools(np.arange(5), size=3, pools=2).shape
    (2, 3)
    """
    check_seed(seed)
    if size < 1 or pools < 1:
        raise InputError(f"{pools} pools of {size} texts were asked for; give at least one of each.")
    if size > len(eligible):
        raise BudgetError(
            f"A random pool needs {size:,} distinct texts with a label, and there are {len(eligible):,} to draw from. "
            "Compare fewer picks, or give more labels."
        )
    drawn = [np.random.default_rng([seed, _POOLS, at]).permutation(eligible)[:size] for at in range(pools)]
    return np.stack(drawn).astype(np.int64)


def fair_slice(candidates: NDArray[np.int64], *, size: int, seed: int = 0) -> NDArray[np.int64]:
    """int64 (up to size,), ascending: test items drawn from `candidates`, at most half of them.

    `candidates`: labelled texts that no compared pool holds. The other half is left to the random pools, so that
    they are drawn from texts of the same kind.

    >>> len(fair_slice(np.arange(10), size=300))
    5
    """
    rng = np.random.default_rng([check_seed(seed), _SLICE])
    return np.sort(rng.permutation(candidates)[: min(size, len(candidates) // 2)]).astype(np.int64)
