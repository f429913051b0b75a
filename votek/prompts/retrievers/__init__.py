"""The ways to choose demonstrations: one file each, one signature, ranked best first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from votek.errors import UnknownNameError
from votek.prompts.retrievers.fixed import rank_fixed
from votek.prompts.retrievers.random import rank_random
from votek.prompts.retrievers.request import RankRequest
from votek.prompts.retrievers.similar import rank_similar

__all__ = ["RankRequest", "Retriever", "retriever", "retrievers"]

Retriever = Callable[[RankRequest], NDArray[np.int64]]

_RETRIEVERS: dict[str, tuple[Retriever, str]] = {
    "similar": (rank_similar, "The labelled texts most similar to the test item."),
    "random": (rank_random, "Labelled texts drawn at random, the same for the same test item and seed."),
    "fixed": (rank_fixed, "The first labelled texts in pick order, the same for every test item."),
}


def retrievers() -> dict[str, str]:
    """Name of each way to choose demonstrations -> one plain sentence."""
    return {name: sentence for name, (_, sentence) in _RETRIEVERS.items()}


def retriever(name: str) -> Retriever:
    """The function called `name`; UnknownNameError lists the names there are."""
    if name not in _RETRIEVERS:
        raise UnknownNameError(f"There is no retrieval called {name!r}; choose one of {', '.join(_RETRIEVERS)}.")
    return _RETRIEVERS[name][0]
