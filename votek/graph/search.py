"""Candidates for each row's neighbours: faiss, exact or by cells. The only file that imports faiss."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["candidates_by_cells", "exact_candidates"]

ROWS_AT_ONCE = 2048
"""Enough for the full speed of the search; larger blocks only take more memory."""

TRAINING_PER_CELL = 64
SHARE_OF_CELLS = 1 / 32
SEED = 1234

Block = tuple[int, NDArray[np.float32], NDArray[np.int64]]


def exact_candidates(unit: NDArray[np.float32], count: int) -> Iterator[Block]:
    """Yield (first row, similarities, rows): for each row its `count` nearest by inner product, itself included."""
    import faiss

    for start in range(0, len(unit), ROWS_AT_ONCE):
        similarities, rows = faiss.knn(
            unit[start : start + ROWS_AT_ONCE], unit, count, metric=faiss.METRIC_INNER_PRODUCT
        )
        yield start, similarities, rows


def candidates_by_cells(unit: NDArray[np.float32], count: int) -> Iterator[Block]:
    """The same from an inverted file: only the cells nearest to a row are searched, so some may be missed."""
    import faiss

    n, d = unit.shape
    cells = max(1, int(4 * np.sqrt(n)))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(d), d, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = SEED
    rng = np.random.default_rng(SEED)
    training = np.sort(rng.choice(n, size=min(n, TRAINING_PER_CELL * cells), replace=False))
    index.cp.max_points_per_centroid = TRAINING_PER_CELL
    index.cp.min_points_per_centroid = 1
    index.train(unit[training])
    index.add(unit)
    index.nprobe = max(8, int(np.ceil(cells * SHARE_OF_CELLS)))
    for start in range(0, n, ROWS_AT_ONCE):
        similarities, rows = index.search(unit[start : start + ROWS_AT_ONCE], count)
        yield start, similarities, rows
