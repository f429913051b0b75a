"""What is known about the right answers of a project: hidden gold labels, or else labels given by people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.store import data as data_rows
from votek.store.data import Role

if TYPE_CHECKING:
    from votek.datatypes import Dataset
    from votek.jobs.analyses import Material
    from votek.jobs.context import Context

__all__ = ["RightAnswers", "distinct_known", "item_vectors", "right_answers"]


@dataclass(frozen=True, eq=False)
class RightAnswers:
    """`answers`: one per row of `dataset`, "" where not known (several labels are joined by "; "), told by whom.

    `cells`: the same as they stand in the file, white space around them included; empty where no file tells them.
    """

    dataset: Dataset
    answers: tuple[str, ...]
    told_by: str
    cells: tuple[str, ...] = ()

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows whose right answer is known, ascending."""
        return np.array([row for row, answer in enumerate(self.answers) if answer], dtype=np.int64)


def right_answers(context: Context, project_id: str, role: Role) -> RightAnswers | None:
    """The right answers of the texts ("pool") or the test items; None where there are no such items."""
    with context.labelling_lock, context.store.read() as tx:
        row = data_rows.current(tx, project_id, role)
        if row is None:
            return None
        dataset = context.load_pool(row.file).dataset
        gold = [name for name, use in row.columns.items() if use in ("gold", "labelled")]
        labels = context.labelling(tx, project_id).labels() if role == "pool" else {}
    hidden = [name for name in gold if row.columns[name] == "gold"]
    if role == "test" and not hidden:
        hidden = gold
    if hidden:
        cells = [str(cell) for cell in dataset.fields[hidden[0]].tolist()]
        return RightAnswers(dataset, tuple(cell.strip() for cell in cells), f"column {hidden[0]!r}", tuple(cells))
    values = [labels[item].value if item in labels else "" for item in dataset.ids]
    words = (value if isinstance(value, str) else "; ".join(sorted(map(str, value))) for value in values)
    return RightAnswers(dataset, tuple(words), "labels given in this project")


def item_vectors(material: Material, role: Role) -> NDArray[np.float32]:
    """float32 (n, d): the vectors of the texts, or of the test items (made here if they are still to be made)."""
    if role == "pool":
        return material.prepared.embeddings.vectors
    from votek.pipeline import embed_texts

    context = material.context
    with context.store.read() as tx:
        pool = context.pool(tx, material.project_id, "test")
    if pool is None:
        raise InputError("This project has no test items. Import a file of them on the Data page.")
    vectors, _ = embed_texts(pool.dataset.texts, model=material.prepared.embeddings.model, cache=context.store.cache)
    return vectors.vectors


def distinct_known(material: Material, known: RightAnswers) -> NDArray[np.int64]:
    """Rows of the pool with a right answer, one of each group of copies: a copy would give away its own answer."""
    first: dict[int, int] = {}
    for row in known.rows.tolist():
        first.setdefault(int(material.prepared.copies[row]), row)
    return np.array(sorted(first.values()), dtype=np.int64)
