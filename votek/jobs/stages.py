"""What each kind of job does, from the stored texts to stored results."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from votek.annotation import Queue
from votek.datatypes import Round
from votek.errors import InputError
from votek.jobs.analyses import Material, find_analysis, result_key, result_kind
from votek.jobs.context import Context, Pool, now
from votek.jobs.coverage import random_curve
from votek.jobs.requests import Requests
from votek.jobs.running import RunningJob
from votek.pipeline import choose, graph_k, layout, layout_key, prepare
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import jobs as job_rows
from votek.store import projects as project_rows
from votek.store import rounds as round_rows

if TYPE_CHECKING:
    from votek.datatypes import Selection
    from votek.pipeline import Prepared

__all__ = ["STAGES", "perform"]

STAGES: dict[str, list[str]] = {
    "prepare": ["embed", "copies", "graph", "pca", "map", "tests"],
    "select": ["embed", "copies", "graph", "pca", "select", "random"],
    "repair": ["select"],
    "analysis": ["embed", "copies", "graph", "analysis"],
}
RoundKind = Literal["select", "raise", "repair"]


def perform(context: Requests, run: RunningJob) -> None:
    """Do the job and mark it done, in the transaction that stores its last result."""
    kind = run.job.kind
    pool = _pool(context, run)
    if kind == "prepare":
        _prepare_all(context, run, pool)
    elif kind == "select":
        _select(context, run, pool)
    elif kind == "repair":
        _repair(context, run, pool)
    elif kind == "analysis":
        _analyse(context, run, pool)
    else:
        raise InputError(f"This worker does not know jobs of the kind {kind!r}. Start a worker of the same version.")


def _pool(context: Context, run: RunningJob) -> Pool:
    with context.store.read() as tx:
        pool = context.needed_pool(tx, run.job.project)
    if pool.dataset.digest != run.job.parameters["dataset"]:
        raise InputError("The texts were replaced while this was waiting. Start it again for the new ones.")
    return pool


# ---------------------------------------------------------------- vectors, copies, graph, maps


def _graph(context: Context, run: RunningJob, pool: Pool, *, k: int) -> Prepared:
    settings, dataset = context.settings, pool.dataset
    folder = context.store.embedding_folder(dataset.digest)
    prepared = prepare(
        dataset.texts,
        model=settings.model,
        threshold=settings.near_copy_threshold,
        k=k,
        cache=context.store.cache,
        embed_cache=folder,
        progress=run.report,
    )
    run.check()
    shutil.rmtree(folder, ignore_errors=True)  # parts of what is now stored whole
    keys = {stage: str(key) for stage, key in prepared.keys.items()}
    with context.store.write() as tx:
        run.still_mine(tx)
        for kind, details in (("embed", keys), ("copies", {}), ("graph", keys)):
            _record(tx, run, kind, keys[kind], details)
        job_rows.hurry(tx, run.job.project)
    return prepared


def _record(tx: Transaction, run: RunningJob, kind: str, key: str, details: Mapping[str, Any]) -> None:
    digest = run.job.parameters["dataset"]
    data_rows.add_result(tx, run.job.project, kind, key, digest=digest, details=details, time=now())


def _map(context: Context, run: RunningJob, prepared: Prepared, method: Literal["pca", "umap"]) -> None:
    stage = "pca" if method == "pca" else "map"
    layout(
        prepared,
        method=method,
        cache=context.store.cache,
        progress=lambda _, done, total: run.report(stage, done, total),
    )
    key = layout_key(prepared.keys, method=method)
    with context.store.write() as tx:
        run.still_mine(tx)
        _record(tx, run, f"map-{method}", key, {"seed": 0})


def _tests(context: Context, run: RunningJob) -> None:
    """Embed the test items, with the same model."""
    from votek.pipeline import embed_texts

    with context.store.read() as tx:
        row = data_rows.current(tx, run.job.project, "test")
    if row is None:
        run.report("tests", 1, 1)
        return
    folder = context.store.embedding_folder(row.digest)
    embeddings, key = embed_texts(
        context.load_pool(row.file).dataset.texts,
        model=context.settings.model,
        cache=context.store.cache,
        embed_cache=folder,
        progress=lambda _, done, total: run.report("tests", done, total),
    )
    shutil.rmtree(folder, ignore_errors=True)
    details = {"model": embeddings.model, "model_digest": embeddings.model_digest}
    with context.store.write() as tx:
        run.still_mine(tx)
        data_rows.add_result(tx, run.job.project, "embed", key, digest=row.digest, details=details, time=now())


def _prepare_all(context: Requests, run: RunningJob, pool: Pool) -> None:
    with context.store.read() as tx:
        rounds = context.rounds_in_force(tx, run.job.project)
    k = max([graph_k("auto"), *(int(made.parameters["k"]) for made in rounds)])
    prepared = _graph(context, run, pool, k=k)
    _map(context, run, prepared, "pca")
    _map(context, run, prepared, "umap")
    _tests(context, run)
    with context.store.write() as tx:
        run.finish(tx, "done")


# ---------------------------------------------------------------- picks


def _select(context: Requests, run: RunningJob, pool: Pool) -> None:
    wanted = run.job.parameters
    with context.store.read() as tx:
        rounds = [] if wanted["restart"] else context.rounds_in_force(tx, run.job.project)
        queue = context.build_queue(tx, run.job.project)
    first = next((made for made in rounds if made.kind != "repair"), None)
    k = int(first.parameters["k"]) if first else wanted["k"]
    prepared = _graph(context, run, pool, k=graph_k(k))
    _map(context, run, prepared, "pca")
    budget = wanted["budget"] - (queue.budget if first else 0)
    warm = _warm_start(queue) if first else tuple(sorted(queue.labelled))
    if budget < 1:
        with context.store.write() as tx:
            run.finish(tx, "done", "There are as many picks already.")
        return
    selection = choose(
        prepared,
        budget=budget,
        method=first.method if first else wanted["method"],
        k=k,
        rho=wanted["rho"],
        seed=wanted["seed"],
        labeled=warm,
        exclude=queue.barred,
        progress=run.report,
    )
    kind: RoundKind = "raise" if first else "select"
    made = _round(run, kind, selection, labeled=warm, excluded=queue.barred, requested=wanted)
    picks = [*(made for made in rounds if made.kind != "repair"), made]
    curve_key = _random(context, run, prepared, picks)
    with context.writing() as tx:
        _store_round(tx, run, made, pool, new_generation=first is None)
        _record(tx, run, "random", curve_key, {})
        run.finish(tx, "done")
        context.request_repair(tx, run.job.project)
        context.request_rest(tx, run.job.project, pool.dataset.digest)


def _analyse(context: Requests, run: RunningJob, pool: Pool) -> None:
    name, options = run.job.parameters["analysis"], run.job.parameters["options"]
    analysis = find_analysis(name)
    with context.store.read() as tx:
        prepared = context.prepared_in_force(tx, run.job.project)
    prepared = prepared or _graph(context, run, pool, k=graph_k("auto"))
    for stage in ("embed", "copies", "graph"):
        run.report(stage, 1, 1)
    run.report("analysis", 0, 1)
    table = analysis(Material(context, run.job.project, pool, prepared, options, run.report))
    key = result_key(name, pool.dataset.digest, options)
    with context.store.write() as tx:
        run.still_mine(tx)
        _record(tx, run, result_kind(name), key, {"options": dict(options), "table": table})
        run.finish(tx, "done")


def _warm_start(queue: Queue) -> tuple[int, ...]:
    """What more picks are added to: all that is in the queue by selection, so that none of it moves."""
    waiting = [item.row for item in queue.items if item.origin == "replacement" and item.row not in queue.skipped]
    return tuple(dict.fromkeys([*queue.warm_start, *waiting]))


def _random(context: Context, run: RunningJob, prepared: Prepared, rounds: Sequence[Round]) -> str:
    """Store what random picks would cover after the same warm start, over the same graph."""
    first, picks = rounds[0], sum(len(made.indices) for made in rounds)
    k, seed = int(first.parameters["k"]), int(first.parameters["seed"])
    key = f"random-{prepared.keys['graph'].removeprefix('graph-')[:32]}-{first.id}-{picks}"
    run.report("random", 0, 1)
    if context.store.cache.get(key) is None:
        warm = sorted(set(prepared.node_of[list(first.labeled)].tolist()))
        curve = random_curve(prepared.graph, k, warm=warm, picks=picks, seed=seed)
        context.store.cache.put(key, {"curve": curve})
    run.report("random", 1, 1)
    return key


def _repair(context: Requests, run: RunningJob, pool: Pool) -> None:
    with context.store.read() as tx:
        rounds = context.rounds_in_force(tx, run.job.project)
        queue = context.build_queue(tx, run.job.project)
        prepared = context.prepared_in_force(tx, run.job.project)
    first = next((made for made in rounds if made.kind != "repair"), None)
    if first is None or queue.needed == 0:
        with context.store.write() as tx:
            run.finish(tx, "done")
        return
    if prepared is None or prepared.graph.k < first.parameters["k"]:
        prepared = _graph(context, run, pool, k=graph_k(int(first.parameters["k"])))
    budget = min(queue.needed, _left(prepared, queue))
    if budget < queue.needed:
        message = f"{queue.needed - budget} skipped text(s) could not be replaced: no others are left."
    else:
        message = ""
    made = None
    if budget:
        selection = choose(
            prepared,
            budget=budget,
            method=first.method,
            k=int(first.parameters["k"]),
            rho=float(first.parameters["rho"]),
            seed=int(first.parameters["seed"]),
            labeled=queue.warm_start,
            exclude=queue.barred,
            progress=run.report,
        )
        made = _round(run, "repair", selection, labeled=queue.warm_start, excluded=queue.barred, requested={})
    with context.writing() as tx:
        if made is not None:
            _store_round(tx, run, made, pool, new_generation=False)
        run.finish(tx, "done", message)


def _left(prepared: Prepared, queue: Queue) -> int:
    """How many distinct texts may still be picked."""
    node_of = prepared.node_of
    taken = {int(node_of[row]) for row in (*queue.warm_start, *queue.barred)}
    return len(prepared.rows) - len(taken)


def _round(
    run: RunningJob,
    kind: RoundKind,
    selection: Selection,
    *,
    labeled: Sequence[int],
    excluded: Sequence[int],
    requested: Mapping[str, Any],
) -> Round:
    asked = {name: requested[name] for name in ("method", "k", "rho", "seed") if name in requested}
    return Round(
        id=secrets.token_hex(8),
        project=run.job.project,
        number=0,
        kind=kind,
        method=selection.method,
        parameters={**selection.parameters, "digest": selection.digest, "requested": asked},
        labeled=tuple(map(int, labeled)),
        excluded=tuple(map(int, excluded)),
        indices=tuple(selection.indices.tolist()),
        gains=tuple(selection.gains.tolist()),
        created=now(),
    )


def _store_round(tx: Transaction, run: RunningJob, made: Round, pool: Pool, *, new_generation: bool) -> None:
    project_rows.lock(tx, made.project)
    run.still_mine(tx)
    current = data_rows.current(tx, made.project, "pool")
    if current is None or current.digest != pool.dataset.digest:
        raise InputError("The texts were replaced while this was running. Start it again for the new ones.")
    numbered = replace(made, number=round_rows.next_number(tx, made.project))
    round_rows.add(tx, numbered, digest=pool.dataset.digest, new_generation=new_generation)
