"""Group floors in a project: which column says the group, and what the floors would take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from votek.datasets.groups import row_groups
from votek.errors import BudgetError, InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from votek.datatypes import Dataset

__all__ = ["FloorNeed", "check_columns", "floor_need"]

MOST_COLUMNS = 3
NAMES_SHOWN = 30


@dataclass(frozen=True)
class FloorNeed:
    """What floors take: `groups` there are, `picks` owed to them in all, and how many are `small`er than the floor."""

    groups: int
    picks: int
    small: int

    def check(self, *, floor: int, budget: int) -> None:
        """BudgetError when the floors take more than the budget."""
        if self.picks > budget:
            raise BudgetError(
                f"At least {floor} of each of the {self.groups:,} groups takes {self.picks:,} picks, but {budget:,} "
                "are to be picked. Lower the floor, raise the budget, or choose a column with fewer groups."
            )


def floor_need(
    dataset: Dataset, columns: Sequence[str], floor: int, *, copies: NDArray[np.int64], labelled: Collection[int] = ()
) -> FloorNeed:
    """What a floor takes in a data set: labelled texts count, and a group smaller than the floor is taken whole.

    `copies` int64 (n,): the row that stands for each row; its group counts.
    """
    groups = row_groups(dataset, columns)
    stands_for = copies.tolist()
    sizes = Counter(groups[row] for row in set(stands_for))
    has = Counter(groups[row] for row in {stands_for[row] for row in labelled})
    owed = {group: max(0, min(size, floor) - has[group]) for group, size in sizes.items()}
    return FloorNeed(len(sizes), sum(owed.values()), sum(size < floor for size in sizes.values()))


def check_columns(dataset: Dataset, columns: Sequence[str], floor: int, *, gold: Collection[str] = ()) -> None:
    """Refuse columns or a floor that cannot be used.

    Raises:
        InputError: no such column, a hidden one, too many, or every text is a group of its own.
    """
    if isinstance(floor, bool) or not isinstance(floor, int) or floor < 0:
        raise InputError(f"The floor was {floor!r}; give a whole number: 0, or how many of each group at least.")
    if floor and not columns:
        raise InputError(f"A floor of {floor} needs groups. Name the column that says which group a text is in.")
    if len(columns) > MOST_COLUMNS or len(set(columns)) < len(columns):
        raise InputError(f"Groups can be crossed from up to {MOST_COLUMNS} different columns; {list(columns)!r} given.")
    there = [str(name) for name in dataset.fields.columns]
    for name in columns:
        if name not in there:
            more = f" and {len(there) - NAMES_SHOWN} more" if len(there) > NAMES_SHOWN else ""
            raise InputError(
                f"There is no column {name!r} to group by. There are: {', '.join(there[:NAMES_SHOWN])}{more}."
            )
        if name in gold:
            raise InputError(
                f"Column {name!r} holds hidden labels. Picking by them would use answers that nobody is supposed to "
                "have yet. Choose another column."
            )
    if columns and len(dataset) > 1 and max(Counter(row_groups(dataset, columns)).values()) == 1:
        raise InputError(
            f"{' × '.join(columns)} puts every text in a group of its own. Choose a column that several texts share, "
            "such as a topic or a source."
        )
