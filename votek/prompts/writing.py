"""The literal text of a prompt: instruction, demonstrations, query."""

from __future__ import annotations

from collections.abc import Sequence

from votek.datatypes import PromptSettings
from votek.prompts.rows import LabelledRow, QueryRow, label_text
from votek.prompts.templates import parse_template

__all__ = ["PromptWriter", "instruction_part"]


class PromptWriter:
    """Renders every part once. `head`: the instruction; `parts`: each labelled row as a demonstration."""

    def __init__(self, settings: PromptSettings, pool: Sequence[LabelledRow], queries: Sequence[QueryRow]) -> None:
        demonstration = parse_template(
            settings.demonstration, fields=list(pool[0].fields) if pool else None, name="demonstration template"
        )
        self._query = parse_template(
            settings.query, fields=list(queries[0].fields) if queries else None, label=False, name="query template"
        )
        self.head = instruction_part(settings.instruction)
        self._last_first = settings.order == "ascending" and settings.retrieval == "similar"
        self.parts = [demonstration.render(row.text, label=label_text(row.value), fields=row.fields) for row in pool]

    def turn(self, query: QueryRow) -> str:
        """The query alone, as its template renders it."""
        return self._query.render(query.text, fields=query.fields)

    def arranged(self, positions: Sequence[int]) -> list[int]:
        """Positions, given best first, in the order of the text."""
        return list(reversed(positions)) if self._last_first else list(positions)

    def text(self, positions: Sequence[int], turn: str) -> str:
        """The prompt with these demonstrations (given best first)."""
        return "".join([self.head, *(self.parts[place] for place in self.arranged(positions)), turn])


def instruction_part(instruction: str) -> str:
    """The instruction as it opens a prompt: followed by an empty line, unless it ends in a line break."""
    return instruction if not instruction or instruction.endswith("\n") else instruction + "\n\n"
