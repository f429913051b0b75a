"""What each kind of job does, from the stored texts to stored results."""

from __future__ import annotations

from votek.datatypes import Job
from votek.errors import InputError
from votek.jobs.analyses import Material, find_analysis, result_key, result_kind
from votek.jobs.context import Pool
from votek.jobs.picking import repair, select
from votek.jobs.preparing import link, needed_pool, prepare_all, record
from votek.jobs.requests import Requests
from votek.jobs.running import RunningJob
from votek.jobs.wishes import TWO_ROUNDS
from votek.pipeline import graph_k
from votek.selection.registry import AUTO, METHODS

__all__ = ["STAGES", "perform", "stages_of"]

STAGES: dict[str, list[str]] = {
    "prepare": ["embed", "copies", "graph", "pca", "map", "tests"],
    "select": ["embed", "copies", "graph", "pca", "score", "select", "random"],
    "repair": ["select"],
    "analysis": ["embed", "copies", "graph", "analysis"],
}


def stages_of(job: Job) -> list[str]:
    """The stages of a job, in order; a selection asks a model only for a method that reads a confidence."""
    stages = STAGES.get(job.kind, [])
    if job.kind == "select" and not job.parameters.get("second"):
        name = AUTO if job.parameters["method"] == "auto" else job.parameters["method"]
        method = METHODS.get(name)  # an unknown one is refused where it is to pick
        if method is None or method.confidence != "needed" or method.name == TWO_ROUNDS:
            return [stage for stage in stages if stage != "score"]
    return stages


def perform(context: Requests, run: RunningJob) -> None:
    """Do the job and mark it done, in the transaction that stores its last result."""
    kind = run.job.kind
    pool = needed_pool(context, run)
    if kind == "prepare":
        prepare_all(context, run, pool)
    elif kind == "select":
        select(context, run, pool)
    elif kind == "repair":
        repair(context, run, pool)
    elif kind == "analysis":
        _analyse(context, run, pool)
    else:
        raise InputError(f"This worker does not know jobs of the kind {kind!r}. Start a worker of the same version.")


def _analyse(context: Requests, run: RunningJob, pool: Pool) -> None:
    name, options = run.job.parameters["analysis"], run.job.parameters["options"]
    analysis = find_analysis(name)
    with context.store.read() as tx:
        prepared = context.prepared_in_force(tx, run.job.project)
    prepared = prepared or link(context, run, pool, k=graph_k("auto"))
    for stage in ("embed", "copies", "graph"):
        run.report(stage, 1, 1)
    run.report("analysis", 0, 1)
    table = analysis(Material(context, run.job.project, pool, prepared, options, run.report))
    key = result_key(name, pool.dataset.digest, options)
    with context.store.write() as tx:
        run.still_mine(tx)
        record(tx, run, result_kind(name), key, {"options": dict(options), "table": table})
        run.finish(tx, "done")
