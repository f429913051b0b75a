"""Checks on a confidence per text: the methods that read it cannot work without."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError
from votek.selection.pool import Given, Pool
from votek.selection.problem import Method

__all__ = ["check_confidence"]


def check_confidence(
    confidence: ArrayLike | None, method: Method, pool: Pool, rows: Given
) -> NDArray[np.float64] | None:
    """The confidence of each node: float64 (nodes,), that of the row it stands for; None where none is read.

    Raises:
        InputError: given to a method that reads none, missing for one that needs it, not one finite number
            for each row that may be picked, or the same for all of them.
    """
    if confidence is None:
        if method.confidence == "needed":
            raise InputError(
                f"The method {method.name!r} needs a confidence for each text: give confidence=, such as a model's "
                "mean log-probability of its answer, or use fast-vote-k, which needs none."
            )
        return None
    if method.confidence == "unused":
        raise InputError(f"The method {method.name!r} does not use confidence; leave confidence out.")
    try:
        given = np.asarray(confidence)
        if given.dtype.kind in "cmM":
            raise TypeError(f"{given.dtype} cannot be put in order of sureness")
        values = given.astype(np.float64)
    except (TypeError, ValueError) as problem:
        raise InputError(f"confidence must be numbers ({problem}); give one per row.") from None
    if values.shape != (pool.given,):
        raise InputError(f"confidence has shape {values.shape} for {pool.given} rows; give one number per row.")
    nodes = values[pool.rows]
    bad = np.flatnonzero(rows.eligible & ~np.isfinite(nodes))
    if bad.size:
        raise InputError(
            f"confidence is {nodes[bad[0]]} at row {int(pool.rows[bad[0]])} and not finite at {bad.size} rows that may "
            "be picked; score these texts, or exclude them."
        )
    open_now = nodes[rows.eligible]
    if open_now.size > 1 and open_now.min() == open_now.max():
        raise InputError(
            f"confidence is {open_now[0]:g} for every text, so it says nothing about which are hard; check what "
            "made it (whatever has seen one label only is equally sure of all), or use a method without confidence."
        )
    return nodes
