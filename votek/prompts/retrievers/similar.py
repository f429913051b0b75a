"""Retrieval "similar": nearest by cosine first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.prompts.cosine import first_best
from votek.prompts.retrievers.request import RankRequest

__all__ = ["BySimilarity", "similar"]


class BySimilarity:
    """The open row of the highest cosine; ties (to 12 decimals): the lower position."""

    def __init__(self, request: RankRequest) -> None:
        self._request = request

    def best(self, at: NDArray[np.int64], open: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The most similar open position of each query."""
        values = np.where(open, self._request.similarity[at], -np.inf)
        return first_best(values, lambda rows, columns: self._request.cosines(at[rows], columns))

    def take(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> None:
        """What was taken changes nothing for the rest."""


def similar(request: RankRequest) -> BySimilarity:
    """By falling cosine."""
    return BySimilarity(request)
