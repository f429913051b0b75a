"""Retrieval "balanced": the labels take turns, each gives its text that is most similar to the query."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.prompts.label_counts import LabelCounts
from votek.prompts.retrievers.request import RankRequest
from votek.prompts.retrievers.similar import BySimilarity

__all__ = ["ByTurns", "balanced"]


class ByTurns:
    """Of the open rows whose rarest label was taken the fewest times, the most similar one.

    So every label that has an open row gives one before any gives its second; within a turn the label with the most
    similar text comes first. A row with several labels stands for the one taken the fewest times, and counts for all.
    """

    def __init__(self, request: RankRequest) -> None:
        self._similar = BySimilarity(request)
        self._counts = LabelCounts(request.pool, len(request.queries))

    def best(self, at: NDArray[np.int64], open: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The open position of each query whose turn it is."""
        least = np.where(open, self._counts.least(at), np.iinfo(np.int64).max)
        return self._similar.best(at, open & (least == least.min(axis=1, initial=np.iinfo(np.int64).max)[:, None]))

    def take(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> None:
        """Count the labels of what was taken."""
        self._counts.add(at, positions)


def balanced(request: RankRequest) -> ByTurns:
    """Similar, each label in turn."""
    return ByTurns(request)
