"""How many demonstrations a prompt holds, in how many tokens, counted by what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.remember import remembered
from votek.prompts import is_estimate, tokenizers

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import PromptSettings

__all__ = ["draw_tokens", "token_fields"]

_TOKENIZERS = {
    "wordpiece": "WordPiece",
    "characters/4": "Estimate by characters",
    "cl100k_base": "tiktoken cl100k_base",
    "o200k_base": "tiktoken o200k_base",
    "": "A tokenizer file",
}
_FILE = ""
_USUAL_BUDGET = 2048


def draw_tokens(page: OpenPage, so_far: PromptSettings) -> tuple[PromptSettings, str]:
    """Draw number, tokens and tokenizer: the settings with them, and what is still missing ("": nothing)."""
    key = page.project.id
    n = st.number_input("Demonstrations, at most", 0, 1000, so_far.n, width=200, **remembered(key, "prompt-n"))
    limited = st.toggle(
        "Keep within a number of tokens",
        so_far.token_budget is not None,
        help="A demonstration that does not fit is passed over, and the next best one is tried.",
        **remembered(key, "prompt-limited"),
    )
    budget, reserve = None, so_far.answer_reserve
    with st.container(horizontal=True):
        if limited:
            budget, reserve = _budget(key, so_far), _reserve(key, so_far)
        tokenizer, problem = _tokenizer(page, so_far.tokenizer)
    if is_estimate(tokenizer):
        st.caption("The number of tokens is an estimate then; a model may count more. Leave some room.")
    return replace(so_far, n=int(n), token_budget=budget, answer_reserve=reserve, tokenizer=tokenizer), problem


def token_fields(settings: PromptSettings) -> dict[str, Any]:
    """What each of these fields shows for the settings given; the field of a limit that is not set keeps its number."""
    named = settings.tokenizer in _names(settings.tokenizer)
    limit = {} if settings.token_budget is None else {"prompt-budget": settings.token_budget}
    return limit | {
        "prompt-n": settings.n,
        "prompt-limited": settings.token_budget is not None,
        "prompt-reserve": settings.answer_reserve,
        "prompt-tokenizer": settings.tokenizer if named else _FILE,
        "prompt-tokenizer-file": "" if named else settings.tokenizer,
    }


def _budget(key: str, stored: PromptSettings) -> int:
    tokens = st.number_input(
        "Tokens in all",
        1,
        10_000_000,
        stored.token_budget or _USUAL_BUDGET,
        width=150,
        **remembered(key, "prompt-budget"),
    )
    return int(tokens)


def _reserve(key: str, stored: PromptSettings) -> int:
    tokens = st.number_input(
        "Kept free for the answer",
        0,
        1_000_000,
        stored.answer_reserve,
        width=190,
        help="The tokens in all are for the prompt and what the model writes after it.",
        **remembered(key, "prompt-reserve"),
    )
    return int(tokens)


def _names(stored: str) -> list[str]:
    """Tokenizers that go by a name: those at hand, and the stored one if it is an encoding that is not."""
    names = list(tokenizers())
    return names if stored in names or stored not in _TOKENIZERS or stored == _FILE else [*names, stored]


def _tokenizer(page: OpenPage, stored: str) -> tuple[str, str]:
    """The tokenizer chosen, and what is missing for it."""
    key, space, names = page.project.id, page.workspace, _names(stored)
    of_file = stored not in names
    # Where people sign in, a file can only come out of the operator's folder.
    offered = [*names, _FILE] if of_file or not space.accounts or space.settings.model_folder else names
    chosen = st.selectbox(
        "Tokens are counted by",
        offered,
        index=offered.index(_FILE if of_file else stored),
        format_func=lambda name: _TOKENIZERS.get(name, name),
        width=260,
        help=" ".join(f"{_TOKENIZERS.get(name, name)}: {about}" for name, about in tokenizers().items())
        + " Best is the file of the model that the prompts are for.",
        **remembered(key, "prompt-tokenizer"),
    )
    if chosen != _FILE:
        return chosen, ""
    path = st.text_input(
        "The tokenizer's file",
        stored if of_file else "",
        placeholder="path of a tokenizer.json",
        help="The path of a tokenizer.json, or of a model's folder that holds one"
        + (", beginning in the folder that this server keeps its models in." if space.accounts else "."),
        **remembered(key, "prompt-tokenizer-file"),
    ).strip()
    return (path, "") if path else (stored, "Say where the tokenizer's file is, or choose another tokenizer.")
