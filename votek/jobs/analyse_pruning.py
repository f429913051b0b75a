"""Which part of the texts to keep, tried out by a probe; the same numbers for the page and the command line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.evaluation.pruning import WAYS, centroid_distances, prune
from votek.jobs.right_answers import distinct_known, right_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from votek.datatypes import Dataset, Progress
    from votek.evaluation.pruning_trial import PruningTrial
    from votek.jobs.analyses import Material

__all__ = ["NAME", "prune_project", "pruning_table", "score_column"]

NAME = "pruning"
BINS = 30


def prune_project(material: Material) -> dict[str, Any]:
    """Options: `fraction`; `scores`: a column of numbers, higher is harder, or None; `clusters` or None; `seed`."""
    known = right_answers(material.context, material.project_id, "pool")
    assert known is not None  # a job has texts
    column = material.options.get("scores")
    clusters = material.options.get("clusters")

    def report(_: str, done: int, total: int) -> None:
        material.report("analysis", done, total + 1)

    return {
        **pruning_table(
            material.prepared.embeddings.vectors,
            fraction=float(material.options.get("fraction", 0.5)),
            labels=known.answers,
            tried=distinct_known(material, known),
            scores=None if not column else score_column(material.dataset, str(column)),
            clusters=None if clusters is None else int(clusters),
            seed=int(material.options.get("seed", 0)),
            progress=report,
        ),
        "told_by": known.told_by,
    }


def pruning_table(
    vectors: NDArray[np.float32],
    *,
    fraction: float,
    labels: Sequence[str],
    tried: NDArray[np.int64],
    scores: NDArray[np.float64] | None = None,
    clusters: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Easy, hard and random rows at one fraction, and the probe trained on each, ready for JSON.

    `labels`: n labels, "" where unknown; `tried`: the labelled rows that the probe may use.

    Returns:
        `kept`: rows by way; `scores_low`, `scores_high`, `bins`: a histogram of all scores, and `cuts`, where easy ends
        and hard begins without floors; `floors`, `clusters`, `texts`, `labelled`, `notes`; `trial`: rows, sizes and
        verdict of `try_pruning`, or None with the reason in `no_trial`.
    """
    from votek.evaluation.pruning_trial import try_pruning

    hard, used = scores, 0
    if hard is None:
        hard, used = centroid_distances(vectors, labels=labels, clusters=clusters, seed=seed)
    found = {way: prune(None, fraction=fraction, way=way, labels=labels, scores=hard, seed=seed) for way in WAYS}
    bins, edges = np.histogram(hard, bins=BINS)
    ordered = np.sort(hard)
    m = len(found["easy"])
    table = {
        "kept": {way: one.kept.tolist() for way, one in found.items()},
        "bins": bins.tolist(),
        "scores_low": float(edges[0]),
        "scores_high": float(edges[-1]),
        "cuts": [float(ordered[m - 1]), float(ordered[len(ordered) - m])],
        "floors": dict(found["easy"].floors),
        "clusters": used,
        "texts": len(hard),
        "labelled": len(tried),
        "fraction": fraction,
        "notes": list(found["easy"].notes),
        "trial": None,
        "no_trial": "",
    }
    if not len(tried):
        table["no_trial"] = "No text has a label, so that no probe can be trained to say which part is better."
        return table
    try:
        trial = try_pruning(
            vectors[tried],
            [labels[row] for row in tried.tolist()],
            fraction=fraction,
            scores=None if scores is None else scores[tried],
            clusters=clusters,
            seed=seed,
            progress=progress,
        )
    except InputError as problem:  # too few labels to try is an answer; what is kept stands without it
        return {**table, "no_trial": str(problem)}
    return {**table, "trial": _trial_record(trial)}


def _trial_record(trial: PruningTrial) -> dict[str, Any]:
    rows = [
        {
            "way": row.way,
            "kept": row.kept,
            "accuracy": vars(row.accuracy),
            "against_random": None if row.against_random is None else vars(row.against_random),
        }
        for row in trial.rows
    ]
    return {"rows": rows, "trained_on": trial.trained_on, "held_out": trial.held_out, "verdict": trial.verdict}


def score_column(dataset: Dataset, name: str) -> NDArray[np.float64]:
    """float64 (n,): a column of the file as numbers.

    Raises:
        InputError: no such column, or a cell that is no finite number.
    """
    there = [str(column) for column in dataset.fields.columns]
    if name not in there:
        raise InputError(f"There is no column {name!r} with scores. There are: {', '.join(there[:30])}.")
    values = np.empty(len(dataset))
    for row, cell in enumerate(dataset.fields[name].tolist()):
        try:
            values[row] = float(cell)
        except ValueError:
            values[row] = math.nan
        if not math.isfinite(values[row]):
            raise InputError(
                f"Column {name!r} is {str(cell)[:40]!r} at the row with the id {dataset.ids[row]!r}; give a number in "
                "each row, higher where the text is harder (an EL2N or forgetting score, for example)."
            )
    return values
