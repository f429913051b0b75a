"""Retrieval "mmr": similar to the query, but unlike what is chosen already.

Maximal marginal relevance, Carbonell and Goldstein 1998 (SIGIR, doi 10.1145/290941.291025). Their lambda is
1 - `diversity` here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.prompts.cosine import DECIMALS, first_best, pair_cosines
from votek.prompts.retrievers.request import RankRequest

__all__ = ["ByMarginalRelevance", "mmr"]


class ByMarginalRelevance:
    """The open row of the highest (1 - w) cos(row, query) - w max over the chosen of cos(row, chosen).

    The first one is the most similar, whatever w, the request's `diversity`. Ties (to 12 decimals): the lower position.
    """

    def __init__(self, request: RankRequest) -> None:
        self._request, self._weight = request, request.diversity
        self._relevance = (1 - request.diversity) * request.similarity
        # Each query's chosen positions, and how close every row is to the nearest of them.
        self._taken = np.zeros((len(request.queries), len(request.pool)), dtype=np.int32)
        self._nearest = np.full((len(request.queries), len(request.pool)), -np.inf)
        self._number = np.zeros(len(request.queries), dtype=np.int64)

    def best(self, at: NDArray[np.int64], open: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The open position of each query that adds most."""
        some = self._number[at] > 0
        scores = self._relevance[at] - self._weight * np.where(some[:, None], self._nearest[at], 0.0)
        scores[~some] = self._request.similarity[at[~some]]
        scores[~open] = -np.inf
        return first_best(scores, lambda rows, columns: self._exact(at[rows], columns))

    def take(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> None:
        """Remember what was taken, and how close every row is to it."""
        self._nearest[at] = np.maximum(self._nearest[at], self._request.between(positions))
        self._taken[at, self._number[at]] = positions
        self._number[at] += 1

    def _exact(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> NDArray[np.float64]:
        """The same scores from rounded cosines of pairs, whatever the block."""
        relevance = self._request.cosines(at, positions)
        counts = self._number[at]
        pairs = np.repeat(np.arange(len(at)), counts)
        if not len(pairs):
            return relevance
        chosen = self._taken[at][np.arange(self._taken.shape[1]) < counts[:, None]].astype(np.int64)
        nearest = np.full(len(at), -np.inf)
        units = self._request.pool_units
        np.maximum.at(nearest, pairs, pair_cosines(units, units, positions[pairs], chosen))
        some = counts > 0
        relevance[some] = (1 - self._weight) * relevance[some] - self._weight * nearest[some]
        return np.round(relevance, DECIMALS)


def mmr(request: RankRequest) -> ByMarginalRelevance:
    """Similar, but unlike each other."""
    return ByMarginalRelevance(request)
