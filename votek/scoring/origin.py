"""What a stored confidence came from, as JSON, and the way back from there to the same requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from votek.datatypes import LabelSpec, PromptSettings, TaskSpec
from votek.prompts.rows import LabelValue
from votek.scoring.pool_confidence import pool_requests
from votek.scoring.protocol import Request
from votek.scoring.settings import ModelSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from votek.datatypes import Dataset, Embeddings

__all__ = ["asked_rows", "confidence_origin", "model_of", "origin_requests"]

_VERSION = 1


def confidence_origin(
    *,
    model: ModelSettings,
    prompts: PromptSettings,
    task: TaskSpec,
    hidden: Sequence[str],
    labels: Sequence[tuple[int, LabelValue]],
    barred: Sequence[int],
) -> dict[str, Any]:
    """Everything that requests to a scorer depend on beside the data set, ready for JSON.

    `labels`: (row, label) of each demonstration. `barred`: rows that are not asked about. `hidden`: columns that
    nobody is shown.
    """
    return {
        "version": _VERSION,
        "model": model.as_json(),
        "prompts": asdict(prompts),
        "task": asdict(task),
        "hidden": list(hidden),
        "labels": [[row, list(value) if isinstance(value, tuple) else value] for row, value in labels],
        "barred": list(barred),
    }


def model_of(origin: Mapping[str, Any]) -> ModelSettings:
    """Who was asked."""
    return ModelSettings.from_json(origin["model"])


def asked_rows(origin: Mapping[str, Any], *, node_of: NDArray[np.int64], rows: NDArray[np.int64]) -> list[int]:
    """The rows asked about: one of each group of copies that holds no label and nothing barred.

    `node_of` int64 (n,): the group of each row; `rows` int64 (groups,): the row that stands for each.
    """
    named = [*(row for row, _ in origin["labels"]), *origin["barred"]]
    taken = {int(node_of[row]) for row in named}
    return [row for node, row in enumerate(rows.tolist()) if node not in taken]


def origin_requests(
    origin: Mapping[str, Any],
    rows: Sequence[int],
    *,
    dataset: Dataset,
    embeddings: Embeddings,
    copies: NDArray[np.int64],
    threshold: float | None,
) -> tuple[Request, ...]:
    """The same requests again, one for each of `rows`."""
    task = origin["task"]
    return pool_requests(
        dataset=dataset,
        embeddings=embeddings,
        copies=copies,
        threshold=threshold,
        labels={int(row): tuple(value) if isinstance(value, list) else value for row, value in origin["labels"]},
        rows=rows,
        task=TaskSpec(task["type"], tuple(LabelSpec(**label) for label in task["labels"]), task["version"]),
        settings=PromptSettings(**origin["prompts"]),
        hidden=origin["hidden"],
    )
