"""Retrieval "random": a draw of its own for each test item, the baseline of every comparison."""

from __future__ import annotations

import hashlib

import numpy as np

from votek.prompts.retrievers.in_order import InOrder
from votek.prompts.retrievers.request import RankRequest

__all__ = ["drawn"]


def drawn(request: RankRequest) -> InOrder:
    """In drawn order; the draw depends on the seed, the test item's id and the pool's size alone."""
    size = len(request.pool)
    result = np.empty((len(request.queries), size), dtype=np.int64)
    for at, query in enumerate(request.queries):
        name = hashlib.sha256(f"{request.seed}\0{query.id}".encode("utf-8", "surrogatepass")).digest()
        draw = np.random.default_rng(int.from_bytes(name[:16], "little"))
        result[at] = draw.permutation(size)
    return InOrder(result)
