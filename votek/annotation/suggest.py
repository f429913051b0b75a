"""A likely label for a text, from the labelled texts nearest to it; and for whom it is held back.

The vote is that of the stand-in (`votek.scoring.KnnScorer`): of the 8 labelled texts nearest to the text, one with the
centred cosine s weighs exp(s / 0.1), and one more, of cosine 0, stands for what is not known. A label is suggested
when it has more than half of all weight. That share is the confidence: a number about the vote, not a promise
(docs/suggestions.md says how often it was right on two data sets).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Embeddings, TaskSpec
from votek.prompts.cosine import unit_rows
from votek.scoring.knn import TEMPERATURE

__all__ = ["NEIGHBOURS", "Proposal", "fits_task", "held_back", "same_answer", "suggest_from_nearest"]

NEIGHBOURS = 8
"""How many labelled texts vote; while fewer are labelled, nothing is suggested."""

_LIKELY = 0.5


@dataclass(frozen=True)
class Proposal:
    """A likely label: `value` as an event would hold it, `confidence` in (0, 1], `source`: "knn" or "model: NAME"."""

    value: Any
    confidence: float
    source: str = "knn"


def suggest_from_nearest(
    rows: Sequence[int],
    *,
    labels: Mapping[int, Any],
    task: TaskSpec,
    embeddings: Embeddings,
    copies: NDArray[np.int64],
) -> dict[int, Proposal]:
    """row -> the label that its nearest labelled texts speak for; rows where none has half of the vote are left out.

    Args:
        rows: the texts asked about.
        labels: row -> label in force. Give closed ones only: what one person said about a text that others are still
            to label must not reach them.
        task: names that are no labels of it (any more) do not count. Written answers are never suggested: one that
            is there to be taken over would be taken over, and no count could tell.
        embeddings: vectors (n, d) of the whole pool.
        copies: int64 (n,), group of each row. Neither the text itself nor a copy of it has a vote.
    """
    given = {row: found for row, value in labels.items() if (found := _names(value, task))}
    kinds = {name for found in given.values() for name in found}
    if task.type == "text" or len(given) < NEIGHBOURS or len(kinds) < 2 or not rows:
        return {}
    known, mean = np.fromiter(given, dtype=np.int64), embeddings.mean.astype(np.float64)
    pool = unit_rows(np.asarray(embeddings.vectors[known]), mean)
    asked = unit_rows(np.asarray(embeddings.vectors[list(rows)]), mean)
    similarity = asked @ pool.T
    similarity[copies[list(rows)][:, None] == copies[known][None, :]] = -np.inf
    proposals = {}
    for row, cosines in zip(rows, similarity, strict=True):
        nearest = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
        nearest = nearest[np.isfinite(cosines[nearest])]
        weights = np.exp(np.clip(cosines[nearest], -1.0, 1.0) / TEMPERATURE)
        likely = _vote([given[int(known[at])] for at in nearest], weights, task)
        if likely is not None:
            proposals[int(row)] = likely
    return proposals


def _names(value: Any, task: TaskSpec) -> tuple[str, ...]:
    """The labels of the task among those given."""
    known = {label.name for label in task.labels}
    return tuple(name for name in ([value] if isinstance(value, str) else value or ()) if name in known)


def _vote(answers: Sequence[tuple[str, ...]], weights: NDArray[np.float64], task: TaskSpec) -> Proposal | None:
    """What has more than half of the weight: of one label to choose, that label; of several, all such labels."""
    unknown = 0.5 if task.type == "multi" else 1.0 / len(task.labels)
    total = 1.0 + float(weights.sum())
    shares = {label.name: unknown / total for label in task.labels}
    for names, weight in zip(answers, weights.tolist(), strict=True):
        for name in names:
            shares[name] += weight / total
    likely = {name: share for name, share in shares.items() if share > _LIKELY}
    if not likely:
        return None
    # Of several labels the weakest one says how sure the whole is.
    value: Any = list(likely) if task.type == "multi" else next(iter(likely))
    return Proposal(value, min(likely.values()))


def fits_task(value: Any, task: TaskSpec) -> bool:
    """Whether a suggestion made earlier is still something that a person could choose."""
    if task.type == "text" or isinstance(value, str) != (task.type == "single"):
        return False
    names = [value] if isinstance(value, str) else list(value)
    return bool(names) and len(_names(value, task)) == len(names)


def same_answer(one: Any, other: Any) -> bool:
    """Whether two labels say the same; of several labels the order does not matter.

    >>> same_answer(["a", "b"], ["b", "a"]), same_answer("a", ["a"])
    (True, False)
    """
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return bool(one == other)


def held_back(project: str, item: str, who: str, share: float) -> bool:
    """Whether this text is in the blind share of this person: by a hash of the three, the same wherever it is asked.

    >>> sum(held_back("p", f"t{i}", "ann", 0.2) for i in range(1000))
    205
    """
    content = json.dumps([project, item, who]).encode()
    return int.from_bytes(hashlib.sha256(content).digest()[:8]) < share * 2.0**64
