"""What people call the settings of prompts and their choices: the same words on the page and in versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

__all__ = ["ORDERS", "RETRIEVALS", "Order", "Retrieval", "setting_title", "setting_words"]

Retrieval = Literal["similar", "mmr", "balanced", "random", "fixed"]
Order = Literal["ascending", "descending"]

RETRIEVALS: Mapping[Retrieval, str] = {
    "similar": "Most similar",
    "mmr": "Similar, but unlike each other",
    "balanced": "Similar, each label in turn",
    "random": "Random",
    "fixed": "Fixed",
}
ORDERS: Mapping[Order, str] = {"ascending": "Most similar last", "descending": "Most similar first"}
_CHOICES = {
    "retrieval": {str(choice): words for choice, words in RETRIEVALS.items()},
    "order": {str(choice): words for choice, words in ORDERS.items()},
}
_TITLES = {
    "instruction": "instruction",
    "demonstration": "each demonstration",
    "query": "the test item",
    "separator": "between them",
    "retrieval": "which demonstrations",
    "n": "number of demonstrations",
    "token_budget": "tokens in all",
    "answer_reserve": "kept free for the answer",
    "order": "in which order",
    "tokenizer": "tokens are counted by",
    "seed": "seed",
    "floor": "similarity, at least",
    "label_cap": "of one label, at most",
    "diversity": "how unlike each other",
}


def setting_title(name: str) -> str:
    """What people call a setting.

    >>> setting_title("label_cap")
    'of one label, at most'
    """
    return _TITLES.get(name, name.replace("_", " "))


def setting_words(name: str, value: Any) -> str:
    """A setting's value in words.

    >>> setting_words("order", "ascending"), setting_words("token_budget", None)
    ('most similar last', 'no limit')
    """
    if value is None:
        return "no limit"
    found = _CHOICES.get(name, {}).get(str(value))
    return str(value) if found is None else found[0].lower() + found[1:]
