"""The jobs that pick: a first round, more of it, round two, and replacements of what was skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from votek.annotation import Queue
from votek.datatypes import Round
from votek.jobs.context import Pool
from votek.jobs.preparing import draw_map, link, record
from votek.jobs.requests import Requests
from votek.jobs.rounds import make_round, store_random, store_round
from votek.jobs.running import RunningJob
from votek.jobs.wanted import Wanted, first_picks, fitting, more_picks, replacements, room
from votek.pipeline import graph_k

if TYPE_CHECKING:
    from votek.pipeline import Prepared

__all__ = ["repair", "select"]


def select(context: Requests, run: RunningJob, pool: Pool) -> None:
    """The job "select": up to the budget in all, added to the picks in force unless it starts afresh."""
    asked = run.job.parameters
    rounds, queue = _in_force(context, run)
    if asked["restart"]:
        rounds = []
    k = int(rounds[0].parameters["k"]) if rounds else asked["k"]
    prepared = link(context, run, pool, k=graph_k(k))
    draw_map(context, run, prepared, "pca")
    if rounds and int(asked["budget"]) <= queue.budget:
        with context.store.write() as tx:
            run.finish(tx, "done", "There are as many picks already.")
        return
    if rounds:
        wanted = more_picks(context, run, pool, prepared, queue, rounds)
    else:
        wanted = first_picks(context, run, pool, prepared, queue)
    wanted, selection = fitting(prepared, pool, wanted, run)
    made = make_round(run, wanted, selection, requested=asked)
    curve_key = store_random(context, run, prepared, [*rounds, made])
    with context.writing() as tx:
        store_round(tx, run, made, pool, new_generation=not rounds)
        record(tx, run, "random", curve_key, {})
        run.finish(tx, "done", _message(wanted))
        context.request_repair(tx, run.job.project)
        context.request_rest(tx, run.job.project, pool.dataset.digest)


def repair(context: Requests, run: RunningJob, pool: Pool) -> None:
    """The job "repair": as many replacements as picks were skipped or excluded."""
    rounds, queue = _in_force(context, run)
    if not rounds or queue.needed == 0:
        with context.store.write() as tx:
            run.finish(tx, "done")
        return
    with context.store.read() as tx:
        prepared = context.prepared_in_force(tx, run.job.project)
    k = int(rounds[0].parameters["k"])
    if prepared is None or prepared.graph.k < k:
        prepared = link(context, run, pool, k=graph_k(k))
    made, message = None, _short(queue, prepared)
    if min(queue.needed, room(prepared, queue)):
        wanted = replacements(context, run, pool, prepared, queue, rounds)
        wanted, selection = fitting(prepared, pool, wanted, run)
        made = make_round(run, wanted, selection, requested={})
    with context.writing() as tx:
        if made is not None:
            store_round(tx, run, made, pool, new_generation=False)
        run.finish(tx, "done", message)


def _in_force(context: Requests, run: RunningJob) -> tuple[list[Round], Queue]:
    """The rounds but for repairs, and the queue."""
    with context.store.read() as tx:
        rounds = context.rounds_in_force(tx, run.job.project)
        queue = context.build_queue(tx, run.job.project)
    return [made for made in rounds if made.kind != "repair"], queue


def _short(queue: Queue, prepared: Prepared) -> str:
    missing = queue.needed - min(queue.needed, room(prepared, queue))
    return f"{missing} skipped text(s) could not be replaced: no others are left." if missing else ""


def _message(wanted: Wanted) -> str:
    unread = 0 if wanted.sureness is None else int(wanted.sureness.origin["unread"])
    if not unread or wanted.sureness is None:
        return ""
    told = f"{unread:,} of {wanted.sureness.origin['scored']:,}"
    return f"The model gave no confidence for {told} texts; they count as the ones it is least sure of."
