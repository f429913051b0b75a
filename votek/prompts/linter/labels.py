"""Labels that nobody used, that the task does not know, that are empty, or that no prompt shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted, shown
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule

__all__ = ["RULES"]

_CHANCE = 0.001
"""An unused label is reported when drawing demonstrations blindly would have missed it less often than this."""


def _missing(given: Material) -> Iterator[Finding]:
    for name in given.names:
        if not given.label_counts[name]:
            yield Finding(
                "missing-class",
                "warning",
                "label",
                name,
                f"None of {counted(len(given.labelled), 'labelled text')} has the label {shown(name)}, so no prompt "
                "can show an example of it.",
                "Label a text of this kind (find one on the Map page or by a search), or take the label off the task.",
            )


def _unknown(given: Material) -> Iterator[Finding]:
    if not given.task.labels:
        return
    known = set(given.names)
    alike = {name.casefold(): name for name in given.names}
    for name, count in given.label_counts.items():
        if name not in known:
            near = alike.get(name.casefold())
            yield Finding(
                "unknown-label",
                "error",
                "label",
                name,
                f"{counted(count, 'labelled text')} {'has' if count == 1 else 'have'} the label {shown(name)}, which "
                f"is none of the {len(known)} of the task" + (f"; it may stand for {shown(near)}." if near else "."),
                "Label these texts again with a label of the task, or add the label to the task on the Data page.",
            )


def _empty(given: Material) -> Iterator[Finding]:
    for row, labels in zip(given.labelled, given.labels, strict=True):
        parts = (row.value,) if isinstance(row.value, str) else row.value
        blank = sum(not part.strip() for part in parts)
        if blank or not labels:
            reason = "Its label is empty" if not labels else f"{blank} of its {len(parts)} labels are empty"
            yield Finding(
                "empty-label",
                "error",
                "text",
                row.id,
                f"{reason}, so as a demonstration it teaches to answer with nothing.",
                "Label the text again, or skip it.",
            )


def _unused(given: Material) -> Iterator[Finding]:
    places = given.shown[given.shown >= 0]
    times = np.bincount(places, minlength=len(given.labelled))
    used = {label for at in np.flatnonzero(times).tolist() for label in given.labels[at]}
    for name, count in given.label_counts.items():
        share = count / len(given.labelled)
        if name not in used and (1 - share) ** len(places) < _CHANCE:
            yield Finding(
                "unused-label",
                "note",
                "label",
                name,
                f"{counted(count, 'labelled text')} {'has' if count == 1 else 'have'} the label {shown(name)}, but "
                f"none of the {len(places):,} demonstrations in {counted(len(given.prompts), 'prompt')} does.",
                "If test items can have this label, choose label-balanced examples or more of them per prompt.",
            )


RULES = (
    Rule(
        "missing-class",
        "Labels without an example",
        "A label of the task that no labelled text has.",
        _missing,
        ("labelled", "classes"),
    ),
    Rule(
        "unknown-label",
        "Labels that the task does not have",
        "A label of labelled texts that is not a label of the task.",
        _unknown,
        ("labelled", "classes"),
    ),
    Rule("empty-label", "Empty labels", "A labelled text whose label is empty.", _empty, ("labelled",)),
    Rule(
        "unused-label",
        "Labels that no prompt shows",
        "A label that labelled texts have and no demonstration in any prompt does, though chance would have shown it.",
        _unused,
        ("labelled", "classes", "prompts"),
    ),
)
