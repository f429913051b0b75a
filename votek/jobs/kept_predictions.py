"""Predictions that somebody uploaded: kept as arrays, found again by their key."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from votek.errors import InputError
from votek.evaluation.predictions import Predictions
from votek.jobs.context import now
from votek.store import data as data_rows
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.jobs.context import Context

__all__ = ["keep_predictions", "load_predictions"]


def keep_predictions(context: Context, project_id: str, predictions: Predictions) -> str:
    """Keep predictions beside a project's texts; returns their key.

    Raises:
        InputError: the project has no texts.
    """
    content = [predictions.ids, predictions.models, predictions.answers, predictions.gold]
    key = f"predictions-{hashlib.sha256(json.dumps(content).encode()).hexdigest()}"
    arrays: dict[str, Any] = {
        "ids": np.array(predictions.ids, dtype=str),
        "models": np.array(predictions.models, dtype=str),
        "answers": np.array(predictions.answers, dtype=str),
    }
    if predictions.gold is not None:
        arrays["gold"] = np.array(predictions.gold, dtype=str)
    with context.store.read() as tx:
        digest = context.needed_pool(tx, project_id).dataset.digest
    context.store.cache.put(key, arrays)
    with context.store.write() as tx:
        project_rows.lock(tx, project_id)
        details = {"models": list(predictions.models), "items": len(predictions.ids)}
        data_rows.add_result(tx, project_id, "predictions", key, digest=digest, details=details, time=now())
    return key


def load_predictions(context: Context, key: str) -> Predictions:
    """The predictions kept under `key`.

    Raises:
        InputError: they are not there any more.
    """
    found = context.store.cache.get(key)
    if found is None:
        raise InputError("The uploaded predictions are not there any more. Upload the file again.")
    gold = found.get("gold")
    return Predictions(
        ids=tuple(map(str, found["ids"])),
        models=tuple(map(str, found["models"])),
        answers=tuple(tuple(map(str, column)) for column in found["answers"]),
        gold=None if gold is None else tuple(map(str, gold)),
    )
