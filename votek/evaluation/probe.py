"""A linear classifier trained on the pool: what selection does for training, not for prompts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["probe_labels"]

_STEPS = 2_000


def probe_labels(
    pool: NDArray[np.float64], codes: NDArray[np.int64], queries: NDArray[np.float64]
) -> NDArray[np.int64]:
    """int64 (n,): what logistic regression, trained on the pool, says of each test item.

    `pool`: float64 (m, d), centred unit rows; `codes`: int64 (m,), their labels; `queries`: float64 (n, d).
    L2 penalty with C = 1, as scikit-learn's default. A pool of one label answers that label.

    Su et al. 2022 (arXiv 2209.01975) found that selection helps prompts, and not the training of a model.

    >>> probe_labels(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([4, 7]), np.array([[0.9, 0.1]]))
    array([4])
    """
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(codes)) == 1:
        return np.full(len(queries), codes[0], dtype=np.int64)
    model = LogisticRegression(max_iter=_STEPS).fit(pool, codes)
    return np.asarray(model.predict(queries), dtype=np.int64)
