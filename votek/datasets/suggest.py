"""The best guess of what each column is, for a person to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from votek.datasets.table import Table, is_blank

__all__ = ["ColumnSummary", "Suggestions", "suggest_columns"]

_MOST_VALUES = 300
_LONGEST_VALUE = 80
_LONGEST_ID = 64
_LABEL_NAMES = frozenset({"label", "labels", "intent", "class", "category", "target", "gold", "sentiment", "topic"})
_ID_NAMES = ("id", "uid", "uuid", "guid", "key")


@dataclass(frozen=True)
class ColumnSummary:
    """What one column holds: share of filled cells in [0, 1], distinct filled values, mean length of these cells."""

    name: str
    filled: float
    distinct: int
    unique: bool
    mean_length: float

    @property
    def use(self) -> Literal["gold", "labelled"]:
        """As labels: "gold" (hidden, for evaluation) when over half filled, else "labelled" already."""
        return "gold" if self.filled > 0.5 else "labelled"


@dataclass(frozen=True)
class Suggestions:
    """Columns by likely part; `labels` and `groups` most likely first, `columns` all, in file order."""

    text: str
    id: str | None
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    columns: tuple[ColumnSummary, ...]

    def column(self, name: str) -> ColumnSummary:
        """The summary of one column."""
        return next(column for column in self.columns if column.name == name)


def suggest_columns(table: Table) -> Suggestions:
    """Text: the longest on average. Id: short, filled and unique. Labels and groups: few values that repeat."""
    columns = tuple(_summary(name, cells) for name, cells in zip(table.columns, table.cells, strict=True))
    text = max(columns, key=lambda column: (column.mean_length * column.filled, column.distinct))
    rest = [column for column in columns if column is not text]
    ids = [column for column in rest if column.unique and column.mean_length <= _LONGEST_ID]
    ids.sort(key=lambda column: (not _named_id(column.name), column.mean_length))
    found = ids[0] if ids and (len(table) > 1 or _named_id(ids[0].name)) else None
    few = [column for column in rest if column is not found and _repeats(column, len(table))]
    few.sort(key=lambda column: column.name.lower() not in _LABEL_NAMES)
    labels = tuple(column.name for column in few)
    groups = tuple(name for name in labels[1:] if name.lower() not in _LABEL_NAMES)
    return Suggestions(text.name, found.name if found else None, labels, groups, columns)


def _summary(name: str, cells: list[str]) -> ColumnSummary:
    filled = [cell for cell in cells if not is_blank(cell)]
    distinct = len(set(filled))
    length = sum(map(len, filled)) / len(filled) if filled else 0.0
    share = len(filled) / len(cells) if cells else 0.0
    return ColumnSummary(name, share, distinct, bool(cells) and distinct == len(cells), length)


def _named_id(name: str) -> bool:
    return name.lower() in _ID_NAMES or name.lower().endswith(("_id", " id"))


def _repeats(column: ColumnSummary, n: int) -> bool:
    if not column.distinct or column.mean_length > _LONGEST_VALUE:
        return False
    named = column.name.lower() in _LABEL_NAMES
    return column.distinct <= _MOST_VALUES and (named or column.distinct <= column.filled * n / 2)
