"""The map from our graph against umap-learn's default on the same vectors, both warm."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import votek
from benchmarks.corpus import messages

__all__ = ["run"]

CACHE = Path("build/benchmarks")
REPEATS = 3
NEIGHBORS = 15
SAMPLE = 3_000
"""Trustworthiness needs all pairs: it is measured on this many texts, the same for both maps."""


def run(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of {name, size, ours_s, peer, peer_s, ratio, note}."""
    return [_one_size(n) for n in sizes]


def _one_size(n: int) -> dict[str, Any]:
    vectors = votek.embed(messages(n), cache=CACHE).vectors
    graph = votek.build_graph(vectors, k=150)
    repeats = REPEATS if n <= 10_000 else 1
    # In turn, so that both see the same moods of the machine; the first of each compiles and is not counted.
    runs = [(_timed(lambda: votek.project_2d(graph, vectors).xy), _timed(lambda: _default(vectors)))]
    for _ in range(repeats):
        runs.append((_timed(lambda: votek.project_2d(graph, vectors).xy), _timed(lambda: _default(vectors))))
    ours_s = min(ours[0] for ours, _ in runs[1:])
    peer_s = min(peer[0] for _, peer in runs[1:])
    ours_trust = _trust(vectors, runs[0][0][1])
    peer_trust = float(np.mean([_trust(vectors, peer[1]) for _, peer in runs]))
    return {
        "name": "map",
        "size": n,
        "ours_s": ours_s,
        "peer": "umap-learn's default",
        "peer_s": peer_s,
        "ratio": peer_s / ours_s,
        "note": f"graph excluded; trustworthiness {ours_trust:.4f}, default {peer_trust:.4f} (mean of {len(runs)})",
        "trust": (ours_trust, peer_trust),
    }


def _default(vectors: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the peer has to say about itself is not measured
        import umap

        return umap.UMAP().fit_transform(vectors)


def _timed(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _trust(vectors: np.ndarray, xy: np.ndarray) -> float:
    from sklearn.manifold import trustworthiness

    rows = np.random.default_rng(0).permutation(len(vectors))[:SAMPLE]
    return float(trustworthiness(vectors[rows], xy[rows], n_neighbors=NEIGHBORS))
