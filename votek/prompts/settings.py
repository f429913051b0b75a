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

    A setting that the chosen retrieval does not read (the floor of "random", the seed of "similar") is checked and
    kept, so that changing the retrieval and changing it back loses nothing.
    `pool_fields`, `query_fields`: columns that the templates may name; None: any.
    """
    _check_choice(settings)
    _check_words(settings)
    _check_tokens(settings)
    retriever(settings.retrieval)
    token_counter(settings.tokenizer)
    parse_template(settings.demonstration, fields=pool_fields, name="demonstration template")
    parse_template(settings.query, fields=query_fields, label=False, name="query template")


def _check_words(settings: PromptSettings) -> None:
    for name in ("instruction", "demonstration", "query", "separator"):
        value = getattr(settings, name)
        if value is None and name == "instruction":
            continue
        title = f"{name} template" if name in ("demonstration", "query") else name
        if not isinstance(value, str):
            raise InputError(f"The {title} is {value!r}; give a text.")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise InputError(
                f"The {title} holds characters that no file can carry (NUL or half an emoji): {value!r:.80}. "
                "Write it without them."
            )


def _check_choice(settings: PromptSettings) -> None:
    if not _whole(settings.n) or settings.n < 0:
        raise InputError(f"The number of demonstrations is {settings.n!r}; give a whole number, 0 or more.")
    if settings.order not in ("ascending", "descending"):
        raise InputError(f'The order is {settings.order!r}; choose "ascending" (most similar last) or "descending".')
    if settings.floor is not None and not _within(settings.floor, -1, 1):
        raise InputError(
            f"The least similarity is {settings.floor!r}; give a cosine from -1 to 1, or None to take any."
        )
    if settings.label_cap is not None and (not _whole(settings.label_cap) or settings.label_cap < 1):
        raise InputError(
            f"The most demonstrations of one label are {settings.label_cap!r}; give a whole number, 1 or more, "
            "or None for no limit."
        )
    if not _within(settings.diversity, 0, 1):
        raise InputError(
            f"The weight of being unlike is {settings.diversity!r}; give a number from 0 (similarity alone) to 1."
        )
    if not _whole(settings.seed):
        raise InputError(f"The seed is {settings.seed!r}; give a whole number.")


def _check_tokens(settings: PromptSettings) -> None:
    budget, reserve = settings.token_budget, settings.answer_reserve
    if not _whole(reserve) or reserve < 0:
        raise InputError(f"The answer reserve is {reserve!r}; give 0 tokens or more.")
    if budget is None:
        return
    if not _whole(budget):
        raise InputError(f"The token budget is {budget!r}; give a whole number of tokens, or None for no limit.")
    if budget <= reserve:
        raise InputError(
            f"The token budget is {budget} and {reserve} of it are kept free for the answer, so no prompt can fit. "
            "Raise the budget or lower the reserve."
        )


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _within(value: object, least: float, most: float) -> bool:
    """Whether this is a number from `least` to `most`; NaN is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most
