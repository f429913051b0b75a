"""What every section of the Prompts page works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from votek.datatypes import Dataset
    from votek.prompts import LabelledRow

__all__ = ["Material"]


@dataclass(frozen=True, eq=False)
class Material:
    """The texts of an opened Prompts page.

    `items`: what prompts are written for; `own`: they are the pool's texts without a label, not a test file.
    `labelled`: the rows that demonstrations are drawn from, never empty.
    """

    items: Dataset
    labelled: Sequence[LabelledRow]
    own: bool

    @property
    def asked(self) -> int:
        """How many prompts the project can write."""
        return len(self.items) - (len(self.labelled) if self.own else 0)
