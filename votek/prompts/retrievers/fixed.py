"""Retrieval "fixed": the same demonstrations for every test item, so that a model can keep them cached."""

from __future__ import annotations

import numpy as np

from votek.prompts.retrievers.in_order import InOrder
from votek.prompts.retrievers.request import RankRequest
from votek.prompts.rows import in_pick_order

__all__ = ["fixed"]


def fixed(request: RankRequest) -> InOrder:
    """In pick order, the same for all."""
    place = {row.row: at for at, row in enumerate(request.pool)}
    order = np.array([place[row.row] for row in in_pick_order(request.pool)], dtype=np.int64)
    return InOrder(order[None, :])
