"""How well the picks of a project stand for all its texts; the same numbers for the page and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from votek.datasets.groups import group_words, row_groups
from votek.jobs.floors import check_columns
from votek.jobs.judged import Judged, judged_project
from votek.jobs.wishes import WITHOUT_MODEL
from votek.selection.registry import find_method
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.jobs.analyses import Material

__all__ = ["NAME", "health_of_project", "health_table"]

NAME = "health"
NEXT = 10


def health_of_project(material: Material) -> dict[str, Any]:
    """The analysis "health".

    Options: `columns`, to group by; `delta` (see `votek.evaluation.pool_health`); `following`: how many more picks to
    look ahead to, 10 when left out; `seed`.

    Returns JSON: what `Health.to_json` gives, `picks`, `columns`, and `next_method`, by which the next were picked.
    """
    judged = judged_project(material)
    columns = [str(name) for name in material.options.get("columns", ())]
    check_columns(material.dataset, columns, 0)
    method, following = _next_picks(material, judged, int(material.options.get("following", NEXT)))
    seed = int(material.options.get("seed", 0))
    table = health_table(material, judged, following=following, columns=columns, seed=seed)
    return {**table, "picks": list(judged.picks), "columns": columns, "next_method": method}


def health_table(
    material: Material, judged: Judged, *, following: Sequence[int], columns: Sequence[str] = (), seed: int = 0
) -> dict[str, Any]:
    """What `Health.to_json` gives, for the picks of a project."""
    from votek.evaluation.health import pool_health

    context = material.context
    with context.labelling_lock, context.store.read() as tx:
        given = context.labelling(tx, material.project_id).labels()
        task = project_rows.get(tx, material.project_id).task
    labels = [""] * len(material.dataset)
    for item, label in given.items():
        if item in material.pool.row_of:
            value = label.value
            labels[material.pool.row_of[item]] = value if isinstance(value, str) else "; ".join(sorted(value))
    mine = {labels[row] for row in judged.picks if labels[row]}
    everywhere = judged.known.answers if judged.hidden and all(judged.known.answers) else None
    if everywhere is not None and not mine <= set(everywhere):
        everywhere = None  # people use other names than the file, so that the two cannot be compared
    words = [group_words(group) for group in row_groups(material.dataset, columns)] if columns else None
    return pool_health(
        material.prepared.embeddings,
        judged.picks,
        copies=material.prepared.copies,
        groups=words,
        labels=labels,
        classes=[label.name for label in task.labels] if task.type == "single" else (),
        everywhere=everywhere,
        following=following,
        delta=material.options.get("delta"),
        seed=seed,
        progress=material.report,
    ).to_json()


def _next_picks(material: Material, judged: Judged, count: int) -> tuple[str, list[int]]:
    """What the selection would pick next, as raising the budget would; a method that asks a model is stood in for."""
    # The registry of analyses is read by what asks for jobs, which this needs.
    from votek.jobs.wanted import room, warm_start
    from votek.pipeline import choose

    queue, prepared = judged.queue, material.prepared
    count = min(count, room(prepared, queue))
    if count < 1 or not judged.rounds:
        return "", []
    first, method = judged.rounds[0].parameters, judged.rounds[-1].method
    if find_method(method).confidence == "needed":
        method = WITHOUT_MODEL
    picks = choose(
        prepared,
        budget=count,
        method=method,
        k=min(int(first["k"]), prepared.graph.k),
        rho=float(first["rho"]),
        seed=int(first["seed"]),
        labeled=warm_start(queue),
        exclude=queue.barred,
        progress=lambda *_: material.report("analysis", 0, 1),
    )
    return method, [int(row) for row in picks.indices]
