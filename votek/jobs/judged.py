"""What of a project is judged: the picks in force, and which labels they are judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.jobs.right_answers import RightAnswers, right_answers
from votek.store import data as data_rows

if TYPE_CHECKING:
    from votek.annotation import Queue
    from votek.datatypes import Dataset, Round
    from votek.jobs.analyses import Material

__all__ = ["HonestTest", "Judged", "honest_test", "is_pair", "judged_project"]

LEAST_HELD_OUT = 10


@dataclass(frozen=True, eq=False)
class Judged:
    """One consistent view of a project.

    `picks`: rows in the order of the queue, skipped ones left out. `known`: right answers of the texts, and `hidden`:
    whether they are a gold column of the file, so that any text has one. `tests`: those of the test items, None where
    none has any. `rounds`: but for repairs.
    """

    picks: tuple[int, ...]
    queue: Queue
    rounds: tuple[Round, ...]
    known: RightAnswers
    hidden: bool
    tests: RightAnswers | None


def judged_project(material: Material) -> Judged:
    """The picks of a project and what is known about labels.

    Raises:
        InputError: nothing is picked yet.
    """
    context, project_id = material.context, material.project_id
    with context.labelling_lock, context.store.read() as tx:
        queue = context.build_queue(tx, project_id)
        rounds = [made for made in context.rounds_in_force(tx, project_id) if made.kind != "repair"]
        row = data_rows.current(tx, project_id, "pool")
    picks = [item.row for item in queue.items if item.origin != "added" and item.row not in queue.skipped]
    if not picks:
        raise InputError("No texts have been picked yet. Pick some on the Select page; then check them here.")
    known, tests = (right_answers(context, project_id, role) for role in ("pool", "test"))
    assert known is not None  # a job has texts
    gold = row is not None and "gold" in row.columns.values()
    return Judged(
        picks=tuple(picks),
        queue=queue,
        rounds=tuple(rounds),
        known=known,
        hidden=gold and bool(len(known.rows)),
        tests=tests if tests is not None and len(tests.rows) else None,
    )


def is_pair(dataset: Dataset) -> bool:
    """Whether each text is made of several columns, such as a premise and a hypothesis."""
    return len(tuple(dataset.details.get("text") or ())) > 1


@dataclass(frozen=True)
class HonestTest:
    """A random pool that can be labelled for a comparison, and texts to test on where there is no test file.

    `pool`: rows of the random pool, as many as picks. `held_out`: rows to test on, of which those up to the first
    without a label count. `to_label`: rows of both that have no label yet.
    """

    pool: tuple[int, ...]
    held_out: tuple[int, ...]
    to_label: tuple[int, ...]

    @property
    def ready(self) -> bool:
        """Whether all of the random pool is labelled."""
        return not set(self.pool) & set(self.to_label)

    @property
    def tested(self) -> tuple[int, ...]:
        """The held-out rows that can be tested on."""
        missing = set(self.to_label)
        upto = next((at for at, row in enumerate(self.held_out) if row in missing), len(self.held_out))
        return self.held_out[:upto]


def honest_test(
    *,
    rows: NDArray[np.int64],
    node_of: NDArray[np.int64],
    picks: Sequence[int],
    barred: Sequence[int],
    answers: Mapping[int, str] | Sequence[str],
    held_out: int,
    seed: int,
) -> HonestTest:
    """The random pool that an honest test needs; the same one again as long as texts and seed are the same.

    `rows`: int64 (nodes,), one row per distinct text; `node_of`: int64 (n,). Both parts come from one shuffle, the
    pool from its head and the texts to test on from its end, so that more picks add to the pool and change nothing
    else. Texts that were skipped or excluded are passed over.
    """
    gone = {int(node_of[row]) for row in barred}
    shuffled = [int(node) for node in np.random.default_rng([seed, 5]).permutation(len(rows)) if int(node) not in gone]
    size = min(len(picks), len(shuffled))
    pool = shuffled[:size]
    compared = {int(node_of[row]) for row in picks} | set(pool)
    free = [node for node in reversed(shuffled) if node not in compared]
    ours = [int(rows[node]) for node in pool], [int(rows[node]) for node in free[:held_out]]
    to_label = tuple(row for row in dict.fromkeys([*ours[0], *ours[1]]) if not answers[row])
    return HonestTest(tuple(ours[0]), tuple(ours[1]), to_label)
