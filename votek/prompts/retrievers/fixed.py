"""Retrieval "fixed": the same demonstrations for every test item, so that a model can keep them cached."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.prompts.retrievers.request import RankRequest
from votek.prompts.rows import in_pick_order

__all__ = ["rank_fixed"]


def rank_fixed(request: RankRequest) -> NDArray[np.int64]:
    """Positions in pick order, the same in every row."""
    place = {row.row: at for at, row in enumerate(request.pool)}
    order = np.array([place[row.row] for row in in_pick_order(request.pool)], dtype=np.int64)[: request.depth]
    return np.tile(order, (len(request.queries), 1))
