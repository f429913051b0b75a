"""From a selection to a stored round, and what random picks would have covered beside it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from votek.datatypes import Round
from votek.errors import InputError
from votek.jobs.context import Context, Pool, now
from votek.jobs.coverage import random_curve
from votek.jobs.running import RunningJob
from votek.jobs.wishes import DEFAULTS
from votek.store import data as data_rows
from votek.store import projects as project_rows
from votek.store import rounds as round_rows

if TYPE_CHECKING:
    from votek.datatypes import Selection
    from votek.jobs.wanted import Wanted
    from votek.pipeline import Prepared
    from votek.store import Transaction

__all__ = ["make_round", "store_random", "store_round"]


def make_round(run: RunningJob, wanted: Wanted, selection: Selection, *, requested: Mapping[str, Any]) -> Round:
    """The record of a selection: all that is needed to run it again, and what a person asked for."""
    extra: dict[str, Any] = {"digest": selection.digest, "requested": requested_part(requested)}
    if wanted.floor:
        extra["groups"] = list(wanted.groups)
    if wanted.plan is not None:
        extra["plan"] = dict(wanted.plan)
    if wanted.sureness is not None:
        extra["scoring"] = dict(wanted.sureness.origin)
    return Round(
        id=secrets.token_hex(8),
        project=run.job.project,
        number=0,
        kind=wanted.kind,
        method=selection.method,
        parameters={**selection.parameters, **extra},
        labeled=tuple(map(int, wanted.labeled)),
        excluded=tuple(map(int, wanted.excluded)),
        indices=tuple(selection.indices.tolist()),
        gains=tuple(selection.gains.tolist()),
        created=now(),
    )


def requested_part(requested: Mapping[str, Any]) -> dict[str, Any]:
    """What a person can ask for, as it was asked."""
    return {name: requested[name] for name in DEFAULTS if name in requested}


def store_round(tx: Transaction, run: RunningJob, made: Round, pool: Pool, *, new_generation: bool) -> None:
    """Put a round into force.

    Raises:
        InputError: the texts are others by now.
    """
    project_rows.lock(tx, made.project)
    run.still_mine(tx)
    current = data_rows.current(tx, made.project, "pool")
    if current is None or current.digest != pool.dataset.digest:
        raise InputError("The texts were replaced while this was running. Start it again for the new ones.")
    numbered = replace(made, number=round_rows.next_number(tx, made.project))
    round_rows.add(tx, numbered, digest=pool.dataset.digest, new_generation=new_generation)


def store_random(context: Context, run: RunningJob, prepared: Prepared, rounds: Sequence[Round]) -> str:
    """Store what random picks would cover after the same warm start, over the same graph; returns its key."""
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
