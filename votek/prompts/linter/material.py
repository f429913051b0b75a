"""What rules look at: the labelled rows, the prompts and the words of the settings, worked out once."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Prompt, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.prompts.instruction import instruction_text
from votek.prompts.linter.findings import About
from votek.prompts.rows import LabelledRow, LabelValue, QueryRow
from votek.prompts.templates import Template, parse_template

__all__ = ["MANY", "Material", "Piece", "folded", "parts_of"]

_ROUNDING = 1e-6
"""The stages that find near-copies work in float32; a pair on their border counts as a near-copy here."""
_CELLS = 4_000_000
MANY = 5_000
"""Labelled rows up to which all pairs are compared by cosine; of more, only equal texts are found."""


class Piece(NamedTuple):
    """One string that stands in a prompt. `part`: what it is of `item`, in words ("its text", "its label", …)."""

    about: About
    item: str
    part: str
    text: str

    @property
    def begin(self) -> str:
        """`part` as the beginning of a sentence."""
        return self.part[:1].upper() + self.part[1:]


def folded(text: str) -> str:
    """The text, Unicode form and white space aside; two texts that are equal so are copies."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def parts_of(value: LabelValue) -> tuple[str, ...]:
    """The labels in a value, without the white space around them, none twice; empty ones are left out."""
    given = (value,) if isinstance(value, str) else value
    return tuple(dict.fromkeys(part.strip() for part in given if part.strip()))


@dataclass(frozen=True, eq=False)
class Material:
    """`queries`: one per prompt, in the order of the prompts. `units`, `asked`: float64 (m, d) and (q, d), raw vectors
    of length 1, or None; `centred`, `asked_centred`: the same minus the pool mean. `copies`: int64 (n,), group of each
    row of the pool, or None. `threshold`: cosine from which two texts are near-copies; None: off. `target`: where
    the prompts go, in words; `target_order`: how it arranges demonstrations, "" when as in the prompt.
    """

    prompts: Sequence[Prompt]
    labelled: Sequence[LabelledRow]
    queries: Sequence[QueryRow]
    settings: PromptSettings
    task: TaskSpec
    units: NDArray[np.float64] | None
    asked: NDArray[np.float64] | None
    centred: NDArray[np.float64] | None
    asked_centred: NDArray[np.float64] | None
    copies: NDArray[np.int64] | None
    threshold: float | None
    target: str
    target_order: str
    regions: tuple[str, ...]

    @cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """The labels of each labelled row; one for "single" and written answers, none when it is empty."""
        return tuple(parts_of(row.value) for row in self.labelled)

    @cached_property
    def label_counts(self) -> Counter[str]:
        """How many labelled texts have each label."""
        return Counter(label for labels in self.labels for label in labels)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Labels of the task; of a task that lists none, those that were given."""
        listed = tuple(dict.fromkeys(label.name.strip() for label in self.task.labels if label.name.strip()))
        return listed or tuple(self.label_counts)

    @cached_property
    def shown(self) -> NDArray[np.int64]:
        """int64 (q, most demonstrations): position in `labelled` of each demonstration in the order of the text.

        -1 where a prompt has fewer, -2 where the row shown is not labelled.
        """
        place = {row.row: at for at, row in enumerate(self.labelled)}
        width = max((len(prompt.demonstrations) for prompt in self.prompts), default=0)
        table = np.full((len(self.prompts), width), -1, dtype=np.int64)
        for at, prompt in enumerate(self.prompts):
            table[at, : len(prompt.demonstrations)] = [place.get(row, -2) for row in prompt.demonstrations]
        return table

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """int64 (q,): demonstrations of each prompt."""
        return np.asarray((self.shown != -1).sum(axis=1), dtype=np.int64)

    @cached_property
    def similarity(self) -> NDArray[np.float64] | None:
        """float64, as `shown`: raw cosine of each demonstration to the query; NaN where there is none."""
        return self._cosines(self.units, self.asked)

    @cached_property
    def centred_similarity(self) -> NDArray[np.float64] | None:
        """As `similarity`, with the pool mean subtracted on both sides."""
        return self._cosines(self.centred, self.asked_centred)

    def _cosines(
        self, pool: NDArray[np.float64] | None, asked: NDArray[np.float64] | None
    ) -> NDArray[np.float64] | None:
        if pool is None or asked is None or not len(pool):
            return None
        found = np.full(self.shown.shape, np.nan)
        step = max(1, _CELLS // len(pool))
        for start in range(0, len(found), step):
            places = self.shown[start : start + step]
            products = asked[start : start + step] @ pool.T
            taken = np.take_along_axis(products, np.maximum(places, 0), axis=1)
            found[start : start + step] = np.where(places < 0, np.nan, taken)
        return found

    def same_group(self, place: int, row: int | None) -> bool:
        """Whether a labelled row and a row of the pool are in one group of copies."""
        if self.copies is None or row is None:
            return False
        return bool(self.copies[self.labelled[place].row] == self.copies[row])

    @property
    def limit(self) -> float:
        """Cosine from which two texts are near-copies."""
        return np.inf if self.threshold is None or self.threshold > 1 else self.threshold - _ROUNDING

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The folded text of each labelled row."""
        return tuple(folded(row.text) for row in self.labelled)

    @cached_property
    def query_keys(self) -> tuple[str, ...]:
        """The folded text of each query."""
        return tuple(folded(query.text) for query in self.queries)

    @cached_property
    def text_groups(self) -> NDArray[np.int64]:
        """int64 (m,): the same number for labelled rows whose folded texts are equal."""
        number: dict[str, int] = {}
        return np.array([number.setdefault(key, len(number)) for key in self.keys], dtype=np.int64)

    @cached_property
    def besides(self) -> NDArray[np.int64]:
        """int64 (m,): the same number for rows whose demonstrations show the same in every column beside the text.

        Rows that differ there are different demonstrations, however alike their texts: one question about two passages,
        one sentence compared with two others.
        """
        number: dict[tuple[str, ...], int] = {}
        columns = self.columns("demonstration template")
        shown = (tuple(folded(row.fields.get(name, "")) for name in columns) for row in self.labelled)
        return np.array([number.setdefault(cells, len(number)) for cells in shown], dtype=np.int64)

    @cached_property
    def near(self) -> NDArray[np.bool_] | None:
        """bool (m, m): which labelled rows are copies or near-copies, and show the same beside; None where too many."""
        size = len(self.labelled)
        if size > MANY:
            return None
        near: NDArray[np.bool_] = self.text_groups[:, None] == self.text_groups[None, :]
        if self.units is not None:
            step = max(1, _CELLS // max(size, 1))
            for start in range(0, size, step):
                near[start : start + step] |= self.units[start : start + step] @ self.units.T >= self.limit
        near &= self.besides[:, None] == self.besides[None, :]
        np.fill_diagonal(near, False)
        return near

    def alike(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these pairs of labelled rows are copies or near-copies; a negative position is like nothing."""
        there = (first >= 0) & (second >= 0)
        a, b = np.where(there, first, 0), np.where(there, second, 0)
        equal = (self.text_groups[a] == self.text_groups[b]) & (self.besides[a] == self.besides[b])
        same = equal if self.near is None else self.near[a, b]
        found: NDArray[np.bool_] = there & (first != second) & same
        return found

    def likeness(self, first: int, second: int) -> str:
        """How alike two labelled rows are, in words."""
        if self.keys[first] == self.keys[second]:
            return "the same text"
        cosine = 1.0 if self.units is None else float(self.units[first] @ self.units[second])
        return f"cosine {cosine:.2f}"

    @cached_property
    def templates(self) -> dict[str, Template | InputError]:
        """The two templates by the names that messages use, or what is wrong with one."""
        found: dict[str, Template | InputError] = {}
        for name, source, label in (
            ("demonstration template", self.settings.demonstration, True),
            ("query template", self.settings.query, False),
        ):
            try:
                found[name] = parse_template(source, fields=None, label=label, name=name)
            except InputError as problem:
                found[name] = problem
        return found

    def columns(self, name: str) -> tuple[str, ...]:
        """Columns that a template names; none when it cannot be read."""
        template = self.templates[name]
        return template.fields if isinstance(template, Template) else ()

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Every string that people typed and that stands in a prompt, each once."""
        made = [
            Piece("settings", "instruction", "the instruction", instruction_text(self.settings, self.task)),
            Piece("settings", "demonstration template", "the demonstration template", self.settings.demonstration),
            Piece("settings", "query template", "the query template", self.settings.query),
            Piece("settings", "separator", "the separator", self.settings.separator),
        ]
        for row in self.labelled:
            made.append(Piece("text", row.id, "its text", row.text))
            parts = (row.value,) if isinstance(row.value, str) else row.value
            made += [Piece("text", row.id, "its label", part) for part in parts]
            made += _cells("text", row, self.columns("demonstration template"))
        for query in self.queries:
            made.append(Piece("test item", query.id, "its text", query.text))
            made += _cells("test item", query, self.columns("query template"))
        return tuple(made)


def _cells(about: About, row: LabelledRow | QueryRow, columns: Sequence[str]) -> list[Piece]:
    named = [name for name in columns if name in row.fields and row.fields[name] != row.text]
    return [Piece(about, row.id, f"its column {name!r}", row.fields[name]) for name in named]
