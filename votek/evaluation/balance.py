"""How evenly the labels of a pool are spread, and how far from those of all texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from votek.errors import InputError

__all__ = ["LabelBalance", "label_balance"]


@dataclass(frozen=True)
class LabelBalance:
    """Labels of a pool: `counts` by label, the most frequent first.

    `entropy`: in bits; `evenness`: entropy over the largest it could be with `classes` labels, 0 to 1 (None with one
    label). `divergence`: Kullback-Leibler divergence in bits of the pool's labels from those of all texts; None where
    these are not known. `missing`: labels that no text of the pool has.
    """

    counts: dict[str, int]
    classes: int
    entropy: float
    evenness: float | None
    divergence: float | None
    missing: tuple[str, ...]


def label_balance(
    labels: Sequence[str], *, classes: Sequence[str] = (), everywhere: Sequence[str] | None = None
) -> LabelBalance:
    """The balance of a pool's labels.

    `labels`: of the labelled texts of the pool, at least one. `classes`: labels that could be given. `everywhere`: the
    labels of all texts, those of the pool included. Shannon 1948; Kullback and Leibler 1951.

    Raises:
        InputError: no labels, or one that no text has by `everywhere`.

    >>> found = label_balance(["a", "b"], classes=["a", "b", "c", "d"], everywhere=["a", "a", "a", "b"])
    >>> found.entropy, found.evenness, round(found.divergence, 4), found.missing
    (1.0, 0.5, 0.2075, ('c', 'd'))
    """
    strange = set(labels) - set(everywhere) if everywhere is not None else set()
    if strange or not len(labels):
        named = f"{min(strange)!r} is a label of the pool and of no text" if strange else "The pool has no label"
        raise InputError(f"{named}; give the labels of the pool's texts, and those of all texts from the same column.")
    counts = dict(sorted(Counter(labels).items(), key=lambda pair: (-pair[1], pair[0])))
    known = list(dict.fromkeys([*classes, *(everywhere or ()), *counts]))
    share = np.array(list(counts.values())) / len(labels)
    entropy = float(-(share * np.log2(share)).sum()) + 0.0
    divergence = None
    if everywhere is not None:
        whole = Counter(everywhere)
        of_all = np.array([whole[label] for label in counts]) / len(everywhere)
        divergence = float((share * np.log2(share / of_all)).sum())
    return LabelBalance(
        counts=counts,
        classes=len(known),
        entropy=entropy,
        evenness=entropy / float(np.log2(len(known))) if len(known) > 1 else None,
        divergence=divergence,
        missing=tuple(label for label in known if label not in counts),
    )
