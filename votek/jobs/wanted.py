"""What a job is to pick now, worked out from what was asked for and what is there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from votek.annotation import Queue
from votek.datasets.groups import row_groups
from votek.datatypes import Round
from votek.errors import BudgetError
from votek.jobs.confidence import Sureness, ask_model, stored_sureness
from votek.jobs.context import Pool
from votek.jobs.requests import Requests
from votek.jobs.running import RunningJob
from votek.jobs.wishes import TWO_ROUNDS, WITHOUT_MODEL
from votek.pipeline import choose
from votek.selection.checks import resolve_k
from votek.selection.registry import find_method
from votek.selection.two_stage_votek import first_stage

if TYPE_CHECKING:
    from votek.datatypes import Selection
    from votek.pipeline import Prepared

__all__ = ["Wanted", "first_picks", "fitting", "more_picks", "pick", "replacements", "room", "warm_start"]


@dataclass(frozen=True, eq=False)
class Wanted:
    """Picks to make. Of `budget` picks the first `keep` count, which only floors can make fewer.

    `labeled`, `excluded`: rows. `groups`: columns of the data set. `plan`: of two rounds, which one this is.
    """

    kind: Literal["select", "raise", "repair"]
    budget: int
    keep: int
    method: str
    k: int | Literal["auto"]
    rho: float
    seed: int
    labeled: Sequence[int]
    excluded: Sequence[int]
    groups: Sequence[str] = ()
    floor: int = 0
    sureness: Sureness | None = None
    plan: Mapping[str, Any] | None = None


def pick(prepared: Prepared, pool: Pool, wanted: Wanted, run: RunningJob) -> Selection:
    """Run the method; what has no confidence is not picked by a method that reads one."""
    selection = choose(
        prepared,
        budget=wanted.budget,
        method=wanted.method,
        k=wanted.k,
        rho=wanted.rho,
        seed=wanted.seed,
        labeled=wanted.labeled,
        exclude=wanted.excluded,
        confidence=None if wanted.sureness is None else wanted.sureness.values,
        groups=row_groups(pool.dataset, wanted.groups) if wanted.floor else None,
        floor=wanted.floor,
        progress=run.report,
    )
    return replace(selection, indices=selection.indices[: wanted.keep], gains=selection.gains[: wanted.keep])


def first_picks(context: Requests, run: RunningJob, pool: Pool, prepared: Prepared, queue: Queue) -> Wanted:
    """The first round: all of it, or of vote-k the part that is labelled before a model is asked.

    Labels that are there already count as part of the first tenth, as they do in the method.
    """
    asked = run.job.parameters
    warm = tuple(sorted(queue.labelled))
    nodes = len(set(prepared.node_of[list(warm)].tolist()))
    budget = int(asked["budget"])
    wanted = Wanted(
        kind="select",
        budget=budget,
        keep=budget,
        method=find_method(asked["method"]).name,
        k=asked["k"],
        rho=asked["rho"],
        seed=asked["seed"],
        labeled=warm,
        excluded=queue.barred,
        groups=tuple(asked.get("groups", ())),
        floor=int(asked.get("floor", 0)),
    )
    if wanted.method == TWO_ROUNDS:
        # k follows from all that will be labelled, not from the first tenth of it.
        total = budget + nodes
        k = resolve_k(asked["k"], n=len(prepared.rows), wanted=total, linked=prepared.graph.k)
        by_votes = first_stage(total) - nodes
        wanted = replace(wanted, k=k)
        if by_votes >= budget:
            return replace(wanted, method=WITHOUT_MODEL)  # nothing is left for a second round
        wanted = replace(wanted, plan={"method": TWO_ROUNDS, "round": 1 if by_votes > 0 else 2, "total": budget})
        if by_votes > 0:
            # What floors allow depends on the whole budget, of which these are the first picks.
            budget = budget if wanted.floor else by_votes
            return replace(wanted, method=WITHOUT_MODEL, budget=budget, keep=by_votes)
    if find_method(wanted.method).confidence == "needed":
        wanted = _sure(wanted, ask_model(context, run, pool, prepared, queue), prepared)
    return wanted


def more_picks(
    context: Requests, run: RunningJob, pool: Pool, prepared: Prepared, queue: Queue, rounds: Sequence[Round]
) -> Wanted:
    """Round two, or what a raised budget adds: by the method of the last picks, with the confidence they read."""
    asked, first, latest = run.job.parameters, rounds[0], rounds[-1]
    second = bool(asked.get("second"))
    budget = int(asked["budget"]) - queue.budget
    wanted = replace(
        _as_before(first, "raise", budget, warm_start(queue), queue),
        method=TWO_ROUNDS if second else latest.method,
    )
    if second:
        left = min(budget, room(prepared, queue))
        plan = {**first.parameters["plan"], "round": 2}
        wanted = replace(wanted, budget=left, keep=left, plan=plan)
        return _sure(wanted, ask_model(context, run, pool, prepared, queue), prepared)
    if "scoring" in latest.parameters:
        wanted = replace(wanted, plan=latest.parameters.get("plan"))
        wanted = _sure(wanted, stored_sureness(context, run, pool, prepared, latest), prepared)
    return wanted


def replacements(
    context: Requests, run: RunningJob, pool: Pool, prepared: Prepared, queue: Queue, rounds: Sequence[Round]
) -> Wanted:
    """What takes the place of skipped and excluded picks: by the method of the last picks."""
    latest = rounds[-1]
    budget = min(queue.needed, room(prepared, queue))
    wanted = _as_before(rounds[0], "repair", budget, queue.warm_start, queue)
    wanted = replace(wanted, method=latest.method)
    if "scoring" in latest.parameters:
        wanted = _sure(wanted, stored_sureness(context, run, pool, prepared, latest), prepared)
    return wanted


def warm_start(queue: Queue) -> tuple[int, ...]:
    """What more picks are added to: all that is in the queue by selection, so that none of it moves."""
    waiting = [item.row for item in queue.items if item.origin == "replacement" and item.row not in queue.skipped]
    return tuple(dict.fromkeys([*queue.warm_start, *waiting]))


def room(prepared: Prepared, queue: Queue) -> int:
    """How many distinct texts may still be picked."""
    node_of = prepared.node_of
    taken = {int(node_of[row]) for row in (*queue.warm_start, *queue.barred)}
    return len(prepared.rows) - len(taken)


def fitting(prepared: Prepared, pool: Pool, wanted: Wanted, run: RunningJob) -> tuple[Wanted, Selection]:
    """Pick; what is added to earlier picks may have a lower floor, the highest that the few picks can meet.

    Texts that were let in again may have raised what a group is owed.
    """
    while True:
        try:
            return wanted, pick(prepared, pool, wanted, run)
        except BudgetError:
            if not wanted.floor or wanted.kind == "select":
                raise
            wanted = replace(wanted, floor=wanted.floor - 1)


def _as_before(
    first: Round, kind: Literal["raise", "repair"], budget: int, labeled: Sequence[int], queue: Queue
) -> Wanted:
    """More picks with the parameters of the first round."""
    made = first.parameters
    return Wanted(
        kind=kind,
        budget=budget,
        keep=budget,
        method=first.method,
        k=int(made["k"]),
        rho=float(made["rho"]),
        seed=int(made["seed"]),
        labeled=labeled,
        excluded=queue.barred,
        groups=tuple(made.get("groups", ())),
        floor=int(made.get("floor", 0)),
    )


def _sure(wanted: Wanted, sureness: Sureness, prepared: Prepared) -> Wanted:
    """With a confidence; texts without one, such as those let in again after it was asked for, are not picked."""
    known = {int(prepared.node_of[row]) for row in wanted.labeled}
    silent = np.flatnonzero(~np.isfinite(np.asarray(sureness.values)[prepared.rows]))
    without = [int(prepared.rows[node]) for node in silent.tolist() if node not in known]
    excluded = tuple(sorted({*wanted.excluded, *without}))
    return replace(wanted, sureness=sureness, excluded=excluded)
