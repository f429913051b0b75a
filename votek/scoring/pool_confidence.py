"""How sure a scorer is of each text of a pool, with those that have a label as retrieved demonstrations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import PromptSettings, TaskSpec, read_only
from votek.errors import InputError, ScoringError
from votek.prompts import LabelledRow, QueryRow
from votek.prompts.rows import LabelValue
from votek.scoring.protocol import Request, Scorer
from votek.scoring.requests import build_requests

if TYPE_CHECKING:
    from votek.datatypes import Dataset, Embeddings, Progress

__all__ = ["PoolConfidence", "pool_confidence", "pool_requests"]

STAGE = "score"


@dataclass(frozen=True, eq=False)
class PoolConfidence:
    """`values` float64 (n,): the confidence of each row that was asked about, NaN elsewhere.

    `scored`: how many were asked about. `unread`: of how many the scorer told no confidence; they count as
    unsure as the least sure one.
    """

    values: NDArray[np.float64]
    scored: int
    unread: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", read_only(self.values))


def pool_requests(
    *,
    dataset: Dataset,
    embeddings: Embeddings,
    copies: NDArray[np.int64],
    threshold: float | None,
    labels: Mapping[int, LabelValue],
    rows: Sequence[int],
    task: TaskSpec,
    settings: PromptSettings,
    hidden: Collection[str] = (),
) -> tuple[Request, ...]:
    """One request for each of `rows`, in their order.

    `labels`: row -> label; `embeddings` and `copies` (int64 (n,)) are those of the data set. Demonstrations are
    always the most similar labelled texts, written as `settings` say. Columns in `hidden` are shown to nobody.

    Raises:
        InputError: no labels, or settings that cannot be used.
    """
    if not labels:
        raise InputError("There is no label to show a model yet. Label some texts first, or pick by fast vote-k.")
    shown = [str(name) for name in dataset.fields.columns if name not in hidden]
    cells = {name: dataset.fields[name].tolist() for name in shown}

    def fields(row: int) -> dict[str, str]:
        return {name: str(column[row]) for name, column in cells.items()}

    known = list(labels)
    return build_requests(
        replace(settings, retrieval="similar"),
        pool=[LabelledRow(dataset.ids[row], row, dataset.texts[row], labels[row], fields=fields(row)) for row in known],
        pool_vectors=np.asarray(embeddings.vectors[known]),
        queries=[QueryRow(dataset.ids[row], dataset.texts[row], fields(row), row) for row in rows],
        query_vectors=np.asarray(embeddings.vectors[list(rows)]),
        task=task,
        mean=embeddings.mean,
        copies=copies,
        near_copy_threshold=threshold,
    )


def pool_confidence(
    scorer: Scorer, requests: Sequence[Request], rows: Sequence[int], n: int, *, progress: Progress | None = None
) -> PoolConfidence:
    """Ask `scorer` and keep how sure it is.

    `requests`: one for each of `rows`, which are rows of a data set of `n`. `progress`: called as ("score", texts
    done, texts); raising in it stops the scorer.

    Raises:
        ScoringError: the scorer cannot answer, or tells no confidence for any text.
    """
    values = np.full(n, np.nan)
    with closing(cast(Any, scorer.score(requests))) as answers:
        for done, (row, score) in enumerate(zip(rows, answers, strict=True), start=1):
            if score.confidence is not None:
                values[row] = score.confidence
            if progress is not None:
                progress(STAGE, done, len(requests))
    asked = np.asarray(rows, dtype=np.int64)
    told = np.isfinite(values[asked])
    if len(asked) and not told.any():
        raise ScoringError(
            f"The model {scorer.name!r} gave no confidence for any text: its endpoint returns no log-probabilities. "
            "Choose a model that returns them, or the stand-in without a model, or go on by fast vote-k."
        )
    if not told.all():
        values[asked[~told]] = values[asked[told]].min()
    return PoolConfidence(values, len(asked), int((~told).sum()))
