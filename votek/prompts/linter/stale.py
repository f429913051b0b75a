"""Prompts that show a text without a label: they were built from labels that are not in force any more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule

__all__ = ["RULE"]


def _check(given: Material) -> Iterator[Finding]:
    lost = (given.shown == -2).sum(axis=1)
    for at in np.flatnonzero(lost).tolist():
        prompt = given.prompts[at]
        yield Finding(
            "not-labelled",
            "error",
            "test item",
            prompt.id,
            f"{counted(int(lost[at]), 'demonstration')} of its {len(prompt.demonstrations)} "
            f"{'has' if lost[at] == 1 else 'have'} no label in force.",
            "Build the prompts again from the labels as they are now.",
            prompt=prompt.id,
        )


RULE = Rule(
    "not-labelled",
    "Demonstrations without a label",
    "A demonstration whose text is not labelled, or not any more.",
    _check,
    ("prompts",),
)
