"""Several methods on the same texts, side by side; the same numbers for the page and the command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from votek.datasets.groups import row_groups
from votek.errors import InputError
from votek.jobs.floors import check_columns
from votek.selection.registry import METHODS, find_method

if TYPE_CHECKING:
    from votek.datatypes import Dataset, Progress
    from votek.jobs.analyses import Material
    from votek.pipeline import Prepared

__all__ = ["NAME", "comparable", "compare_methods", "compare_project"]

NAME = "compare-methods"


def comparable() -> list[str]:
    """The methods that can be compared before anything is labelled: those that need no confidence."""
    return [name for name, method in METHODS.items() if method.confidence != "needed"]


def compare_methods(
    prepared: Prepared,
    dataset: Dataset,
    *,
    methods: Sequence[str],
    budget: int,
    groups: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Pick `budget` texts by each method, as if nothing were picked or labelled yet, and compare; ready for JSON.

    `groups`: columns that, crossed, say which group a text is in, to count how many have a pick. `progress`: called
    as ("analysis", methods done, methods).

    Returns:
        `methods`: a record for each with `name`, `label`, `picks` (rows), `seconds`, and the fields of
        `votek.evaluation.side_by_side.Reach`. `shared` and `jaccard`: a row for each method. `k`: neighbours that
        count for "covered". `groups_in_all`, `texts`, `budget`, `seed`, `group_columns`.

    Raises:
        UnknownNameError: no such method.
        BudgetError: more picks than distinct texts.
        InputError: a method that needs a confidence, or columns that cannot be used.
    """
    from votek.evaluation.side_by_side import side_by_side
    from votek.graph import unit_vectors
    from votek.selection.checks import check_budget, resolve_k

    names = list(dict.fromkeys(_checked(name) for name in methods))
    check_columns(dataset, groups, 0)
    check_budget(budget)
    picks, seconds = {}, {}
    for done, name in enumerate(names):
        if progress is not None:
            progress("analysis", done, len(names))
        began = time.perf_counter()
        picks[name] = _pick(prepared, name, budget, seed, progress, (done, len(names)))
        seconds[name] = time.perf_counter() - began
    k = resolve_k("auto", n=len(prepared.rows), wanted=budget, linked=prepared.graph.k)
    of_row = row_groups(dataset, groups) if groups else None
    table = side_by_side(
        {name: prepared.node_of[rows] for name, rows in picks.items()},
        graph=prepared.graph,
        unit=unit_vectors(prepared.embeddings.vectors[prepared.rows], centre=True),
        k=k,
        groups=None if of_row is None else [of_row[row] for row in prepared.rows.tolist()],
    )
    if progress is not None:
        progress("analysis", len(names), len(names))
    records = [
        {"name": name, "label": METHODS[name].label, "seconds": seconds[name], **vars(reach), "picks": picks[name]}
        for name, reach in table.reach.items()
    ]
    return {
        "methods": records,
        "shared": table.shared.tolist(),
        "jaccard": table.jaccard.tolist(),
        "k": k,
        "budget": budget,
        "seed": seed,
        "texts": len(prepared.rows),
        "group_columns": list(groups),
        "groups_in_all": table.groups_in_all,
    }


def _checked(name: str) -> str:
    method = find_method(name)
    if method.confidence == "needed":
        raise InputError(
            f"{method.name!r} asks a model that has seen labels, so it cannot be compared before there are any. "
            f"Compare some of: {', '.join(comparable())}."
        )
    return method.name


def _pick(
    prepared: Prepared, name: str, budget: int, seed: int, progress: Progress | None, place: tuple[int, int]
) -> list[int]:
    from votek.pipeline import choose

    def report(stage: str, done: int, total: int) -> None:
        if progress is not None:  # within a method only the wish to stop is of interest
            progress("analysis", *place)

    return [int(row) for row in choose(prepared, budget=budget, method=name, seed=seed, progress=report).indices]


def compare_project(material: Material) -> dict[str, Any]:
    """The analysis "compare-methods"; options are the keyword arguments of `compare_methods`."""
    options = material.options
    return compare_methods(
        material.prepared,
        material.dataset,
        methods=options.get("methods") or comparable(),
        budget=options["budget"],
        groups=options.get("groups", ()),
        seed=options.get("seed", 0),
        progress=material.report,
    )
