"""Labelled texts dealt into parts, so that no model is tested on what it has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.selection.checks import check_seed

__all__ = ["folds_of"]


def folds_of(labels: Sequence[str], folds: int, seed: int) -> NDArray[np.int64]:
    """int64 (n,): the part of each text, the texts of each label being dealt out in turn after a shuffle.

    Raises:
        InputError: fewer texts than parts, fewer than 2 parts, or one label only.

    >>> np.bincount(folds_of(["a"] * 6 + ["b"] * 4, 2, 0)).tolist()
    [5, 5]
    """
    if folds < 2 or len(labels) < folds:
        raise InputError(
            f"{len(labels)} labelled texts cannot be dealt into {folds} parts; label more texts, or take fewer parts "
            "(at least 2)."
        )
    if len(set(labels)) < 2:
        raise InputError(
            f"All {len(labels):,} labelled texts have the label {labels[0]!r}. There is nothing to tell apart; label "
            "more texts."
        )
    order = np.random.default_rng(check_seed(seed)).permutation(len(labels))
    place = {name: at for at, (name, _) in enumerate(sorted(Counter(labels).items()))}
    by_label = order[np.argsort([place[labels[row]] for row in order.tolist()], kind="stable")]
    part = np.empty(len(labels), dtype=np.int64)
    part[by_label] = np.arange(len(labels)) % folds
    return part
