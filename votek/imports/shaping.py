"""From answers as a file has them to answers of one kind of task: labels, sets of labels or texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from votek.datasets.suggest import task_type
from votek.datatypes import TaskType
from votek.imports.labels import ImportedAnswer
from votek.imports.losses import LossBook

__all__ = ["GivenAnswer", "latest", "moment", "shaped", "shown", "task_of"]


@dataclass(frozen=True)
class GivenAnswer:
    """An answer, the question it is to, and the labels that were chosen; None where it is a text or a skip."""

    question: str
    answer: ImportedAnswer
    labels: tuple[str, ...] | None


def task_of(given: Sequence[GivenAnswer], *, multi: bool, undecided: bool) -> TaskType:
    """What kind of answers these are; `undecided`: labels may be written answers, where they are many or long."""
    answered = [one for one in given if one.answer.kind == "label"]
    if answered and all(one.labels is None for one in answered):
        return "text"
    if undecided and task_type([label for one in answered for label in one.labels or ()]) == "text":
        return "text"
    return "multi" if multi or any(one.labels is not None and len(one.labels) > 1 for one in answered) else "single"


def shaped(one: GivenAnswer, task: TaskType, losses: LossBook) -> ImportedAnswer | None:
    """The answer as the task has it, or None with the loss noted."""
    answer = one.answer
    if answer.kind == "skip":
        return answer
    given = one.labels if one.labels is not None else (str(answer.value),)
    if task == "text":
        if len(given) > 1:
            losses.add("several", answer.row, " | ".join(given[1:]), count=len(given) - 1)
        return replace(answer, value=given[0])
    labels = tuple(dict.fromkeys(label.strip() for label in given if label.strip()))
    if task == "multi" and labels:
        return replace(answer, value=labels)
    if len(labels) == 1:
        return replace(answer, value=labels[0])
    losses.add("several" if labels else "empty", answer.row, ", ".join(labels))
    return None


def latest(answers: Iterable[ImportedAnswer], losses: LossBook) -> list[ImportedAnswer]:
    """One answer of each person about a text: the latest by its time, else by its place in the file."""
    found: dict[tuple[str, str], ImportedAnswer] = {}
    for answer in answers:
        before = found.get((answer.item, answer.who))
        if before is None:
            found[answer.item, answer.who] = answer
            continue
        later = before.time is None or answer.time is None or answer.time >= before.time
        lost, kept = (before, answer) if later else (answer, before)
        found[answer.item, answer.who] = kept
        if lost.value != kept.value:
            losses.add("duplicate", lost.row, shown(lost.value))
    return list(found.values())


def shown(value: Any) -> str:
    """An answer as people read it."""
    return ", ".join(value) if isinstance(value, tuple) else "skipped" if value is None else str(value)


def moment(given: Any) -> dt.datetime | None:
    """A time as tools write it: seconds (or milliseconds) since 1970, or ISO 8601; UTC where it has no zone."""
    text = str(given).strip()
    try:
        number = float(text)
    except ValueError:
        number = None
    try:
        if number is not None:
            return dt.datetime.fromtimestamp(number / 1000 if number > 1e11 else number, dt.UTC)
        found = dt.datetime.fromisoformat(text)
        # Near either end of the calendar a time with a zone has none in UTC, which is how it would be stored.
        return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
