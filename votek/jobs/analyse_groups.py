"""Where the picks still fail, by group; the same numbers for the page and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from votek.datasets.groups import group_words, row_groups
from votek.errors import InputError
from votek.jobs.floors import check_columns
from votek.jobs.right_answers import distinct_known, item_vectors, right_answers

if TYPE_CHECKING:
    from votek.evaluation.groups import GroupAccuracy
    from votek.evaluation.intervals import Interval
    from votek.jobs.analyses import Material
    from votek.jobs.right_answers import RightAnswers

__all__ = ["NAME", "accuracy_table", "groups_of_project"]

NAME = "groups"
POOLS = 20
NEIGHBOURS = 10


def groups_of_project(material: Material) -> dict[str, Any]:
    """Options: `columns`, one to three, crossed; `seed`.

    Returns:
        `supply`: a record per group of the texts (`votek.evaluation.group_supply`). `accuracy`: what `accuracy_table`
        gives for the picks, each test item being answered by its most similar pick, or None with the reason in
        `no_accuracy`. `random`: `minima` and `overalls` of 20 random pools of the same size, and `change` from the
        median one to the picks. `picks`, their `rows`, `texts`, `columns`, `tested_on`, `told_by`.
    """
    columns = [str(name) for name in material.options.get("columns", ())]
    if not columns:
        raise InputError("No column was named to group by. Choose one that says what kind of text each is.")
    check_columns(material.dataset, columns, 0)
    picks = _picks(material)
    if not len(picks):
        raise InputError("No texts have been picked yet. Pick some on the Select page; then look how each group fares.")
    table: dict[str, Any] = {
        "columns": columns,
        "texts": len(material.dataset),
        "picks": len(picks),
        "rows": picks.tolist(),
        "supply": _supply(material, picks, columns),
        "accuracy": None,
        "random": None,
        "no_accuracy": "",
    }
    known = right_answers(material.context, material.project_id, "pool")
    assert known is not None  # a job has texts
    tested = _tested(material, known, picks, columns)
    if isinstance(tested, str):
        return {**table, "no_accuracy": tested}
    return {**table, **_compared(material, known, tested, picks)}


@dataclass(frozen=True, eq=False)
class _Tested:
    """The items that are answered: vectors, right answers, groups; which rows of the pool they are, if they are."""

    vectors: NDArray[np.float32]
    answers: NDArray[np.str_]
    groups: list[str]
    rows: frozenset[int]
    words: str


def accuracy_table(right: NDArray[np.bool_], groups: Sequence[str], *, seed: int = 0) -> dict[str, Any]:
    """Accuracy by group, ready for JSON: `groups`, `small`, `overall`, `worst`, `minimum`, `gap`, `level`, `least`."""
    from votek.evaluation.groups import worst_group

    found = worst_group(right, groups, seed=seed)
    return {
        "groups": [_record(one) for one in found.groups],
        "small": [_record(one) for one in found.small],
        "overall": vars(found.overall),
        "worst": None if found.worst is None else found.worst.group,
        "minimum": None if found.minimum is None else vars(found.minimum),
        "gap": found.gap,
        "level": found.level,
        "least": found.least,
        "n": len(right),
    }


def _record(found: GroupAccuracy) -> dict[str, Any]:
    interval: Interval = found.accuracy
    return {"group": found.group, "n": found.n, "right": found.right, "accuracy": vars(interval)}


def _picks(material: Material) -> NDArray[np.int64]:
    """The rows that are demonstrations or will be: queued and not skipped, and whatever is labelled."""
    context = material.context
    with context.labelling_lock, context.store.read() as tx:
        queue = context.build_queue(tx, material.project_id)
    rows = {item.row for item in queue.items if item.row not in queue.skipped} | set(queue.labelled)
    return np.array(sorted(rows), dtype=np.int64)


def _supply(material: Material, picks: NDArray[np.int64], columns: Sequence[str]) -> list[dict[str, Any]]:
    from votek.evaluation.group_supply import group_supply, nearest_similarity

    prepared = material.prepared
    nodes = np.unique(prepared.node_of[picks])
    words = [group_words(group) for group in row_groups(material.dataset, columns)]
    nearest = nearest_similarity(prepared.embeddings.vectors[prepared.rows], nodes)
    found = group_supply(prepared.graph, nearest, nodes, [words[row] for row in prepared.rows.tolist()], k=NEIGHBOURS)
    return [dict(vars(one)) for one in found]


def _tested(material: Material, known: RightAnswers, picks: NDArray[np.int64], columns: Sequence[str]) -> _Tested | str:
    """The items to answer: test items with a right answer, else texts with one that are no picks; or why neither."""
    taught = set(known.rows.tolist()) & set(picks.tolist())
    if not taught:
        return (
            "None of the picks has a label yet, so that they cannot answer anything. Label them, or mark a column of "
            "the file as hidden gold labels on the Data page; what is shown here needs no label."
        )
    tests = right_answers(material.context, material.project_id, "test")
    if tests is not None and len(tests.rows) and set(columns) <= set(map(str, tests.dataset.fields.columns)):
        return _items(tests, tests.rows, item_vectors(material, "test")[tests.rows], columns, "the test items")
    near_picks = set(material.prepared.copies[picks].tolist())
    free = [
        row for row in distinct_known(material, known).tolist() if int(material.prepared.copies[row]) not in near_picks
    ]
    if len(free) < 2:
        return (
            "There is nothing to test on: no test items with right answers and these columns, and no labelled text "
            "beside the picks. Import test items on the Data page, or label more texts."
        )
    chosen = np.sort(np.random.default_rng(0).permutation(np.array(free))[: max(1, len(free) // 2)])
    words = f"{len(chosen):,} labelled texts that are no picks"
    return _items(known, chosen, material.prepared.embeddings.vectors[chosen], columns, words)


def _items(
    known: RightAnswers, rows: NDArray[np.int64], vectors: NDArray[np.float32], columns: Sequence[str], words: str
) -> _Tested:
    groups = row_groups(known.dataset, columns)
    inside = frozenset(rows.tolist()) if words != "the test items" else frozenset()
    answers = np.array([known.answers[row] for row in rows.tolist()], dtype=str)
    return _Tested(vectors, answers, [group_words(groups[row]) for row in rows.tolist()], inside, words)


def _compared(material: Material, known: RightAnswers, tested: _Tested, picks: NDArray[np.int64]) -> dict[str, Any]:
    from votek.evaluation.groups import compare_worst_group, worst_group

    seed = int(material.options.get("seed", 0))
    usable = np.array([row for row in picks.tolist() if known.answers[row]], dtype=np.int64)
    right = _answered(material, known, usable, tested)
    found: dict[str, Any] = {
        "accuracy": accuracy_table(right, tested.groups, seed=seed),
        "tested_on": tested.words,
        "told_by": known.told_by,
        "demonstrations": len(usable),
    }
    free = np.array([row for row in distinct_known(material, known).tolist() if row not in tested.rows], dtype=np.int64)
    if found["accuracy"]["worst"] is None or len(free) <= len(usable):
        return found
    pools = []
    for draw in range(POOLS):
        rows = np.sort(np.random.default_rng([seed, draw]).permutation(free)[: len(usable)])
        pools.append(_answered(material, known, rows, tested))
        material.report("analysis", draw, POOLS + 1)
    fares = [worst_group(answers, tested.groups, resamples=1) for answers in pools]
    order = sorted(range(POOLS), key=lambda at: (fares[at].overall.value, at))
    change = compare_worst_group(pools[order[POOLS // 2]], right, tested.groups, seed=seed)
    random = {
        "minima": [one.minimum.value for one in fares if one.minimum is not None],
        "overalls": [one.overall.value for one in fares],
        "change": {
            "minimum": vars(change.minimum),
            "overall": vars(change.overall),
            "better": change.better,
            "groups": {str(name): vars(one) for name, one in change.groups.items()},
        },
    }
    return {**found, "random": random}


def _answered(material: Material, known: RightAnswers, pool: NDArray[np.int64], tested: _Tested) -> NDArray[np.bool_]:
    """bool (n,): whether the label of the most similar row of the pool is the right answer to each item."""
    from votek.prompts import retrieve

    embeddings = material.prepared.embeddings
    nearest = retrieve(embeddings.vectors[pool], tested.vectors, n=1, mean=embeddings.mean)[:, 0]
    given = np.array([known.answers[row] for row in pool.tolist()], dtype=str)[nearest]
    return np.asarray(given == tested.answers, dtype=bool)
