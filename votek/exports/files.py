"""What a writer is given, and what it gives back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Prompt, PromptSet, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.exports.lineage import prompt_settings
from votek.prompts import LabelledRow, LabelValue, label_text

__all__ = ["ExportFile", "ExportRequest", "LabelledVectors", "WrittenFile", "json_bytes", "json_line"]

# Readers that split at every Unicode line end would cut a record there; escaped, it means the same.
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


@dataclass(frozen=True)
class WrittenFile:
    """What was written: its usual name, size in bytes and SHA-256.

    `answers`: how many right answers of test items stand in it. `guarded`: whether the formula guard was on, None where
    it has no say. `left_out`: formats that refused to stand in a zip of all formats, with the reason.
    """

    name: str
    mime: str
    size: int
    sha256: str
    answers: int = 0
    guarded: bool | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportFile:
    """One finished file; `answers`, `guarded` and `left_out` as in `WrittenFile`."""

    name: str
    mime: str
    content: bytes = field(repr=False)
    answers: int = 0
    guarded: bool | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, eq=False)
class LabelledVectors:
    """How similar texts are found outside the app.

    `rows`: float32 (m, d), the raw vectors of the labelled texts, in pick order. `mean`: float32 (d,), the pool mean.
    `copies`: int64 (m,), group of copies of each. `model`, `model_digest`: what made them. `near_copy_threshold`: raw
    cosine from which a labelled text counts as a copy of the query.
    """

    rows: NDArray[np.float32]
    mean: NDArray[np.float32]
    copies: NDArray[np.int64]
    model: str
    model_digest: str
    near_copy_threshold: float | None


@dataclass(frozen=True, eq=False)
class ExportRequest:
    """The labelled rows in pick order, the prompts, and what was asked of people."""

    labelled: Sequence[LabelledRow]
    prompts: PromptSet | None
    task: TaskSpec
    formula_guard: bool = True
    own: PromptSet | None = None
    """One prompt per labelled text, written from the other labelled texts."""
    vectors: LabelledVectors | None = None
    answers: Mapping[str, LabelValue] = field(default_factory=dict)
    """Right answers of test items by id, where the person asked for them to go out with the prompts."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The original columns of the labelled rows, each once."""
        return tuple(dict.fromkeys(name for row in self.labelled for name in row.fields))

    @property
    def settings(self) -> PromptSettings:
        """The settings that the prompts were built with."""
        return prompt_settings({} if self.prompts is None else self.prompts.manifest)

    @property
    def order(self) -> str:
        """In which order the demonstrations of a prompt stand, in words: "most similar last", ..."""
        prompts = {} if self.prompts is None else self.prompts.manifest.get("prompts", {})
        return str(prompts.get("order", "as in the prompt"))

    @cached_property
    def prompt_list(self) -> tuple[Prompt, ...]:
        """The prompts; InputError when there are none."""
        if self.prompts is None or not len(self.prompts):
            raise InputError("There are no prompts to export. Add test items, build the prompts, then export again.")
        return self.prompts.prompts

    @cached_property
    def _by_row(self) -> dict[int, LabelledRow]:
        return {row.row: row for row in self.labelled}

    def demonstrations(self, prompt: Prompt) -> list[LabelledRow]:
        """The labelled rows that stand in `prompt`, in its order."""
        try:
            return [self._by_row[row] for row in prompt.demonstrations]
        except KeyError as problem:
            raise InputError(
                f"The prompt of {prompt.id!r} shows row {problem.args[0]}, which is not labelled any more. "
                "Build the prompts again, then export."
            ) from None

    def value(self, value: LabelValue) -> str | list[str]:
        """A label as data: a list where the task allows several labels, else a text."""
        if self.task.type == "multi":
            return [value] if isinstance(value, str) else list(value)
        return label_text(value)


def json_line(record: Mapping[str, Any]) -> str:
    """`record` as JSON on exactly one line, whatever the reader takes for a line end."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)


def json_bytes(text: str) -> bytes:
    """UTF-8, or an InputError that shows the place which cannot be written."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as problem:
        around = ascii(text[max(0, problem.start - 30) : problem.end + 10])
        raise InputError(
            f"A text holds half of a character, which no file format can keep: {around}. "
            "Correct the text or label, then export again."
        ) from None
