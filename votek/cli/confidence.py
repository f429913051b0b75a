"""How sure something is of each row: read from a column, or scored from rows that are labelled."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from votek.cli.given_rows import column
from votek.errors import InputError, ScoringError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from votek.datatypes import Dataset, Progress
    from votek.pipeline import Prepared
    from votek.scoring import Scorer

__all__ = ["confidence_column", "scored_confidence"]


def confidence_column(dataset: Dataset, name: str, unread: Collection[int]) -> NDArray[np.float64]:
    """float64 (n,): the column as numbers; NaN where a row in `unread` (labelled, excluded) has none.

    Raises:
        InputError: no such column, or a row without a finite number that may be picked.
    """
    import numpy as np

    values = np.full(len(dataset), np.nan)
    spared = set(unread)
    for row, cell in enumerate(column(dataset, name, "--confidence")):
        try:
            values[row] = float(cell) if cell.strip() else math.nan
        except ValueError:
            raise InputError(
                f"--confidence: {name!r} is {cell!r} at the row with the id {dataset.ids[row]!r}; give a number, "
                "higher where the model is surer."
            ) from None
    bad = [row for row in np.flatnonzero(~np.isfinite(values)).tolist() if row not in spared]
    if bad:
        what = "empty" if not str(dataset.fields[name].iloc[bad[0]]).strip() else str(values[bad[0]])
        raise InputError(
            f"--confidence: {name!r} is {what} at the row with the id {dataset.ids[bad[0]]!r}, and no finite number at "
            f"{len(bad)} rows that may be picked; score these, or name them with --exclude."
        )
    return values


def scored_confidence(
    prepared: Prepared,
    dataset: Dataset,
    labels: Mapping[int, str],
    scorer: Scorer,
    progress: Progress,
) -> NDArray[np.float64]:
    """float64 (n,): the scorer's confidence in its answer for each distinct text, with `labels` to learn from.

    NaN at labelled texts and at copies, which are not asked about.

    Raises:
        ScoringError: the scorer gave no confidence for a text.
    """
    import numpy as np

    from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
    from votek.prompts import LabelledRow, QueryRow
    from votek.scoring import build_requests

    known = {int(prepared.node_of[row]) for row in labels}
    asked = [row for node, row in enumerate(prepared.rows.tolist()) if node not in known]
    vectors = prepared.embeddings.vectors
    requests = build_requests(
        PromptSettings(),
        pool=[LabelledRow(dataset.ids[row], row, dataset.texts[row], label) for row, label in labels.items()],
        pool_vectors=vectors[list(labels)],
        queries=[QueryRow(dataset.ids[row], dataset.texts[row], row=row) for row in asked],
        query_vectors=vectors[asked],
        task=TaskSpec(labels=tuple(LabelSpec(name, "#808080") for name in dict.fromkeys(labels.values()))),
        mean=prepared.embeddings.mean,
    )
    confidence = np.full(len(dataset), np.nan)
    for done, (row, score) in enumerate(zip(asked, scorer.score(requests), strict=True), 1):
        if score.confidence is None:
            raise ScoringError(
                f"The scorer {scorer.name!r} gave no confidence for the text with the id {score.id!r}; use a scorer "
                "that gives log-probabilities, or a column with --confidence."
            )
        confidence[row] = score.confidence
        progress("score", done, len(asked))
    return confidence
