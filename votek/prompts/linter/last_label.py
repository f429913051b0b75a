"""The same label right before the test item in nearly all prompts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from votek.prompts.linter.chance import at_least
from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted, shown
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule
from votek.prompts.rows import label_text

__all__ = ["RULE"]

_SHARE = 0.9
_FEWEST = 5
_LEVEL = 0.01


def _check(given: Material) -> Iterator[Finding]:
    """Reported from nine of ten prompts on, where the labels of the labelled texts do not already explain it."""
    filled = np.flatnonzero(given.sizes > 0)
    last = given.shown[filled, given.sizes[filled] - 1]
    last = last[last >= 0]
    if len(last) < _FEWEST:
        return
    value = [label_text(row.value).strip() for row in given.labelled]
    (name, count), *_ = Counter(value[at] for at in last.tolist()).most_common(1)
    usual = value.count(name) / len(value)
    if count < _SHARE * len(last) or at_least(count, len(last), usual) >= _LEVEL:
        return
    yield Finding(
        "same-last-label",
        "warning",
        "label",
        name,
        f"In {count:,} of {counted(len(last), 'prompt')} the last demonstration has the label {shown(name)}, though "
        f"only {usual:.0%} of the labelled texts do. Models lean towards the answer that stands last.",
        "Choose the examples by similarity or at random for each test item, so that the last label varies.",
        prompt=given.prompts[int(filled[0])].id,
    )


RULE = Rule(
    "same-last-label",
    "The same label last everywhere",
    "The same label in the last demonstration of nearly all prompts.",
    _check,
    ("labelled", "classes", "prompts"),
)
