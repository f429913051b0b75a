"""Which texts are trivial or impossible for several models; the same numbers for the page and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from votek.errors import InputError
from votek.evaluation.predictions import Predictions, match_predictions
from votek.jobs.kept_predictions import load_predictions
from votek.jobs.right_answers import distinct_known, item_vectors, right_answers

if TYPE_CHECKING:
    from votek.datatypes import Progress
    from votek.jobs.analyses import Material
    from votek.jobs.right_answers import RightAnswers

__all__ = ["NAME", "difficulty_of_project", "difficulty_table"]

NAME = "difficulty"


def difficulty_of_project(material: Material) -> dict[str, Any]:
    """Options: `of` "pool" or "test"; `predictions`: key of uploaded ones, else the stand-ins answer; `seed`.

    Returns what `difficulty_table` does, with `rows` as rows of the texts or the test items, `told_by`, and `own`.
    """
    of, seed = material.options.get("of", "pool"), int(material.options.get("seed", 0))
    if of not in ("pool", "test"):
        raise InputError(f"There are no items called {of!r}; choose pool or test.")
    known = right_answers(material.context, material.project_id, of)
    if known is None:
        raise InputError("This project has no test items. Import a file of them on the Data page, or use its texts.")
    key = material.options.get("predictions")
    told_by = known.told_by
    if key:
        given = load_predictions(material.context, str(key))
        predictions = match_predictions(given, dict(zip(known.dataset.ids, known.answers, strict=True)))
        told_by = told_by if given.gold is None else "the uploaded file"
    else:
        predictions = _own_predictions(material, known, of=of, seed=seed)
    table = difficulty_table(predictions, seed=seed, progress=_as_analysis(material))
    row_of = {item: row for row, item in enumerate(known.dataset.ids)}
    items = table.pop("ids")
    return {**table, "rows": [row_of[item] for item in items], "of": of, "told_by": told_by, "own": not key}


def _own_predictions(material: Material, known: RightAnswers, *, of: str, seed: int) -> Predictions:
    """The stand-ins' answers: to each labelled text in its turn, or, taught by all of them, to the test items."""
    from votek.evaluation.stand_ins import STAND_INS, answer_each_in_turn, stand_in_answers

    pool = known if of == "pool" else right_answers(material.context, material.project_id, "pool")
    assert pool is not None  # a job has texts
    seen = distinct_known(material, pool)
    if not len(seen):
        raise InputError(_NO_ANSWERS)
    labels = [pool.answers[row] for row in seen.tolist()]
    vectors = item_vectors(material, "pool")[seen]
    if of == "pool":
        ids = [known.dataset.ids[row] for row in seen.tolist()]
        return answer_each_in_turn(vectors, labels, ids=ids, seed=seed, progress=_as_analysis(material))
    asked = known.rows
    if not len(asked):
        raise InputError("No test item has a right answer. Mark the column that holds them as gold on the Data page.")
    answers = stand_in_answers(vectors, labels, item_vectors(material, "test")[asked])
    ids = [known.dataset.ids[row] for row in asked.tolist()]
    return Predictions(tuple(ids), STAND_INS, answers, tuple(known.answers[row] for row in asked.tolist()))


_NO_ANSWERS = (
    "No text has a right answer yet, so that nobody can say which model is right. Label some texts, or mark a column "
    "of the file as hidden gold labels on the Data page, or upload predictions with a column of right answers."
)


def difficulty_table(predictions: Predictions, *, seed: int = 0, progress: Progress | None = None) -> dict[str, Any]:
    """The analysis of predictions with right answers, ready for JSON.

    Returns:
        `models`, `accuracies`; `observed` and `expected` counts of items by how many models are right; `classes` (as in
        `votek.evaluation.difficulty.Class`); `pairs`: error consistency of each two models; `ids` and `right`: the
        items that were judged, and how many models are right on each; `unknown`: items without a right answer; `notes`.
    """
    from votek.evaluation.difficulty import difficulty

    rows, decisions = predictions.decisions()
    found = difficulty(decisions, names=predictions.models, seed=seed, progress=progress)
    return {
        "models": list(found.names),
        "accuracies": found.accuracies.tolist(),
        "observed": found.observed.tolist(),
        "expected": found.expected.tolist(),
        "classes": [dict(vars(one)) for one in found.classes],
        "pairs": [
            {"first": found.names[a], "second": found.names[b], **vars(pair), "accuracies": list(pair.accuracies)}
            for (a, b), pair in found.consistency.items()
        ],
        "ids": [predictions.ids[row] for row in rows.tolist()],
        "right": found.right.tolist(),
        "unknown": len(predictions.ids) - len(rows),
        "notes": list(found.notes),
    }


def _as_analysis(material: Material) -> Progress:
    def report(_: str, done: int, total: int) -> None:
        material.report("analysis", min(done, total - 1) if total > 1 else 0, max(total, 1))

    return report
