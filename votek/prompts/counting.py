"""What the tokens of a prompt go to, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from votek.datatypes import Prompt, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.prompts.instruction import instruction_text
from votek.prompts.rows import LabelledRow
from votek.prompts.tokenizers import is_estimate, token_counter
from votek.prompts.writing import DemonstrationWriter

__all__ = ["PartCounts", "count_parts"]


@dataclass(frozen=True)
class PartCounts:
    """Tokens of one prompt by part; `instruction`, `demonstrations` (in the order of the text), `query` and `joins`
    add up to `total`.

    `joins`: the separators, and what joining the parts changes (a tokenizer may merge across a seam, so that it can
    be negative). `answer_reserve` stays free for the answer; `budget`: what all of it may take, None: no limit.
    `estimated`: the numbers are a rule of thumb, not the count of a tokenizer.
    """

    instruction: int
    demonstrations: tuple[int, ...]
    query: int
    joins: int
    total: int
    answer_reserve: int
    budget: int | None
    estimated: bool

    @property
    def left(self) -> int | None:
        """Tokens of the budget that neither the prompt nor the answer's reserve takes; negative when it is too long."""
        return None if self.budget is None else self.budget - self.answer_reserve - self.total

    def rows(self) -> list[tuple[str, int]]:
        """(name, tokens) of each part in the order of the text; they add up to `total`."""
        shots = [(f"Demonstration {place}", count) for place, count in enumerate(self.demonstrations, start=1)]
        return [
            ("Instruction", self.instruction),
            *shots,
            ("Test item", self.query),
            ("Between them", self.joins),
        ]


def count_parts(
    prompt: Prompt, settings: PromptSettings, *, pool: Sequence[LabelledRow], task: TaskSpec | None = None
) -> PartCounts:
    """The tokens of a prompt by part, by the tokenizer of `settings`.

    `settings`, `pool`, `task`: what the prompt was made from; of `pool`, the rows that stand in it are enough. Raises
    InputError when a demonstration is not in `pool`, or the prompt does not consist of these parts.
    """
    by_row = {row.row: row for row in pool}
    missing = [row for row in prompt.demonstrations if row not in by_row]
    if missing:
        raise InputError(f"The prompt shows row {missing[0]}, which is not in `pool`. Give the rows it was made from.")
    writer = DemonstrationWriter(settings, None)
    shots = [writer.render(by_row[row]) for row in prompt.demonstrations]
    parts = [instruction_text(settings, task), *shots, prompt.turn]
    if not _consists_of(prompt.text, parts):
        raise InputError("The prompt was written by other settings or labels. Write it again by these.")
    *counts, total = (int(count) for count in token_counter(settings.tokenizer).count([*parts, prompt.text]))
    return PartCounts(
        instruction=counts[0],
        demonstrations=tuple(counts[1:-1]),
        query=counts[-1],
        joins=total - sum(counts),
        total=total,
        answer_reserve=settings.answer_reserve,
        budget=settings.token_budget,
        estimated=is_estimate(settings.tokenizer),
    )


def _consists_of(text: str, parts: Sequence[str]) -> bool:
    """Whether `text` begins with the first of `parts`, ends with the last, and has the others between, in order."""
    at = 0
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.startswith(parts[0]) and text.endswith(parts[-1])
