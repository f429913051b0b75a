"""Embedding against the same model called in fixed batches of 20, in the order of the file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.corpus import described, messages
from votek.embeddings import embed, open_encoder

__all__ = ["run"]

PEER_BATCH = 20
LARGEST = 10_000
"""Beyond it both sides only repeat what they do here, for many minutes."""


def run(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of {name, size, ours_s, peer, peer_s, ratio, note}."""
    embed(messages(40), device="cpu")  # loads the model
    return [_one_size(n) for n in sizes if n <= LARGEST]


def _one_size(n: int) -> dict[str, Any]:
    texts = messages(n)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(2 if n <= 3_000 else 1):  # in turn, so that both see the same moods of the machine
        start = time.perf_counter()
        vectors = embed(texts, device="cpu").vectors
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        peer = _fixed_batches(texts)
        theirs.append(time.perf_counter() - start)
    apart = float(np.abs(vectors - peer).max())
    return {
        "name": "embedding",
        "size": n,
        "ours_s": min(ours),
        "peer": f"fixed batches of {PEER_BATCH}",
        "peer_s": min(theirs),
        "ratio": min(theirs) / min(ours),
        "note": f"{described()}; largest difference of a value {apart:.0e}",
    }


def _fixed_batches(texts: Sequence[str]) -> np.ndarray:
    encoder = open_encoder(device="cpu")
    return np.concatenate([encoder.encode(texts[i : i + PEER_BATCH]) for i in range(0, len(texts), PEER_BATCH)])
