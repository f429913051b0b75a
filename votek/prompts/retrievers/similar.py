"""Retrieval "similar": nearest by cosine first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from votek.prompts.cosine import most_similar
from votek.prompts.retrievers.request import RankRequest

__all__ = ["rank_similar"]


def rank_similar(request: RankRequest) -> NDArray[np.int64]:
    """Positions by falling cosine; ties: the lower position."""
    return most_similar(request.pool_units, request.query_units, request.depth)
