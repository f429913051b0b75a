"""Checks prompt settings once, at the door."""

from __future__ import annotations

from collections.abc import Sequence

from votek.datatypes import PromptSettings
from votek.errors import InputError
from votek.prompts.retrievers import retriever
from votek.prompts.templates import parse_template
from votek.prompts.tokenizers import token_counter

__all__ = ["check_settings"]


def check_settings(
    settings: PromptSettings,
    *,
    pool_fields: Sequence[str] | None = None,
    query_fields: Sequence[str] | None = None,
) -> None:
    """Raise InputError for the first setting that cannot be used.

    `pool_fields`, `query_fields`: columns that the templates may name; None: any.
    """
    if isinstance(settings.n, bool) or not isinstance(settings.n, int) or settings.n < 0:
        raise InputError(f"The number of demonstrations is {settings.n!r}; give a whole number, 0 or more.")
    if settings.order not in ("ascending", "descending"):
        raise InputError(f'The order is {settings.order!r}; choose "ascending" (most similar last) or "descending".')
    for name, value in (("instruction", settings.instruction or ""), ("separator", settings.separator)):
        if not isinstance(value, str):
            raise InputError(f"The {name} is {value!r}; give a text.")
    if settings.answer_reserve < 0:
        raise InputError(f"The answer reserve is {settings.answer_reserve}; give 0 tokens or more.")
    if settings.token_budget is not None and settings.token_budget <= settings.answer_reserve:
        raise InputError(
            f"The token budget is {settings.token_budget} and {settings.answer_reserve} of it are kept free for the "
            "answer, so no prompt can fit. Raise the budget or lower the reserve."
        )
    retriever(settings.retrieval)
    token_counter(settings.tokenizer)
    parse_template(settings.demonstration, fields=pool_fields, name="demonstration template")
    parse_template(settings.query, fields=query_fields, label=False, name="query template")
