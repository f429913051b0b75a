"""What each column of a file most likely is, so that a usual file needs no choice at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from votek.datasets.table import Table
    from votek.datatypes import TaskType

__all__ = ["LABEL_NAMES", "Suggestion", "default_role", "label_values", "suggest_columns", "task_type"]

_TEXT = ("text", "sentence", "message", "question", "utterance", "content", "body", "review", "comment", "input")
LABEL_NAMES = (
    "label",
    "labels",
    "intent",
    "class",
    "category",
    "sentiment",
    "topic",
    "target",
    "answer",
    "output",
    "query",
)
_ID = ("id", "item_id", "text_id", "uid", "uuid", "guid")
_SAMPLE = 5000
_MOST_LABELS = 200
_LONG_LABEL = 60


@dataclass(frozen=True)
class Suggestion:
    """Columns by their likely part; `labels` most likely first."""

    text: str | None
    id: str | None
    labels: tuple[str, ...]


def suggest_columns(table: Table) -> Suggestion:
    """The likely text, id and label columns.

    A column's name decides first; then texts are the long and varied ones, labels the short ones
    that repeat.
    """
    text = _named(table.columns, _TEXT) or _longest(table)
    rest = [column for column in table.columns if column != text]
    identity = next((c for c in rest if c.lower() in _ID and _unique(table.column(c))), None)
    rest = [column for column in rest if column != identity]
    named = sorted((c for c in rest if c.lower() in LABEL_NAMES), key=lambda c: LABEL_NAMES.index(c.lower()))
    repeating = [c for c in rest if c not in named and _repeats(table.column(c)[:_SAMPLE])]
    return Suggestion(text, identity, (*named, *repeating))


def default_role(cells: list[str]) -> Literal["gold", "labelled"]:
    """ "gold" (kept hidden, for evaluation) when over half of the column is filled, else "labelled".

    >>> default_role(["a", "b", ""]), default_role(["a", "", ""])
    ('gold', 'labelled')
    """
    filled = sum(1 for cell in cells if cell)
    return "gold" if filled * 2 > len(cells) else "labelled"


def label_values(cells: list[str]) -> list[str]:
    """The distinct values of a label column, sorted; none when they read like answers, not labels.

    >>> label_values(["no", "yes", "", "no"])
    ['no', 'yes']
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    distinct = sorted(set(filled))
    too_many = len(distinct) > _MOST_LABELS or len(distinct) > max(20, len(filled) // 2)
    too_long = bool(distinct) and sum(map(len, distinct)) > _LONG_LABEL * len(distinct)
    return [] if too_many or too_long else distinct


def task_type(cells: list[str]) -> TaskType:
    """Free text when the known answers are too many or too long to be chosen from; else one label."""
    return "text" if any(cells) and not label_values(cells) else "single"


def _named(columns: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    lowered = {column.lower(): column for column in reversed(columns)}
    return next((lowered[name] for name in names if name in lowered), None)


def _longest(table: Table) -> str | None:
    def weight(column: str) -> float:
        head = table.column(column)[:200]
        return sum(map(len, head)) * len(set(head))

    return max(table.columns, key=weight, default=None)


def _unique(cells: list[str]) -> bool:
    return all(cells) and len(set(cells)) == len(cells)


def _repeats(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    distinct = set(filled)
    return 2 <= len(distinct) <= min(_MOST_LABELS, len(filled) // 2) and max(map(len, distinct)) <= _LONG_LABEL
