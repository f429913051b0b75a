"""The ways to choose demonstrations: one file each, one signature, one choice after the other."""

from __future__ import annotations

from collections.abc import Callable

from votek.errors import UnknownNameError
from votek.prompts.retrievers.balanced import balanced
from votek.prompts.retrievers.fixed import fixed
from votek.prompts.retrievers.mmr import mmr
from votek.prompts.retrievers.random import drawn
from votek.prompts.retrievers.request import Preference, RankRequest
from votek.prompts.retrievers.similar import similar

__all__ = ["Preference", "RankRequest", "Retriever", "by_similarity", "retriever", "retrievers"]

Retriever = Callable[[RankRequest], Preference]

_RETRIEVERS: dict[str, tuple[Retriever, str]] = {
    "similar": (similar, "The labelled texts most similar to the test item."),
    "mmr": (mmr, "Labelled texts similar to the test item, but unlike each other."),
    "balanced": (balanced, "The labels take turns, each gives its text most similar to the test item."),
    "random": (drawn, "Labelled texts drawn at random, the same for the same test item and seed."),
    "fixed": (fixed, "The first labelled texts in pick order, the same for every test item."),
}
_BY_SIMILARITY = ("similar", "mmr", "balanced")


def retrievers() -> dict[str, str]:
    """Name of each way to choose demonstrations -> one plain sentence."""
    return {name: sentence for name, (_, sentence) in _RETRIEVERS.items()}


def retriever(name: str) -> Retriever:
    """The function called `name`; UnknownNameError lists the names there are."""
    if name not in _RETRIEVERS:
        raise UnknownNameError(f"There is no retrieval called {name!r}; choose one of {', '.join(_RETRIEVERS)}.")
    return _RETRIEVERS[name][0]


def by_similarity(name: str) -> bool:
    """Whether a retrieval looks at similarity: then the floor counts, and demonstrations stand in its order."""
    return name in _BY_SIMILARITY
