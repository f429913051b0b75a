"""Groups of texts: what the cells of one or more columns say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["group_words", "row_groups"]


def row_groups(dataset: Dataset, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """The group of each row: its cells in `columns`, crossed; an empty cell is a group too."""
    return list(zip(*(map(str, dataset.fields[name].tolist()) for name in columns), strict=True))


def group_words(group: Sequence[str]) -> str:
    """A group as people read it.

    >>> group_words(("billing", "")), group_words(("",))
    ('billing × (empty)', '(empty)')
    """
    return " × ".join(cell or "(empty)" for cell in group)
