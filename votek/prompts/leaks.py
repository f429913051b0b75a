"""Keeps an item, its copies and its near-copies out of its own prompt."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.errors import InputError
from votek.prompts.rows import LabelledRow, QueryRow

__all__ = ["LeakGuard"]

_ROUNDING = 1e-6
"""The stages that found near-copies work in float32; a pair on their border counts as a near-copy here."""


class LeakGuard:
    """Says which labelled rows would give an item's answer away.

    `units`: float64 (p, d), raw vectors of `pool`, each of length 1. `copies`: int64 (n,), group of each row of
    the pool Dataset, or None. `threshold`: cosine from which two texts are near-copies; None: off.
    """

    def __init__(
        self,
        pool: Sequence[LabelledRow],
        units: NDArray[np.float64],
        *,
        copies: ArrayLike | None,
        threshold: float | None,
    ) -> None:
        self._units = units
        self._limit = np.inf if threshold is None or threshold > 1 else threshold - _ROUNDING
        self._copies = None if copies is None else np.asarray(copies)
        self._rows = np.array([row.row for row in pool], dtype=np.int64)
        self._ids = {row.id: at for at, row in enumerate(pool)}
        self._texts: dict[str, list[int]] = {}
        for at, row in enumerate(pool):
            self._texts.setdefault(_plain(row.text), []).append(at)
        if self._copies is not None and len(pool) and self._rows.max() >= len(self._copies):
            raise InputError(
                f"copies names a group for {len(self._copies)} rows, but row {self._rows.max()} is labelled; "
                "give one group per row of the pool."
            )
        self._groups = self._rows if self._copies is None else self._copies[self._rows]
        values, counts = np.unique(self._groups, return_counts=True)
        self._several = [np.flatnonzero(self._groups == value) for value in values[counts > 1]]

    def excluded(self, queries: Sequence[QueryRow], units: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which labelled rows may not stand in the prompt of which query: bool (q, p).

        A row is kept out when it is the item, shares its text (Unicode form and white space aside) or its group
        of copies, or is a near-copy by cosine; then its whole group is. An id counts for items of the pool alone: other
        files number their rows by themselves, so that theirs meet those of the pool by chance.
        """
        mask: NDArray[np.bool_] = units @ self._units.T >= self._limit
        for at, query in enumerate(queries):
            mask[at, self._texts.get(_plain(query.text), [])] = True
            if query.row is None:
                continue
            if query.id in self._ids:
                mask[at, self._ids[query.id]] = True
            mask[at] |= self._rows == query.row
            if self._copies is not None:
                mask[at] |= self._groups == self._copies[query.row]
        for members in self._several:
            mask[:, members] |= mask[:, members].any(axis=1, keepdims=True)
        return mask


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
