"""The instant map: principal components by numpy alone, so that the web process can draw it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["pca_2d"]

_BLOCK = 8192  # rows held in float64 at a time


def pca_2d(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Coordinates on the first two principal components, float32 (n, 2).

    `vectors`: float (n, d), finite. Directions without variance give zeros. Each component's sign is such
    that its largest loading (the first of equals) is positive, so the map never flips.

    Paper: Pearson 1901, On lines and planes of closest fit to systems of points in space.

    >>> pca_2d(np.array([[0.0, 0.0], [2.0, 0.0]], dtype=np.float32)).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    n, d = vectors.shape
    xy = np.zeros((n, 2), dtype=np.float32)
    if n < 2 or d == 0:
        return xy
    mean = vectors.mean(axis=0, dtype=np.float64)
    axes = _axes_from_rows(vectors - mean) if n < d else _axes_from_columns(vectors, mean)
    for start in range(0, n, _BLOCK):
        block = vectors[start : start + _BLOCK] - mean
        xy[start : start + _BLOCK, : axes.shape[1]] = block @ axes
    return xy


def _axes_from_columns(vectors: NDArray[np.float32], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axes float64 (d, up to 2) from the d x d covariance, for more rows than columns."""
    d = vectors.shape[1]
    covariance = np.zeros((d, d))
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK] - mean
        covariance += block.T @ block
    values, directions = np.linalg.eigh(covariance)
    return _leading(values, directions)


def _axes_from_rows(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axes float64 (d, up to 2) from the n x n products, for fewer rows than columns."""
    values, weights = np.linalg.eigh(centred @ centred.T)
    directions = centred.T @ weights[:, -2:]
    lengths = np.linalg.norm(directions, axis=0)
    return _leading(values[-2:], directions / np.where(lengths > 0, lengths, 1))


def _leading(values: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    axes = directions[:, ::-1][:, :2].copy()
    variances = values[::-1][:2]
    # What rounding leaves of a direction without variance would otherwise be drawn as structure.
    axes[:, variances <= max(variances[0], 0.0) * 1e-12] = 0.0
    largest = np.argmax(np.abs(axes).round(12), axis=0)
    return axes * np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1.0, 1.0)
