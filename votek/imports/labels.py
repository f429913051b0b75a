"""What a file of labels holds: texts, who answered what about them, and what could not be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from votek.datatypes import TaskType

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["Example", "ImportedAnswer", "ImportedLabels", "Loss", "losses_json"]


@dataclass(frozen=True)
class ImportedAnswer:
    """What one person said about one text.

    `who`: what the file calls them, "" where it names nobody. `value`: a label, several labels as a tuple, or a text;
    None with kind "skip". `time`: with its zone, None where the file does not tell. `row`: where in the file.
    """

    item: str
    who: str
    kind: Literal["label", "skip"]
    value: str | tuple[str, ...] | None
    row: int
    time: dt.datetime | None = None
    comment: str = ""
    flagged: bool = False


@dataclass(frozen=True)
class Example:
    """One place where something was lost: the row in the file and how it begins there."""

    row: int
    excerpt: str = ""


@dataclass(frozen=True)
class Loss:
    """One kind of thing that was not kept: how often, why in one sentence, and the first examples."""

    kind: str
    sentence: str
    count: int
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, eq=False)
class ImportedLabels:
    """The content of a file of labels.

    `tool`: name of the format; `why`: how it was recognised, or that it was given. `dataset`: the texts, with the rows
    that were refused; where the file has no texts (`has_texts` is False) the ids stand in their place. `own_ids`:
    whether the ids are the file's, not row numbers. `question`: which question of the file the answers are to, "" where
    there is only one. `task`: what kind of answers these are; `labels`: names of labels in the order of the file.
    """

    tool: str
    title: str
    why: str
    dataset: Dataset
    answers: tuple[ImportedAnswer, ...]
    task: TaskType
    labels: tuple[str, ...]
    losses: tuple[Loss, ...]
    own_ids: bool
    has_texts: bool = True
    question: str = ""
    questions: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> tuple[str, ...]:
        """The names of those who answered, in the order of the file; "" for answers that name nobody."""
        return tuple(dict.fromkeys(answer.who for answer in self.answers))

    def to_json(self) -> dict[str, Any]:
        """What was found, as plain dictionaries, lists, strings and numbers; texts and answers are counted only."""
        return {
            "tool": self.tool,
            "why": self.why,
            "texts": len(self.dataset) if self.has_texts else 0,
            "answers": len(self.answers),
            "people": list(self.people),
            "task": self.task,
            "labels": list(self.labels),
            "question": self.question,
            "questions": list(self.questions),
            "refused": [{"row": one.row, "reason": one.reason} for one in self.dataset.refusals],
            "losses": losses_json(self.losses),
        }


def losses_json(losses: tuple[Loss, ...]) -> list[dict[str, Any]]:
    """A loss report as plain dictionaries."""
    return [
        {
            "kind": loss.kind,
            "sentence": loss.sentence,
            "count": loss.count,
            "examples": [{"row": one.row, "excerpt": one.excerpt} for one in loss.examples],
        }
        for loss in losses
    ]
