"""How sure the project's model is of its texts, asked once and stored; what a round of picks reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Round
from votek.errors import InputError
from votek.jobs.context import Pool
from votek.jobs.models import project_scorer
from votek.jobs.preparing import record
from votek.jobs.requests import Requests
from votek.jobs.running import RunningJob
from votek.scoring import ModelSettings
from votek.scoring.origin import asked_rows, confidence_origin, model_of, origin_requests
from votek.scoring.pool_confidence import pool_confidence
from votek.store import data as data_rows
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.annotation import Queue
    from votek.pipeline import Prepared

__all__ = ["RESULT", "Sureness", "ask_model", "stored_sureness"]

RESULT = "confidence"


@dataclass(frozen=True, eq=False)
class Sureness:
    """`values` float64 (n,): NaN for rows that were not asked about. `origin`: all it depends on, ready for JSON."""

    values: NDArray[np.float64]
    origin: Mapping[str, Any]


def ask_model(context: Requests, run: RunningJob, pool: Pool, prepared: Prepared, queue: Queue) -> Sureness:
    """Ask the job's model about every distinct text that may be picked, with the labels in force as demonstrations.

    Raises:
        InputError: there is no label yet.
        ScoringError, ModelError: the model cannot answer.
    """
    with context.labelling_lock, context.store.read() as tx:
        project = project_rows.get(tx, run.job.project)
        given = context.labelling(tx, run.job.project).labels()
        row = data_rows.current(tx, run.job.project, "pool")
    uses = row.columns if row is not None else {}
    order = {item.row: item.rank for item in queue.items}
    known = sorted(
        ((pool.row_of[item], label.value) for item, label in given.items() if item in pool.row_of),
        key=lambda pair: (order.get(pair[0], len(order) + 1), pair[0]),
    )
    origin = confidence_origin(
        model=ModelSettings.from_json(run.job.parameters.get("model", {})),
        prompts=project.prompts,
        task=project.task,
        hidden=sorted(name for name, use in uses.items() if use in ("gold", "labelled")),
        labels=known,
        barred=queue.barred,
    )
    return _ask(context, run, pool, prepared, origin)


def stored_sureness(context: Requests, run: RunningJob, pool: Pool, prepared: Prepared, made: Round) -> Sureness:
    """What the picks of a round were made with; asked again, with the same demonstrations, if its file is lost."""
    origin = made.parameters["scoring"]
    found = context.store.cache.get(origin["key"])
    if found is not None:
        return Sureness(found["confidence"], origin)
    again = _ask(context, run, pool, prepared, {name: origin[name] for name in _ASKED})
    if again.origin["key"] != origin["key"]:
        raise InputError(
            "The texts' stored confidence is lost and the model that gave it is another one now, so more picks would "
            "not be one selection. Start afresh, or put back the model."
        )
    return again


_ASKED = ("version", "model", "prompts", "task", "hidden", "labels", "barred")


def _ask(context: Requests, run: RunningJob, pool: Pool, prepared: Prepared, origin: Mapping[str, Any]) -> Sureness:
    scorer = project_scorer(context, run.job.project, model_of(origin), check=run.check)
    rows = asked_rows(origin, node_of=prepared.node_of, rows=prepared.rows)
    key = _key(prepared.keys["copies"], scorer.digest, origin)
    full = {**origin, "key": key, "scorer": scorer.name, "scorer_digest": scorer.digest}
    found = context.store.cache.get(key)
    if found is None:
        run.report("score", 0, len(rows))
        requests = origin_requests(
            origin,
            rows,
            dataset=pool.dataset,
            embeddings=prepared.embeddings,
            copies=prepared.copies,
            threshold=context.settings.near_copy_threshold,
        )
        told = pool_confidence(scorer, requests, rows, len(pool.dataset), progress=run.report)
        found = {"confidence": told.values, "counts": np.array([told.scored, told.unread])}
        context.store.cache.put(key, found)
    run.report("score", 1, 1)
    scored, unread = (int(count) for count in found["counts"])
    with context.store.write() as tx:
        run.still_mine(tx)
        record(tx, run, RESULT, key, {"scorer": scorer.name})
    return Sureness(found["confidence"], {**full, "scored": scored, "unread": unread})


def _key(copies: str, scorer: str, origin: Mapping[str, Any]) -> str:
    content = json.dumps([copies, scorer, origin], sort_keys=True, ensure_ascii=True).encode()
    return f"confidence-{hashlib.sha256(content).hexdigest()}"
