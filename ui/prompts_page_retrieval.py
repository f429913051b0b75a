"""Which demonstrations stand in a prompt, and in which order: only what the chosen way reads is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.remember import remembered
from votek.prompts.wording import ORDERS, RETRIEVALS, Order, Retrieval

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import PromptSettings

__all__ = ["draw_retrieval", "retrieval_fields"]

_ABOUT: dict[Retrieval, str] = {
    "similar": "For each test item, the labelled texts most like it.",
    "mmr": "For each test item, the labelled text most like it, then others like it that say something else.",
    "balanced": "For each test item, each label gives its text most like it before any label gives a second one.",
    "random": "For each test item, labelled texts drawn by lot.",
    "fixed": "The same for all: the first labelled texts in pick order.",
}


def draw_retrieval(page: OpenPage, so_far: PromptSettings) -> PromptSettings:
    """Draw the choice of demonstrations; what the chosen way does not read stays as it was."""
    key, labels = page.project.id, page.project.task.type != "text"
    offered = [name for name in RETRIEVALS if labels or name != "balanced" or so_far.retrieval == name]
    retrieval = st.selectbox(
        "Which demonstrations",
        offered,
        index=offered.index(so_far.retrieval),
        format_func=RETRIEVALS.__getitem__,
        **remembered(key, "prompt-retrieval"),
    )
    st.caption(_ABOUT[retrieval])
    changed = replace(so_far, retrieval=retrieval)
    if retrieval == "mmr":
        changed = replace(changed, diversity=_diversity(key, changed))
    if retrieval in ("similar", "mmr", "balanced"):
        changed = replace(changed, order=_order(key, changed))
    elif retrieval == "random":
        changed = replace(changed, seed=_seed(key, changed))
    with st.container(horizontal=True):
        if retrieval in ("similar", "mmr", "balanced"):
            changed = replace(changed, floor=_floor(key, changed))
        if labels:
            changed = replace(changed, label_cap=_cap(key, changed))
    return changed


def retrieval_fields(settings: PromptSettings) -> dict[str, Any]:
    """What each of these fields shows for the settings given."""
    return {
        "prompt-retrieval": settings.retrieval,
        "prompt-order": settings.order,
        "prompt-seed": settings.seed,
        "prompt-diversity": float(settings.diversity),
        "prompt-floor": None if settings.floor is None else float(settings.floor),
        "prompt-cap": settings.label_cap,
    }


def _order(key: str, stored: PromptSettings) -> Order:
    chosen: Order = st.segmented_control(
        "In which order",
        list(ORDERS),
        default=stored.order,
        format_func=ORDERS.__getitem__,
        required=True,
        wrap=True,
        help="A model heeds most what stands nearest to the question, so the most similar one goes last.",
        **remembered(key, "prompt-order"),
    )
    return chosen


def _diversity(key: str, stored: PromptSettings) -> float:
    return st.slider(
        "How unlike each other",
        0.0,
        1.0,
        float(stored.diversity),
        0.05,
        help="0: similarity to the test item alone. 1: after the first, only how unlike the others a text is.",
        **remembered(key, "prompt-diversity"),
    )


def _seed(key: str, stored: PromptSettings) -> int:
    seed = st.number_input(
        "Seed",
        0,
        2**31 - 1,
        stored.seed,
        width=200,
        help="The same seed draws the same demonstrations.",
        **remembered(key, "prompt-seed"),
    )
    return int(seed)


def _floor(key: str, stored: PromptSettings) -> float | None:
    return st.number_input(
        "Similarity, at least",
        -1.0,
        1.0,
        None,
        0.05,
        placeholder="any",
        width=190,
        help="From -1 to 1, as in the list under the preview. Labelled texts less similar to a test item are left out "
        "of its prompt, even if it then has fewer of them. Empty: any may stand there.",
        **_emptied(key, "prompt-floor", stored),
    )


def _cap(key: str, stored: PromptSettings) -> int | None:
    cap = st.number_input(
        "Of one label, at most",
        1,
        1000,
        None,
        placeholder="any number",
        width=190,
        help="So that one label does not fill a prompt. A text with several labels counts for each of them. "
        "Empty: no limit.",
        **_emptied(key, "prompt-cap", stored),
    )
    return None if cap is None else int(cap)


def _emptied(key: str, name: str, stored: PromptSettings) -> dict[str, Any]:
    """As `remembered`, for a field that can be emptied: only one that begins empty can, so its number is put in."""
    field = remembered(key, name)
    st.session_state.setdefault(field["key"], retrieval_fields(stored)[name])
    return field
