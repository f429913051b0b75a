"""What a retriever is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from votek.prompts.rows import LabelledRow, QueryRow

__all__ = ["RankRequest"]


@dataclass(frozen=True, eq=False)
class RankRequest:
    """Labelled rows, queries, and their centred vectors of length 1: float64 (p, d) and (q, d).

    A retriever returns int64 (q, min(depth, p)): positions in `pool`, the one to use first in column 0.
    """

    pool: Sequence[LabelledRow]
    queries: Sequence[QueryRow]
    pool_units: NDArray[np.float64]
    query_units: NDArray[np.float64]
    seed: int
    depth: int
