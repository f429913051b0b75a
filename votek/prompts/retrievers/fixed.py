"""Retrieval "fixed": the same demonstrations for every test item, so that a model can keep them cached."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.prompts.retrievers.request import RankRequest

__all__ = ["rank_fixed"]


def rank_fixed(request: RankRequest) -> NDArray[np.int64]:
    """Positions in pick order; rows that nobody picked (labels that came with the file) follow in file order."""
    unpicked = max((row.rank for row in request.pool if row.rank is not None), default=0) + 1
    keys = [(unpicked if row.rank is None else row.rank, row.row) for row in request.pool]
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)[: request.depth]
    return np.tile(order, (len(request.queries), 1))
