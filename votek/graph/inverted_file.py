"""The approximate index for very many texts: an inverted file over k-means cells."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["build_index"]

SEED = 1234
TRAINING_PER_CELL = 64


def build_index(unit: NDArray[np.float32]) -> Any:
    """A trained faiss IVF index over float32 (n, d) unit rows; about sqrt(n) cells, an eighth of them searched.

    Its training is seeded, so that the same vectors give the same graph.
    """
    import faiss

    n, d = unit.shape
    cells = max(1, min(int(4 * np.sqrt(n)), n // 39 or 1))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(d), d, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = SEED
    index.cp.max_points_per_centroid = TRAINING_PER_CELL
    index.train(unit)
    index.add(unit)
    index.nprobe = max(1, cells // 32)
    return index
