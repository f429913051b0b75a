"""How sure something is of each row: read from a column, or asked of a scorer that is shown the labelled rows."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from votek.cli.given_rows import column
from votek.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from votek.datatypes import Dataset
    from votek.pipeline import Prepared
    from votek.scoring import Request

__all__ = ["confidence_column", "scorer_requests"]


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


def scorer_requests(
    prepared: Prepared, dataset: Dataset, labels: Mapping[int, str], *, exclude: Collection[int]
) -> tuple[list[int], tuple[Request, ...]]:
    """The first row of each distinct text that may be picked, and what a scorer is asked about each.

    `labels`: row -> label, the demonstrations; near-copies of these are not asked about.
    """
    from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
    from votek.scoring.pool_confidence import pool_requests

    taken = {int(prepared.node_of[row]) for row in (*labels, *exclude)}
    rows = [row for node, row in enumerate(prepared.rows.tolist()) if node not in taken]
    requests = pool_requests(
        dataset=dataset,
        embeddings=prepared.embeddings,
        copies=prepared.copies,
        threshold=None,
        labels=labels,
        rows=rows,
        task=TaskSpec(labels=tuple(LabelSpec(name, "#808080") for name in dict.fromkeys(labels.values()))),
        settings=PromptSettings(),
    )
    return rows, requests
