"""One request to a model, to see that it answers: the analysis behind "Try it"."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from votek.errors import Cancelled, InputError, VotekError
from votek.jobs.models import project_scorer
from votek.scoring import ModelSettings, Request, estimate_cost
from votek.scoring.origin import asked_rows, confidence_origin, origin_requests
from votek.store import data as data_rows
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.jobs.analyses import Material

__all__ = ["NAME", "try_model"]

NAME = "model-trial"


def try_model(material: Material) -> dict[str, Any]:
    """Ask the model of `options["model"]` about one text that has no label, with the labels in force shown.

    Returns JSON: `text`, `prompt`, `prediction`, `confidence`, `label_scores`, `missing_mass`, `seconds`, `scorer`, and
    of all texts without a label `calls`, `kept`, `tokens_in`, `tokens_out`; or `error`, what to mend.
    """
    try:
        model = ModelSettings.from_json(material.options.get("model", {})).check()
        requests = _requests(material)
        if not requests:
            raise InputError("Every text has a label already, so there is none to try the model on.")
        return {**_asked(material, model, requests[0]), **_cost(material, model, requests)}
    except Cancelled:
        raise
    except VotekError as error:
        return {"error": str(error)}


def _requests(material: Material) -> tuple[Request, ...]:
    context, project_id, pool = material.context, material.project_id, material.pool
    with context.labelling_lock, context.store.read() as tx:
        project = project_rows.get(tx, project_id)
        given = context.labelling(tx, project_id).labels()
        row = data_rows.current(tx, project_id, "pool")
    uses = row.columns if row is not None else {}
    origin = confidence_origin(
        model=ModelSettings(),
        prompts=project.prompts,
        task=project.task,
        hidden=sorted(name for name, use in uses.items() if use in ("gold", "labelled")),
        labels=sorted((pool.row_of[item], label.value) for item, label in given.items() if item in pool.row_of),
        barred=(),
    )
    prepared = material.prepared
    return origin_requests(
        origin,
        asked_rows(origin, node_of=prepared.node_of, rows=prepared.rows),
        dataset=pool.dataset,
        embeddings=prepared.embeddings,
        copies=prepared.copies,
        threshold=context.settings.near_copy_threshold,
    )


def _asked(material: Material, model: ModelSettings, request: Request) -> dict[str, Any]:
    # A kept score would say nothing about whether the model answers now.
    scorer = project_scorer(
        material.context,
        material.project_id,
        model,
        keep=False,
        check=lambda: material.report("analysis", 0, 1),
    )
    began = time.monotonic()
    score = next(iter(scorer.score([request])))
    return {
        "scorer": scorer.name,
        "seconds": time.monotonic() - began,
        "item": request.id,
        "text": material.dataset.texts[material.pool.row_of[request.id]],
        "prompt": request.prompt,
        "prediction": score.prediction,
        "confidence": score.confidence,
        "label_scores": dict(score.label_scores),
        "missing_mass": score.missing_mass,
    }


def _cost(material: Material, model: ModelSettings, requests: tuple[Request, ...]) -> dict[str, Any]:
    cost = estimate_cost(model, requests, cache=material.context.store.scores_folder)
    return {
        "requests": cost.requests,
        "kept": cost.kept,
        "calls": cost.calls,
        "tokens_in": cost.tokens_in,
        "tokens_out": cost.tokens_out,
    }
