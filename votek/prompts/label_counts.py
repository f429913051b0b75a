"""How many demonstrations of each label a prompt holds already."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from votek.prompts.rows import LabelledRow

__all__ = ["LabelCounts"]


class LabelCounts:
    """Counts labels for `queries` prompts at once; a row with several labels counts for each, one with none for none's.

    Labels are compared as they are written, free texts too.
    """

    def __init__(self, pool: Sequence[LabelledRow], queries: int) -> None:
        names: dict[str, int] = {}
        labels = [[names.setdefault(name, len(names)) for name in _names(row)] for row in pool]
        width = max((len(own) for own in labels), default=1)
        # Repeating a row's first label fills the table and changes neither its least nor its most.
        self._labels = np.array([own + own[:1] * (width - len(own)) for own in labels], dtype=np.int64)
        self._labels = self._labels.reshape(len(pool), width)
        self._own = [np.array(own, dtype=np.int64) for own in labels]
        self._single = width == 1
        self._counts = np.zeros((queries, max(len(names), 1)), dtype=np.int64)

    def add(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> None:
        """Count the labels of the row that each of the prompts `at` (m,) took: `positions` (m,)."""
        if self._single:
            self._counts[at, self._labels[positions, 0]] += 1
            return
        for query, position in zip(at.tolist(), positions.tolist(), strict=True):
            self._counts[query, self._own[position]] += 1

    def least(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each prompt `at` and row, how often the row's rarest label was taken: (m, p)."""
        found: NDArray[np.int64] = self._of_rows(at).min(axis=2)
        return found

    def most(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each prompt `at` and row, how often the row's most frequent label was taken: (m, p)."""
        found: NDArray[np.int64] = self._of_rows(at).max(axis=2)
        return found

    def _of_rows(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._counts[at][:, self._labels]


def _names(row: LabelledRow) -> list[str]:
    """The labels of a row, each once; "" stands for having none."""
    return list(dict.fromkeys(row.value)) or [""] if isinstance(row.value, tuple) else [row.value]
