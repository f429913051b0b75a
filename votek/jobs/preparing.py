"""From the stored texts to stored vectors, copies, graph and maps; what is there already is not made again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from votek.errors import InputError
from votek.jobs.context import Context, Pool, now
from votek.jobs.requests import Requests
from votek.jobs.running import RunningJob
from votek.pipeline import graph_k, layout, layout_key, prepare
from votek.store import data as data_rows
from votek.store import jobs as job_rows

if TYPE_CHECKING:
    from votek.pipeline import Prepared
    from votek.store import Transaction

__all__ = ["draw_map", "embed_tests", "link", "needed_pool", "prepare_all", "record"]


def needed_pool(context: Context, run: RunningJob) -> Pool:
    """The texts that the job is about.

    Raises:
        InputError: others are in force by now.
    """
    with context.store.read() as tx:
        pool = context.needed_pool(tx, run.job.project)
    if pool.dataset.digest != run.job.parameters["dataset"]:
        raise InputError("The texts were replaced while this was waiting. Start it again for the new ones.")
    return pool


def link(context: Context, run: RunningJob, pool: Pool, *, k: int) -> Prepared:
    """Vectors, copies and graph, stored and recorded."""
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
            record(tx, run, kind, keys[kind], details)
        job_rows.hurry(tx, run.job.project)
    return prepared


def record(tx: Transaction, run: RunningJob, kind: str, key: str, details: Mapping[str, Any]) -> None:
    """Note that the project uses the stage stored under `key`."""
    digest = run.job.parameters["dataset"]
    data_rows.add_result(tx, run.job.project, kind, key, digest=digest, details=details, time=now())


def draw_map(context: Context, run: RunningJob, prepared: Prepared, method: Literal["pca", "umap"]) -> None:
    """The map by this method, stored and recorded."""
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
        record(tx, run, f"map-{method}", key, {"seed": 0})


def embed_tests(
    context: Context,
    project_id: str,
    *,
    report: Callable[[int, int], None] = lambda done, total: None,
    check: Callable[[Transaction], None] = lambda tx: None,
) -> None:
    """Embed the test items, with the same model; `check` may refuse the transaction that records it."""
    from votek.pipeline import embed_texts

    with context.store.read() as tx:
        row = data_rows.current(tx, project_id, "test")
    if row is None:
        report(1, 1)
        return
    folder = context.store.embedding_folder(row.digest)
    embeddings, key = embed_texts(
        context.load_pool(row.file).dataset.texts,
        model=context.settings.model,
        cache=context.store.cache,
        embed_cache=folder,
        progress=lambda _, done, total: report(done, total),
    )
    shutil.rmtree(folder, ignore_errors=True)
    details = {"model": embeddings.model, "model_digest": embeddings.model_digest}
    with context.store.write() as tx:
        check(tx)
        data_rows.add_result(tx, project_id, "embed", key, digest=row.digest, details=details, time=now())


def prepare_all(context: Requests, run: RunningJob, pool: Pool) -> None:
    """The job "prepare": everything that needs no decision."""
    with context.store.read() as tx:
        rounds = context.rounds_in_force(tx, run.job.project)
    k = max([graph_k("auto"), *(int(made.parameters["k"]) for made in rounds)])
    prepared = link(context, run, pool, k=k)
    draw_map(context, run, prepared, "pca")
    draw_map(context, run, prepared, "umap")
    report = partial(run.report, "tests")
    embed_tests(context, run.job.project, report=report, check=run.still_mine)
    with context.store.write() as tx:
        run.finish(tx, "done")
