"""What every section of the Prompts page works with."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Dataset
    from votek.prompts import LabelledRow

__all__ = ["Material", "state_of"]


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


def state_of(page: OpenPage, material: Material) -> Hashable:
    """What prompts are made from: whatever was made from another state is not of now."""
    labels = hash(repr([(row.row, row.text, row.value, row.who, row.time, row.status) for row in material.labelled]))
    return labels, material.items.digest, page.project.prompts, repr(page.project.task)
