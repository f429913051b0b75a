"""The rows that prompts are made from. Prompts receive labels as data and never look them up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from votek.errors import InputError

__all__ = ["LabelValue", "LabelledRow", "QueryRow", "in_pick_order", "label_text"]

LabelValue = str | tuple[str, ...]
"""One label or a typed text; several labels are a tuple."""


@dataclass(frozen=True)
class LabelledRow:
    """One text with its final label.

    `row`: its position in the pool Dataset. `rank`: its place in the queue, None when nobody picked it.
    `fields`: the original columns of the row. `source`: how the label came ("browser", "import", …). `suggestion`:
    what the person was shown as a likely label before they gave this one, {"value", "confidence", "source"}.
    `status`: "single", "unanimous", "majority" or "adjudicated". `answers`: what each person said, {"who", "value"},
    None for a skip; empty for a label that came with a file. `why`: the reason given with an adjudication.
    """

    id: str
    row: int
    text: str
    value: LabelValue
    who: str = "local"
    fields: Mapping[str, str] = field(default_factory=dict)
    rank: int | None = None
    time: dt.datetime | None = None
    source: str = "browser"
    guideline_version: int | None = None
    suggestion: Mapping[str, Any] | None = None
    status: str = "single"
    answers: tuple[Mapping[str, Any], ...] = ()
    why: str = ""

    @property
    def people(self) -> int:
        """How many people gave a label."""
        return sum(answer["value"] is not None for answer in self.answers)

    @property
    def agreed(self) -> int:
        """How many of them gave this one."""
        own = self.value if isinstance(self.value, str) else list(self.value)
        return sum(answer["value"] == own for answer in self.answers)

    def __post_init__(self) -> None:
        value: object = self.value
        # Lists come out of JSON; a tuple keeps the record frozen and comparable.
        if isinstance(value, list):
            value = tuple(value)
            object.__setattr__(self, "value", value)
        object.__setattr__(self, "answers", tuple(self.answers))
        parts = value if isinstance(value, tuple) else (value,)
        if not all(isinstance(part, str) for part in parts):
            raise InputError(
                f"The label of item {self.id!r} is {self.value!r}; a label is a text or a list of texts. "
                "Label the item again."
            )


@dataclass(frozen=True)
class QueryRow:
    """One test item. `row`: its position in the pool Dataset when it belongs to it, else None."""

    id: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    row: int | None = None


def label_text(value: LabelValue) -> str:
    """A label as it stands in a prompt: several labels are joined by ", ".

    >>> label_text(("refund", "angry"))
    'refund, angry'
    """
    return value if isinstance(value, str) else ", ".join(value)


def in_pick_order(rows: Sequence[LabelledRow]) -> list[LabelledRow]:
    """Rows by rank; those that nobody picked (their labels came with the file) follow in file order."""
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.row))
