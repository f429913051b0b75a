"""Retrieval "random": a draw of its own for each test item, the baseline of every comparison."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from votek.prompts.retrievers.request import RankRequest

__all__ = ["rank_random"]


def rank_random(request: RankRequest) -> NDArray[np.int64]:
    """Positions in drawn order; the draw depends on the seed, the test item's id and the pool's size alone."""
    size = len(request.pool)
    result = np.empty((len(request.queries), min(request.depth, size)), dtype=np.int64)
    for at, query in enumerate(request.queries):
        name = hashlib.sha256(f"{request.seed}\0{query.id}".encode("utf-8", "surrogatepass")).digest()
        draw = np.random.default_rng(int.from_bytes(name[:16], "little"))
        result[at] = draw.permutation(size)[: request.depth]
    return result
