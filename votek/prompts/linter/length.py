"""Prompts over the token budget, and demonstrations that it left out."""

from __future__ import annotations

from collections.abc import Iterator

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule

__all__ = ["RULE"]


def _check(given: Material) -> Iterator[Finding]:
    budget = given.settings.token_budget
    available = None if budget is None else budget - given.settings.answer_reserve
    short, most = [], 0
    for prompt in given.prompts:
        if prompt.over_budget or (available is not None and prompt.tokens > available):
            room = "the budget" if available is None else f"the {available:,} that the budget leaves for it"
            yield Finding(
                "over-long",
                "error",
                "test item",
                prompt.id,
                f"Its prompt has {counted(prompt.tokens, 'token')}, more than {room}.",
                "Raise the token budget, shorten the test item or the instruction, or build the prompts again.",
                prompt=prompt.id,
            )
        elif budget is not None and prompt.skipped:
            short.append(prompt)
            most = max(most, prompt.skipped)
    if short:
        bare = sum(not prompt.demonstrations for prompt in short)
        without = f"; {bare:,} of them show no demonstration at all" if bare else ""
        yield Finding(
            "over-long",
            "warning" if bare else "note",
            "settings",
            "token budget",
            f"In {len(short):,} of {counted(len(given.prompts), 'prompt')} some of the {given.settings.n} best "
            f"demonstrations did not fit in {budget:,} tokens, {most} at most{without}.",
            "Raise the token budget, ask for fewer demonstrations, or shorten what is labelled.",
            prompt=next((prompt.id for prompt in short if not prompt.demonstrations), short[0].id),
        )


RULE = Rule(
    "over-long",
    "Prompts too long",
    "A prompt over the token budget, and demonstrations that were left out because of it.",
    _check,
    ("prompts",),
)
