"""What each column of a file most likely is, so that a usual file needs no choice at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from votek.datatypes import TaskType

__all__ = ["Suggestion", "default_role", "label_values", "suggest", "task_type"]

_TEXT = (
    "text",
    "sentence",
    "message",
    "question",
    "utterance",
    "content",
    "body",
    "review",
    "comment",
    "tweet",
    "input",
)
_LABEL = ("label", "labels", "intent", "class", "category", "sentiment", "topic", "target", "answer", "output", "query")
_ID = ("id", "item_id", "text_id", "uid", "uuid", "guid")
_MOST_LABELS = 200
_LONG_LABEL = 60


@dataclass(frozen=True)
class Suggestion:
    """Columns by their likely part; `labels` most likely first."""

    text: tuple[str, ...]
    id: str | None
    labels: tuple[str, ...]


def suggest(frame: pd.DataFrame) -> Suggestion:
    """The likely text, id and label columns of a table of strings.

    A column's name decides first; then texts are the long and varied ones, labels the short ones
    that repeat.
    """
    columns = [str(column) for column in frame.columns]
    text = _named(columns, _TEXT) or _longest(frame)
    identity = next((c for c in columns if c.lower() in _ID and c != text and _unique(frame, c)), None)
    rest = [c for c in columns if c not in (text, identity)]
    named = [c for c in rest if c.lower() in _LABEL]
    repeating = [c for c in rest if c not in named and _repeats(frame, c)]
    return Suggestion((text,) if text else (), identity, tuple(sorted(named, key=_label_order) + repeating))


def default_role(frame: pd.DataFrame, column: str) -> str:
    """ "gold" (kept hidden, for evaluation) when over half of the column is filled, else "labelled"."""
    return "gold" if len(frame) and (frame[column] != "").mean() > 0.5 else "labelled"


def label_values(frame: pd.DataFrame, column: str) -> list[str]:
    """The distinct values of a label column, sorted; none when they read like answers, not labels."""
    values = frame.loc[frame[column] != "", column]
    distinct = sorted(values.unique().tolist())
    many = len(distinct) > max(_MOST_LABELS, 0) or len(distinct) > max(20, len(values) // 2)
    long = bool(distinct) and sum(map(len, distinct)) / len(distinct) > _LONG_LABEL
    return [] if many or long else distinct


def task_type(frame: pd.DataFrame, column: str | None) -> TaskType:
    """Free text when the known answers are too many or too long to be chosen from; else one label."""
    if column is None or not (frame[column] != "").any():
        return "single"
    return "single" if label_values(frame, column) else "text"


def _named(columns: list[str], names: tuple[str, ...]) -> str | None:
    lowered = {column.lower(): column for column in reversed(columns)}
    return next((lowered[name] for name in names if name in lowered), None)


def _label_order(column: str) -> int:
    return _LABEL.index(column.lower())


def _longest(frame: pd.DataFrame) -> str | None:
    if not len(frame.columns):
        return None
    head = frame.head(200)
    weights = {str(c): head[c].str.len().mean() * max(head[c].nunique(), 1) for c in head.columns}
    return max(weights, key=lambda column: weights[column])


def _unique(frame: pd.DataFrame, column: str) -> bool:
    return bool((frame[column] != "").all()) and frame[column].is_unique


def _repeats(frame: pd.DataFrame, column: str) -> bool:
    filled = frame.loc[frame[column] != "", column]
    distinct = filled.nunique()
    return len(filled) >= 4 and 2 <= distinct <= min(_MOST_LABELS, len(filled) // 2) and filled.str.len().max() <= 60
