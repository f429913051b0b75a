"""What a retriever is told, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from votek.prompts.cosine import pair_cosines
from votek.prompts.rows import LabelledRow, QueryRow

__all__ = ["Preference", "RankRequest"]


_KEPT = 1_024


@dataclass(frozen=True, eq=False)
class RankRequest:
    """Labelled rows, queries, and their centred vectors of length 1: float64 (p, d) and (q, d).

    `seed` is read by "random" alone, `diversity` by "mmr" alone.
    """

    pool: Sequence[LabelledRow]
    queries: Sequence[QueryRow]
    pool_units: NDArray[np.float64]
    query_units: NDArray[np.float64]
    seed: int = 0
    diversity: float = 0.0

    @cached_property
    def similarity(self) -> NDArray[np.float64]:
        """Cosine of each query to each labelled row: (q, p), exact to about 1e-15 and no further."""
        return self._to_pool(self.query_units)

    def between(self, positions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Cosine of these labelled rows (m,) to every labelled row: (m, p), as inexact as `similarity`."""
        return self._of_pairs[positions] if self._of_pairs is not None else self._to_pool(self.pool_units[positions])

    @cached_property
    def _of_pairs(self) -> NDArray[np.float64] | None:
        """All cosines between labelled rows, unless there are too many to keep."""
        return self._to_pool(self.pool_units) if len(self.pool) <= _KEPT else None

    def _to_pool(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        return units @ self.pool_units.T

    def cosines(self, queries: NDArray[np.int64], positions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Cosines of pairs, rounded so that they are the same in every block: (m,) and (m,) give (m,)."""
        return pair_cosines(self.query_units, self.pool_units, queries, positions)


class Preference(Protocol):
    """What a retrieval takes next for each query of a block, given what may still be taken."""

    def best(self, at: NDArray[np.int64], open: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The position that each of the queries `at` (m,) takes of those in `open` (m, p): (m,), -1 where none is."""
        ...

    def take(self, at: NDArray[np.int64], positions: NDArray[np.int64]) -> None:
        """Hear that the queries `at` (m,) took these `positions` (m,)."""
        ...
