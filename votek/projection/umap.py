"""UMAP from the similarity graph that the selection reads too; the only door to umap-learn.

Three things make it quick without losing neighbours: the graph is given, the layout starts at the PCA
map, so fewer epochs suffice, and each attraction is met by 2 negative samples of 2.5 times the strength,
which is the same repulsion on average as 5 of strength 1.
"""

from __future__ import annotations

import logging
import warnings
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import SimilarityGraph
from votek.projection.pca import pca_2d

__all__ = ["epochs", "umap_2d"]

log = logging.getLogger(__name__)

N_NEIGHBORS = 15  # umap-learn's default; counts the text itself
MIN_TEXTS = 8  # fewer points have no neighbourhood structure to lay out
NEGATIVE_SAMPLES = 2
REPULSION = 2.5
_COMPILED = (
    ("umap_", "smooth_knn_dist"),
    ("umap_", "compute_membership_strengths"),
    ("layouts", "_nb_optimize_layout_euclidean_single_epoch"),
)
EXTENT = 10.0  # width of the starting layout, as umap-learn scales its own


def umap_2d(
    graph: SimilarityGraph, vectors: NDArray[np.float32], *, seed: int
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """Coordinates float32 (n, 2) and the parameters that made them.

    Seeded, umap-learn runs on one thread, which is what makes the map repeatable.

    Paper: McInnes, Healy and Melville 2018, arXiv 1802.03426.
    """
    n = len(vectors)
    if n < MIN_TEXTS or graph.k < 2:
        return pca_2d(vectors), {"layout": "pca", "reason": "too few texts or neighbours for UMAP"}
    n_neighbors = min(N_NEIGHBORS, graph.k + 1, n - 1)
    parameters: dict[str, Any] = {
        "n_neighbors": n_neighbors,
        "min_dist": 0.1,
        "n_epochs": epochs(n),
        "negative_sample_rate": NEGATIVE_SAMPLES,
        "repulsion_strength": REPULSION,
    }
    library = _umap()
    start = _start(vectors, seed)
    with warnings.catch_warnings():
        # New texts are never transformed into a finished map, so no search index is wanted.
        warnings.filterwarnings("ignore", r"precomputed_knn\[2\] \(knn_search_index\)", UserWarning)
        model = library.UMAP(
            **parameters,
            metric="cosine",
            precomputed_knn=_with_self(graph, n_neighbors),
            init=start,
            random_state=seed,
            n_jobs=1,
            disconnection_distance=np.inf,
        )
        # With the neighbours given, the data only say how many texts there are: the small start spares a copy.
        xy = np.asarray(model.fit_transform(start), dtype=np.float32)
    return xy, {"layout": "umap", "init": "pca", **parameters}


def epochs(n: int) -> int:
    """Passes over the edges: as many as the trustworthiness of umap-learn's default takes."""
    if n <= 4_000:
        return 200
    if n <= 10_000:
        return 100
    # umap-learn takes 200 from here on (500 before); larger pools need more to spread out.
    return 60 if n <= 15_000 else 80


@cache
def _umap() -> Any:
    """umap-learn, told to keep its compiled code on disk: compiling it costs seconds in every new process."""
    with warnings.catch_warnings():
        # It announces at import that its neural variant, which is not used, lacks TensorFlow.
        warnings.filterwarnings("ignore", "Tensorflow not installed", ImportWarning)
        import umap
    from numba.core.dispatcher import Dispatcher

    for place, name in _COMPILED:
        function = getattr(getattr(umap, place), name, None)
        if isinstance(function, Dispatcher):
            try:
                function.enable_caching()
            except RuntimeError as error:  # no folder that numba may write to
                log.info("compiled UMAP code is not kept for the next start: %s", error)
    return umap


def _with_self(graph: SimilarityGraph, n_neighbors: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Neighbours and cosine distances, (n, n_neighbors) each, the text itself first at distance 0."""
    n = len(graph)
    indices = np.empty((n, n_neighbors), dtype=np.int32)
    distances = np.zeros((n, n_neighbors), dtype=np.float32)
    indices[:, 0] = np.arange(n)
    indices[:, 1:] = graph.neighbors[:, : n_neighbors - 1]
    distances[:, 1:] = 1.0 - np.clip(graph.similarities[:, : n_neighbors - 1], -1.0, 1.0)
    return indices, distances


def _start(vectors: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """The PCA map scaled to `EXTENT`, with a jitter that parts equal points."""
    xy = pca_2d(vectors)
    width = float(np.abs(xy).max())
    scaled = xy * (EXTENT / width) if width > 0 else xy
    jitter = np.random.default_rng(seed).normal(scale=1e-4, size=xy.shape)
    return (scaled + jitter).astype(np.float32)
