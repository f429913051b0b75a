"""Group floors: how many picks each group is owed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from votek.errors import BudgetError, InputError
from votek.selection.checks import check_integer

__all__ = ["group_numbers", "owed"]


def group_numbers(groups: Sequence[Hashable] | None, n: int, floor: object) -> tuple[NDArray[np.int32], int]:
    """int32 (n,) group numbers in order of appearance, and the floor; one group and floor 0 without groups.

    Raises:
        InputError: a floor without groups, or groups that are not one name per row.
    """
    least = check_integer("floor", floor, least=0)
    if groups is None:
        if least:
            raise InputError(f"floor = {least} needs groups: give groups= with the group of each row.")
        return np.zeros(n, dtype=np.int32), 0
    numbers: dict[Hashable, int] = {}
    try:
        named = [numbers.setdefault(name, len(numbers)) for name in groups]
    except TypeError as problem:
        raise InputError(f"groups cannot be used ({problem}); give one name per row, a text or a tuple.") from None
    if len(named) != n:
        raise InputError(f"groups holds {len(named)} entries for {n} rows; give one per row.")
    return np.array(named, dtype=np.int32), least


def owed(
    group: NDArray[np.int32],
    floor: int,
    eligible: NDArray[np.bool_],
    labeled: NDArray[np.int64],
    budget: int,
) -> NDArray[np.int64]:
    """int64 (groups,): picks that each group must still get; labelled texts count towards its floor.

    Raises:
        BudgetError: all floors together need more picks than the budget.
    """
    groups = int(group.max()) + 1
    may_be_picked = np.bincount(group[eligible], minlength=groups)
    has = np.bincount(group[labeled], minlength=groups)
    deficit: NDArray[np.int64] = np.maximum(np.minimum(may_be_picked + has, floor) - has, 0).astype(np.int64)
    if deficit.sum() > budget:
        raise BudgetError(
            f"At least {floor} of each group takes {int(deficit.sum())} picks, but the budget is {budget}; "
            "lower the floor or raise the budget."
        )
    return deficit
