"""What the project's model says of the texts that are still to be labelled: the analysis behind suggestions."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any

from votek.datatypes import TaskSpec
from votek.errors import InputError
from votek.jobs.models import project_model, project_scorer
from votek.scoring import ModelSettings, Request, Score, estimate_cost
from votek.scoring.calibration import normalised
from votek.scoring.origin import confidence_origin, origin_requests
from votek.store import data as data_rows
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.jobs.analyses import Material

__all__ = ["COST_NAME", "NAME", "suggest_cost_of_project", "suggest_of_project"]

NAME = "suggestions"
COST_NAME = "suggestions-cost"


def suggest_of_project(material: Material) -> dict[str, Any]:
    """The analysis "suggestions": asks the project's model about every text of the queue that is still to be labelled.

    Labels in force, and no open ones, are shown to it as demonstrations; answers are kept, so that only what is new
    costs anything. Returns JSON: `answers` (item -> `value`, `confidence`), `asked`, `unread` (texts for which no
    label, or no confidence, could be read), `labels` (how many it was shown), `scorer`, `model`.

    Raises:
        InputError: the project has no model but the stand-in, or no label to show it.
        ScoringError, ModelError: the model cannot answer; answers it gave are kept.
    """
    model, task, labels, requests = _begun(material)
    scorer = project_scorer(
        material.context,
        material.project_id,
        model,
        check=lambda: material.report("analysis", 0, max(1, len(requests))),
    )
    answers: dict[str, dict[str, Any]] = {}
    for done, score in enumerate(scorer.score(requests), start=1):
        found = _read(score, task)
        if found is not None:
            answers[score.id] = found
        material.report("analysis", done, len(requests) + 1)
    return {
        "answers": answers,
        "asked": len(requests),
        "unread": len(requests) - len(answers),
        "labels": labels,
        "scorer": scorer.name,
        "model": model.as_json(),
    }


def suggest_cost_of_project(material: Material) -> dict[str, Any]:
    """The analysis "suggestions-cost": what "suggestions" would take now; nobody is asked.

    Returns JSON: what `votek.scoring.estimate_cost` gives, `labels` (how many are shown) and `model`.
    """
    model, _, labels, requests = _begun(material)
    cost = estimate_cost(model, requests, cache=material.context.store.scores_folder)
    return {**vars(cost), "labels": labels, "model": model.as_json()}


def _begun(material: Material) -> tuple[ModelSettings, TaskSpec, int, tuple[Request, ...]]:
    context, project_id, pool = material.context, material.project_id, material.pool
    with context.labelling_lock, context.store.read() as tx:
        project, model = project_rows.get(tx, project_id), project_model(tx, project_id)
        state = context.labelling(tx, project_id)
        given = state.labels()
        rows = [item.row for item in context.build_queue(tx, project_id).items if state.state(item.item) == "todo"]
        row = data_rows.current(tx, project_id, "pool")
    if model.tier == "knn":
        raise InputError(
            "No model was chosen for this project, only the stand-in. Name one under “Model”, or take the nearest "
            "labelled texts as the source of suggestions."
        )
    if project.task.type == "text":
        raise InputError("Written answers are not suggested. Suggestions are for tasks in which labels are chosen.")
    uses = row.columns if row is not None else {}
    origin = confidence_origin(
        model=model,
        prompts=project.prompts,
        task=project.task,
        hidden=sorted(name for name, use in uses.items() if use in ("gold", "labelled")),
        labels=sorted((pool.row_of[item], label.value) for item, label in given.items() if item in pool.row_of),
        barred=(),
    )
    requests = origin_requests(
        origin,
        rows,
        dataset=pool.dataset,
        embeddings=material.prepared.embeddings,
        copies=material.prepared.copies,
        threshold=context.settings.near_copy_threshold,
    )
    return model, project.task, len(origin["labels"]), requests


def _read(score: Score, task: TaskSpec) -> dict[str, Any] | None:
    """The label that an answer stands for and its probability; None where either is not told.

    The probability is that of the label among all labels where the model scores them; of a written answer, the
    geometric mean over its tokens.
    """
    if score.prediction is None:
        return None
    names = [label.name for label in task.labels]
    parts = [score.prediction] if task.type == "single" else [part.strip() for part in score.prediction.split(",")]
    logs = normalised(score.label_scores)
    log = logs.get(score.prediction, score.confidence) if logs else score.confidence
    if log is None or not parts or any(part not in names for part in parts):
        return None
    value = parts[0] if task.type == "single" else [name for name in names if name in parts]
    return {"value": value, "confidence": min(1.0, exp(log))}
