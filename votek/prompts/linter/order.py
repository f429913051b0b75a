"""Demonstrations in another order than the settings or the target mean."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule
from votek.prompts.linter.targets import FIRST, LAST, PICKS

__all__ = ["RULE"]

_CLEAR = 1e-4
_RANKED = ("similar", "mmr", "balanced")


def _check(given: Material) -> Iterator[Finding]:
    if given.settings.retrieval not in _RANKED:
        return
    wanted = LAST if given.settings.order == "ascending" else FIRST
    if given.target_order in (FIRST, LAST) and given.target_order != wanted:
        yield Finding(
            "order",
            "warning",
            "settings",
            "order",
            f"The settings put the {wanted}, but {given.target} puts the {given.target_order}.",
            f"Reverse the demonstrations there, or choose the order with the {given.target_order} before you export.",
        )
    if given.target_order == PICKS:
        yield Finding(
            "order",
            "note",
            "settings",
            "order",
            f"The settings put the {wanted}, but {given.target} holds the examples in the order of the picks.",
            "Let the library retrieve by similarity, or take the examples as a fixed list.",
        )
    yield from _as_built(given, wanted)


def _as_built(given: Material, wanted: str) -> Iterator[Finding]:
    """Prompts whose first and last demonstrations stand the other way round; plain similarity promises an order."""
    similarity = given.centred_similarity
    if given.settings.retrieval != "similar" or similarity is None or not similarity.size:
        return
    rows = np.flatnonzero(given.sizes > 1)
    rise = similarity[rows, given.sizes[rows] - 1] - similarity[rows, 0]
    against = rows[(rise < -_CLEAR) if wanted == LAST else (rise > _CLEAR)]
    if len(against):
        yield Finding(
            "order",
            "error",
            "settings",
            "order",
            f"The settings put the {wanted}, but in {len(against):,} of {counted(len(given.prompts), 'prompt')} it is "
            "the other way round.",
            "Build the prompts again by these settings.",
            prompt=given.prompts[int(against[0])].id,
        )


RULE = Rule(
    "order",
    "Order of the demonstrations",
    "Prompts in another order than the settings say, and a target that shows the examples in another order.",
    _check,
)
