"""The literal text of a prompt: instruction, demonstrations and query, with a separator between them."""

from __future__ import annotations

from collections.abc import Sequence

from votek.datatypes import PromptSettings, TaskSpec
from votek.prompts.instruction import instruction_text
from votek.prompts.retrievers import by_similarity
from votek.prompts.rows import LabelledRow, QueryRow, label_text
from votek.prompts.templates import parse_template

__all__ = ["DemonstrationWriter", "PromptWriter", "sample_prompt"]


class DemonstrationWriter:
    """Renders labelled rows. What of the separator the template ends with belongs to the separator."""

    def __init__(self, settings: PromptSettings, fields: Sequence[str] | None) -> None:
        self._template = parse_template(settings.demonstration, fields=fields, name="demonstration template")
        self._separator = settings.separator

    def render(self, row: LabelledRow) -> str:
        """The demonstration alone, to be joined to others by the separator."""
        label = label_text(row.value)
        written, tail = self._template.render_with_tail(row.text, label=label, fields=row.fields)
        return written[: len(written) - _overlap(tail, self._separator)]


class PromptWriter:
    """Renders every part once. `head`: the instruction; `parts`: each labelled row as a demonstration.

    Head and parts hold the separator that follows them, so that a prompt is plainly their sum and the query.
    """

    def __init__(
        self,
        settings: PromptSettings,
        pool: Sequence[LabelledRow],
        queries: Sequence[QueryRow],
        task: TaskSpec | None = None,
    ) -> None:
        demonstration = DemonstrationWriter(settings, list(pool[0].fields) if pool else None)
        self._query = parse_template(
            settings.query, fields=list(queries[0].fields) if queries else None, label=False, name="query template"
        )
        instruction, separator = instruction_text(settings, task), settings.separator
        self.head = instruction + separator[_overlap(instruction, separator) :] if instruction else ""
        self._last_first = settings.order == "ascending" and by_similarity(settings.retrieval)
        self.parts = [demonstration.render(row) + separator for row in pool]

    def turn(self, query: QueryRow) -> str:
        """The query alone, as its template renders it."""
        return self._query.render(query.text, fields=query.fields)

    def arranged(self, positions: Sequence[int]) -> list[int]:
        """Positions, given best first, in the order of the text."""
        return list(reversed(positions)) if self._last_first else list(positions)

    def text(self, positions: Sequence[int], turn: str) -> str:
        """The prompt with these demonstrations (given best first)."""
        return "".join([self.head, *(self.parts[place] for place in self.arranged(positions)), turn])


def sample_prompt(settings: PromptSettings, shot: LabelledRow, query: QueryRow, *, task: TaskSpec | None = None) -> str:
    """How a prompt reads by these settings: one demonstration, whichever is given, and the query."""
    writer = PromptWriter(settings, [shot], [query], task)
    return writer.text([0], writer.turn(query))


def _overlap(text: str, separator: str) -> int:
    """Characters at the end of `text` that the separator begins with: they are not written twice."""
    return next(size for size in range(len(separator), -1, -1) if text.endswith(separator[:size]))
