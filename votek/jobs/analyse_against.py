"""Do the picks beat random? The same numbers for the page and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from votek.errors import InputError
from votek.jobs.analyse_health import health_table
from votek.jobs.compare_methods import comparable
from votek.jobs.judged import LEAST_HELD_OUT, HonestTest, Judged, honest_test, is_pair, judged_project
from votek.jobs.right_answers import item_vectors
from votek.selection.registry import find_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votek.evaluation.against import Against
    from votek.jobs.analyses import Material
    from votek.pipeline import Prepared

__all__ = ["NAME", "against_project", "comparison_grounds", "picks_of_methods"]

NAME = "against-random"
HELD_OUT = 30
TESTED_ON = ("auto", "test", "pool")


def against_project(material: Material) -> dict[str, Any]:
    """The analysis "against-random".

    Options: `methods`, names of others to compare with; `nearest` and `vote` as in `votek.evaluation.against_random`;
    `probe`; `seed`; `tested_on`: "test" (the test items), "pool" (a slice of the texts) or "auto" (the test items where
    they have labels); `held_out`: texts to label for an honest test where there is no test file.

    Returns JSON: `labelled`. True: what `Against.to_json` gives, `told_by`, `tested_on`, `method`. False: `reason`,
    `health` (the measures that need no label) and `offer`: `pool`, `held_out` and `to_label`, rows of a random pool
    to label for an honest test. Both: `picks`.
    """
    from votek.evaluation.against import against_random

    judged, asked = judged_project(material), material.options
    grounds = comparison_grounds(material, judged)
    if isinstance(grounds, HonestTest):
        return _without_labels(material, judged, grounds)
    seed = int(asked.get("seed", 0))

    def stopped(stage: str, done: int, total: int) -> None:
        material.report("analysis", 0, 1)  # within a method only the wish to stop is of interest

    names = asked.get("methods", ()) if judged.hidden else ()
    found = against_random(
        **grounds,
        others=picks_of_methods(material.prepared, names, budget=len(judged.picks), seed=seed, report=stopped),
        nearest=asked.get("nearest", 5),
        vote=asked.get("vote", "similarity"),
        probe=bool(asked.get("probe", False)),
        pair=is_pair(material.dataset),
        progress=material.report,
    )
    return _told(judged, found)


def comparison_grounds(material: Material, judged: Judged) -> dict[str, Any] | HonestTest:
    """What the picks are compared on: arguments of `votek.evaluation.trial.open_trial`.

    Where labels are missing for it, the honest test that they could be given for.

    Raises:
        InputError: options that cannot be used.
    """
    from votek.evaluation.trial import LabelledItems

    tested_on = material.options.get("tested_on", "auto")
    if tested_on not in TESTED_ON:
        raise InputError(f"tested_on was {tested_on!r}; choose one of {', '.join(TESTED_ON)}.")
    if tested_on == "test" and judged.tests is None:
        raise InputError("There are no test items with labels. Import them on the Data page, or test on the texts.")
    grounds: dict[str, Any] = {
        "vectors": material.prepared.embeddings,
        "labels": judged.known.answers,
        "picks": judged.picks,
        "copies": material.prepared.copies,
        "seed": int(material.options.get("seed", 0)),
    }
    if not judged.hidden:
        plan = _plan(material, judged)
        if not all(judged.known.answers[row] for row in judged.picks) or not plan.ready:
            return plan
        if judged.tests is None and len(plan.tested) < LEAST_HELD_OUT:
            return plan
        grounds |= {"random": [plan.pool], "held_out": plan.tested}
    if judged.tests is not None and not (judged.hidden and tested_on == "pool"):
        grounds["tests"] = LabelledItems(item_vectors(material, "test"), judged.tests.answers)
    return grounds


def picks_of_methods(
    prepared: Prepared, names: Sequence[str], *, budget: int, seed: int, report: Any = None
) -> dict[str, list[int]]:
    """What each method picks, as if nothing were picked or labelled yet: name -> rows.

    Raises:
        UnknownNameError: no such method.
        InputError: a method that asks a model.
    """
    from votek.pipeline import choose

    found = {}
    for name in dict.fromkeys(names):
        method = find_method(name)
        if method.name not in comparable():
            raise InputError(
                f"{method.name!r} asks a model that has seen labels, so its picks cannot be made here. Compare with "
                f"some of: {', '.join(comparable())}."
            )
        picks = choose(prepared, budget=budget, method=name, seed=seed, progress=report)
        found[method.name] = [int(row) for row in picks.indices]
    return found


def _told(judged: Judged, found: Against) -> dict[str, Any]:
    table = found.to_json()
    where = "labelled texts of the file that are in no pool" if found.held_out else "test items with a label"
    return {
        **table,
        "labelled": True,
        "picks": list(judged.picks),
        "told_by": judged.known.told_by,
        "tested_on": f"{found.n:,} {where}",
        "method": judged.rounds[0].method if judged.rounds else "",
    }


def _plan(material: Material, judged: Judged) -> HonestTest:
    wanted = int(material.options.get("held_out", HELD_OUT))
    if wanted < LEAST_HELD_OUT:
        raise InputError(f"held_out was {wanted}; with fewer than {LEAST_HELD_OUT} texts nothing can be told.")
    return honest_test(
        rows=material.prepared.rows,
        node_of=material.prepared.node_of,
        picks=judged.picks,
        barred=judged.queue.barred,
        answers=judged.known.answers,
        held_out=0 if judged.tests is not None else wanted,
        seed=int(material.options.get("seed", 0)),
    )


def _without_labels(material: Material, judged: Judged, plan: HonestTest) -> dict[str, Any]:
    seed = int(material.options.get("seed", 0))
    unlabelled = sum(not judged.known.answers[row] for row in judged.picks)
    if unlabelled:
        reason = (
            f"{unlabelled:,} of the {len(judged.picks):,} picks have no label yet, and no column of the file holds "
            "gold labels, so accuracy cannot be measured."
        )
    else:
        reason = (
            "Only the picks are labelled. Random texts have no labels, so that a random pool cannot answer anything, "
            "and accuracy alone would not say whether picking helped."
        )
    health = health_table(material, judged, following=(), seed=seed)
    return {
        "labelled": False,
        "reason": reason,
        "picks": list(judged.picks),
        "health": health,
        "offer": {
            "pool": list(plan.pool),
            "held_out": list(plan.held_out),
            "to_label": list(plan.to_label),
            "tests": judged.tests is not None,
        },
    }
