"""Which texts are the same, or nearly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress
from votek.errors import InputError
from votek.graph import as_vectors, unit_vectors

__all__ = ["find_copies"]

ROWS, COLUMNS = 1024, 4096
"""Size of a tile of cosines: 16 MB, whatever the number of texts."""

DOUBT = 4e-6
"""More than the error of a single-precision product of unit vectors."""


def find_copies(
    texts: Sequence[str],
    vectors: Embeddings | ArrayLike,
    *,
    threshold: float | None = 0.95,
    progress: Progress | None = None,
) -> NDArray[np.int64]:
    """Group the copies among the texts: for each row, the first row of its group.

    Texts that are exactly the same are copies; so are texts whose raw vectors (not centred) have a cosine
    of at least `threshold`, and copies of copies.

    Args:
        texts: n texts.
        vectors: their `Embeddings`, or numbers (n, d), finite.
        threshold: in (0, 1]; None, or above 1, leaves only exact copies.
        progress: called as ("copies", done, total).

    Returns:
        int64 (n,), each entry at most its own position.

    Raises:
        InputError: a threshold of 0 or less, or as many vectors as texts are not there.

    >>> find_copies(["a", "b", "a", "c"], [[1, 0], [0, 1], [1, 0], [0.1, 1]]).tolist()
    [0, 1, 0, 1]
    """
    if threshold is not None and not (isinstance(threshold, (int, float)) and threshold > 0):
        raise InputError(
            f"threshold = {threshold!r} cannot be used; give a cosine above 0 and up to 1, "
            "or None to group exact copies only."
        )
    numbers = as_vectors(vectors) if len(texts) else np.empty((0, 1), dtype=np.float32)
    if len(numbers) != len(texts):
        raise InputError(f"There are {len(texts)} texts but {len(numbers)} vectors; give one vector per text.")
    first_of: dict[str, int] = {}
    group = np.array([first_of.setdefault(text, row) for row, text in enumerate(texts)], dtype=np.int64)
    if threshold is None or threshold > 1 or not len(group):
        return group
    # A copy with the vector of its first text has nothing to add; one that was given another vector has.
    alone = group == np.arange(len(group))
    alone |= (numbers != numbers[group]).any(axis=1)
    nodes = np.flatnonzero(alone)
    parent = np.searchsorted(nodes, group[nodes])
    _join(numbers[nodes], float(threshold), parent, progress)
    near = np.arange(len(group))
    near[nodes] = nodes[parent]
    joined: NDArray[np.int64] = near[group]
    return joined


def _join(vectors: NDArray[Any], threshold: float, parent: NDArray[np.int64], progress: Progress | None) -> None:
    """Compare all pairs tile by tile; afterwards `parent` holds the lowest node of each group."""
    from votek.duplicates.kernels import find_roots, join_tile

    unit = unit_vectors(vectors, centre=False)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    n = len(unit)
    total = math.ceil(n / ROWS)
    for done, row in enumerate(range(0, n, ROWS)):
        if progress:
            progress("copies", done, total)
        for column in range(row, n, COLUMNS):
            cosines = unit[row : row + ROWS] @ unit[column : column + COLUMNS].T
            join_tile(cosines, row, column, threshold, DOUBT, vectors, lengths, parent)
    find_roots(parent)
    if progress:
        progress("copies", total, total)
