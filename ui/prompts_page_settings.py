"""How prompts are written: templates, which demonstrations, how many, in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import streamlit as st

from ui.frame import escape
from ui.prompts_page_templates import draw_templates
from ui.remember import remembered
from votek.datatypes import PromptSettings
from votek.errors import VotekError
from votek.prompts import check_settings, tokenizers

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_settings", "template_columns"]

Retrieval = Literal["similar", "random", "fixed"]
Order = Literal["ascending", "descending"]
_RETRIEVALS: dict[Retrieval, str] = {"similar": "Most similar", "random": "Random", "fixed": "Fixed"}
_ABOUT: dict[Retrieval, str] = {
    "similar": "For each test item, the labelled texts most like it.",
    "random": "For each test item, labelled texts drawn by lot.",
    "fixed": "The same for all: the first labelled texts in pick order.",
}
_ORDERS: dict[Order, str] = {"ascending": "Most similar last", "descending": "Most similar first"}
_TOKENIZERS = {"wordpiece": "WordPiece", "characters/4": "Characters, by four"}
_USUAL_BUDGET = 2048


def draw_settings(page: OpenPage) -> tuple[PromptSettings | None, str]:
    """Draw the settings and keep them in the project; while they cannot be used, None and why."""
    st.subheader("How prompts are written", anchor=False)
    stored = page.project.prompts
    of_pool, of_query = template_columns(page)
    templates, problem = draw_templates(page, stored, of_pool, of_query)
    wanted = _number(page, _which(page, templates))
    if not problem:
        try:
            check_settings(wanted, pool_fields=of_pool, query_fields=of_query)
        except VotekError as found:
            problem = str(found)
            st.error(escape(problem))
    if problem:
        return None, problem
    if wanted != stored:
        page.workspace.set_prompts(page.project.id, wanted)
    return wanted, ""


def template_columns(page: OpenPage) -> tuple[list[str], list[str]]:
    """Columns that the demonstration and the query template may name: those that hold no labels."""
    return page.workspace.template_columns(page.project.id)


def _which(page: OpenPage, so_far: PromptSettings) -> PromptSettings:
    key = page.project.id
    retrieval = st.segmented_control(
        "Which demonstrations",
        list(_RETRIEVALS),
        default=so_far.retrieval,
        format_func=_RETRIEVALS.__getitem__,
        required=True,
        **remembered(key, "prompt-retrieval"),
    )
    st.caption(_ABOUT[retrieval])
    changed = replace(so_far, retrieval=retrieval)
    if retrieval == "similar":
        order = st.segmented_control(
            "In which order",
            list(_ORDERS),
            default=so_far.order,
            format_func=_ORDERS.__getitem__,
            required=True,
            help="A model heeds most what stands nearest to the question, so the most similar one goes last.",
            **remembered(key, "prompt-order"),
        )
        changed = replace(changed, order=order)
    elif retrieval == "random":
        seed = st.number_input(
            "Seed",
            0,
            2**31 - 1,
            so_far.seed,
            width=200,
            help="The same seed draws the same demonstrations.",
            **remembered(key, "prompt-seed"),
        )
        changed = replace(changed, seed=int(seed))
    return changed


def _number(page: OpenPage, so_far: PromptSettings) -> PromptSettings:
    key = page.project.id
    n = st.number_input("Demonstrations, at most", 0, 1000, so_far.n, width=200, **remembered(key, "prompt-n"))
    names = list(tokenizers())
    if so_far.tokenizer not in names:
        names.append(so_far.tokenizer)
    limited = st.toggle(
        "Keep within a number of tokens",
        so_far.token_budget is not None,
        help="A demonstration that does not fit is passed over, and the next best one is tried.",
        **remembered(key, "prompt-limited"),
    )
    budget, reserve, tokenizer = None, so_far.answer_reserve, so_far.tokenizer
    with st.container(horizontal=True):
        if limited:
            budget = int(
                st.number_input(
                    "Tokens in all",
                    1,
                    10_000_000,
                    so_far.token_budget or _USUAL_BUDGET,
                    width=150,
                    **remembered(key, "prompt-budget"),
                )
            )
            reserve = int(
                st.number_input(
                    "Kept free for the answer",
                    0,
                    1_000_000,
                    so_far.answer_reserve,
                    width=190,
                    **remembered(key, "prompt-reserve"),
                )
            )
        tokenizer = st.selectbox(
            "Tokens are counted by",
            names,
            index=names.index(so_far.tokenizer),
            format_func=lambda name: _TOKENIZERS.get(name, name),
            width=220,
            help=" ".join(f"{_TOKENIZERS.get(name, name)}: {about}" for name, about in tokenizers().items()),
            **remembered(key, "prompt-tokenizer"),
        )
    return replace(so_far, n=int(n), token_budget=budget, answer_reserve=reserve, tokenizer=tokenizer)
