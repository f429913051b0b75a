"""The front door of the map: checks what it is given and calls the method."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Embeddings, Projection, SimilarityGraph
from votek.errors import InputError, UnknownNameError
from votek.projection.pca import pca_2d

__all__ = ["METHODS", "project_2d", "warm"]

METHODS = {
    "pca": "The two directions in which the vectors differ most: at once, but coarse.",
    "umap": "Keeps near texts near: clearer groups, after some seconds.",
}


def project_2d(
    graph: SimilarityGraph | None,
    vectors: Embeddings | NDArray[np.floating],
    *,
    method: Literal["umap", "pca"] = "umap",
    seed: int = 0,
) -> Projection:
    """A point on a plane for each text; the same input and seed give the same map on one machine.

    Args:
        graph: neighbours of the same n texts; "pca" needs none.
        vectors: float (n, d), finite.
        method: "umap" (from the graph, starting at the PCA map) or "pca" (numpy alone).
        seed: 0 or greater; UMAP's random draws.

    Returns:
        `Projection` with `xy` float32 (n, 2). Below 8 texts, or without neighbours, UMAP has nothing to
        lay out: the PCA map stands in, and `parameters["layout"]` says so.

    Raises:
        InputError: shapes do not fit, values are not finite, or `seed` is negative.
        UnknownNameError: no such method.

    Papers: McInnes, Healy and Melville 2018, arXiv 1802.03426; Pearson 1901.

    >>> project_2d(None, np.eye(3), method="pca").xy.shape
    (3, 2)
    """
    if method not in METHODS:
        raise UnknownNameError(f"There is no map method {method!r}. Use one of: {', '.join(sorted(METHODS))}.")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise InputError(f"seed is {seed!r}; it must be a whole number from 0 to {2**32 - 1}.")
    points = _checked(vectors)
    if method == "pca":
        return Projection(pca_2d(points), "pca", {"seed": int(seed), "layout": "pca"})
    if graph is None:
        raise InputError("The UMAP map is laid out from the similarity graph, and none was given: build_graph first.")
    if len(graph) != len(points):
        raise InputError(
            f"The graph has {len(graph)} texts and there are {len(points)} vectors; build the graph from these vectors."
        )
    from votek.projection.umap import umap_2d

    xy, parameters = umap_2d(graph, points, seed=int(seed))
    return Projection(xy, "umap", {"seed": int(seed), **parameters})


def warm() -> None:
    """Compile what UMAP needs (some seconds, once per process), so that the first map does not wait for it."""
    vectors = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
    # Every point's neighbours are the next ones in a ring: any valid graph compiles the same code.
    neighbors = (np.arange(32)[:, None] + np.arange(1, 16)) % 32
    similarities = np.tile(np.linspace(0.9, 0.1, 15, dtype=np.float32), (32, 1))
    project_2d(SimilarityGraph(neighbors.astype(np.int32), similarities), vectors)


def _checked(vectors: Embeddings | NDArray[np.floating]) -> NDArray[np.float32]:
    raw = vectors.vectors if isinstance(vectors, Embeddings) else np.asarray(vectors)
    if raw.ndim != 2 or not np.issubdtype(raw.dtype, np.number) or np.iscomplexobj(raw):
        raise InputError(
            f"vectors are {raw.dtype} of shape {raw.shape}; give real numbers of shape (texts, dimensions)."
        )
    points = np.ascontiguousarray(raw, dtype=np.float32)
    finite = np.isfinite(points).all(axis=1)
    if not finite.all():
        rows = np.flatnonzero(~finite)
        raise InputError(
            f"{len(rows)} vectors hold NaN or infinite values, the first in row {rows[0]}; "
            f"embed those texts again, or leave them out."
        )
    return points
