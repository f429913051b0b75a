"""What the registry knows of one rule. Each file of a rule ends with its `RULE` or `RULES`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.material import Material

__all__ = ["Check", "Need", "Rule"]

Check = Callable[[Material], Iterable[Finding]]
Need = Literal["labelled", "classes", "prompts", "vectors", "target"]


@dataclass(frozen=True)
class Rule:
    """One rule.

    `title`: what a person calls the fault; `sentence`: what is looked for, ending in a full stop. `needs`: without
    these it cannot run: "labelled" texts, a task with "classes" (no written answers), "prompts", "vectors" of
    both sides.
    """

    name: str
    title: str
    sentence: str
    check: Check
    needs: tuple[Need, ...] = ()
