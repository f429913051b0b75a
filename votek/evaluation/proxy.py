"""A proxy for how well a pool serves: does the nearest labelled text have the right label?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, read_only
from votek.errors import InputError
from votek.evaluation.bootstrap import mean_interval
from votek.evaluation.intervals import Interval
from votek.prompts.cosine import checked_vectors, unit_rows
from votek.prompts.retrieval import checked_mean

__all__ = ["Proxy", "Vote", "label_codes", "nearest_labels", "proxy_accuracy", "unseen_labels"]

Vote = Literal["similarity", "majority"]
_DECIMALS = 12
"""Cosines that agree to so many places count as equal, as in retrieval."""


@dataclass(frozen=True, eq=False)
class Proxy:
    """What a pool gets right by its nearest labels; a proxy, as no language model was asked.

    `correct`: bool (n,), per test item. `accuracy`: its mean, with the bootstrap interval over test items.
    `unseen`: label -> number of test items whose label no text of the pool has; they count as wrong.
    """

    correct: NDArray[np.bool_]
    accuracy: Interval
    unseen: dict[str, int]


def proxy_accuracy(
    pool_vectors: ArrayLike | Embeddings,
    pool_labels: Sequence[str],
    query_vectors: ArrayLike | Embeddings,
    query_labels: Sequence[str],
    *,
    mean: ArrayLike | None = None,
    nearest: int = 1,
    vote: Vote = "similarity",
    seed: int = 0,
) -> Proxy:
    """Share of test items whose label is that of the most similar labelled texts.

    Args:
        pool_vectors: floats (m, d), raw. `pool_labels`: m texts.
        query_vectors: floats (n, d), raw. `query_labels`: n texts.
        mean: (d,), the mean of all texts, subtracted from both; None: no centring.
        nearest: how many labelled texts have a say, at least 1.
        vote: "similarity" sums the cosines (a negative one counts 0) by label, "majority" counts; among
            equal labels the one of the more similar text wins. With one nearest text they are the same.
        seed: of the interval.

    Says nothing for sentence pairs: whether one sentence follows from another is not told by what the pair
    is about, and so not by similarity.

    Raises:
        InputError: shapes that do not fit, NaN, or no labelled text or test item.

    >>> found = proxy_accuracy([[1, 0], [0, 1]], ["a", "b"], [[2, 1], [1, 3], [3, 1]], ["a", "b", "c"])
    >>> found.correct.tolist(), found.unseen
    ([True, True, False], {'c': 1})
    """
    pool, queries = checked_vectors(pool_vectors, "pool_vectors"), checked_vectors(query_vectors, "query_vectors")
    for rows, labels, name in ((pool, pool_labels, "pool"), (queries, query_labels, "query")):
        if len(rows) != len(labels) or not len(rows):
            raise InputError(
                f"There are {len(rows)} {name}_vectors and {len(labels)} {name}_labels; give as many, at least one."
            )
    if pool.shape[1] != queries.shape[1]:
        raise InputError(
            f"pool_vectors have {pool.shape[1]} dimensions and query_vectors {queries.shape[1]}; "
            "embed both with the same model."
        )
    centre = checked_mean(mean, pool.shape[1])
    (of_pool, of_queries), _ = label_codes(pool_labels, query_labels)
    cosines = unit_rows(queries, centre) @ unit_rows(pool, centre).T
    correct = nearest_labels(cosines, of_pool, nearest=nearest, vote=vote) == of_queries
    return Proxy(read_only(correct), mean_interval(correct, seed=seed), unseen_labels(pool_labels, query_labels))


def nearest_labels(
    cosines: NDArray[np.float64], codes: NDArray[np.int64], *, nearest: int = 1, vote: Vote = "similarity"
) -> NDArray[np.int64]:
    """The label code that the `nearest` columns of each row agree on: int64 (n,).

    `cosines`: float64 (n, m). `codes`: int64 (m,). On equal cosines the earlier column counts as nearer.
    """
    if isinstance(nearest, bool) or not isinstance(nearest, int) or nearest < 1:
        raise InputError(f"nearest was {nearest!r}; give a whole number of at least 1.")
    if vote not in ("similarity", "majority"):
        raise InputError(f"vote was {vote!r}; choose similarity or majority.")
    rounded = np.round(cosines, _DECIMALS)
    if nearest == 1:
        best: NDArray[np.int64] = codes[np.argmax(rounded, axis=1)]
        return best
    order = np.argsort(-rounded, axis=1, kind="stable")[:, :nearest]
    labels = codes[order]
    weights = np.take_along_axis(rounded, order, axis=1).clip(min=0.0) if vote == "similarity" else np.ones(order.shape)
    same = labels[:, :, None] == labels[:, None, :]
    scores = np.round((same * weights[:, None, :]).sum(axis=2), _DECIMALS)
    won: NDArray[np.int64] = np.take_along_axis(labels, np.argmax(scores, axis=1)[:, None], axis=1)[:, 0]
    return won


def label_codes(*columns: Sequence[str]) -> tuple[list[NDArray[np.int64]], list[str]]:
    """Each column of labels as numbers into one sorted list of names."""
    names = sorted({label for column in columns for label in column})
    place = {name: at for at, name in enumerate(names)}
    return [np.array([place[label] for label in column], dtype=np.int64) for column in columns], names


def unseen_labels(pool_labels: Sequence[str], query_labels: Sequence[str]) -> dict[str, int]:
    """Labels of test items that no text of the pool has, the most frequent first, with their counts."""
    known = set(pool_labels)
    counts = Counter(label for label in query_labels if label not in known)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
