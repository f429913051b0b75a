"""What several models answered to the same items: read from a file, and matched to the right answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from votek.datasets import read_table
from votek.errors import InputError

__all__ = ["Predictions", "match_predictions", "read_predictions"]

SHOWN = 5


@dataclass(frozen=True)
class Predictions:
    """Answers of K models to n items.

    `ids`: n different item ids. `models`: K different names. `answers`: K tuples of n answers, none empty. `gold`: the
    n right answers, "" where unknown; None where there are none.
    """

    ids: tuple[str, ...]
    models: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]
    gold: tuple[str, ...] | None = None

    def decisions(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(rows, right): int64 (m,), the positions of items with a right answer, and bool (m, K), who is right there.

        Raises:
            InputError: no item has a right answer.
        """
        gold = self.gold or ()
        rows = np.array([row for row, answer in enumerate(gold) if answer], dtype=np.int64)
        if not len(rows):
            raise InputError(
                "None of the items has a right answer to compare with. Give a column of right answers, or predictions "
                "for items that have a label."
            )
        right = np.array([[column[row] == gold[row] for column in self.answers] for row in rows.tolist()], dtype=bool)
        return rows, right


def read_predictions(
    source: str | Path | bytes,
    *,
    id: str = "id",
    models: Sequence[str] | None = None,
    gold: str | None = None,
    name: str | None = None,
) -> Predictions:
    """Predictions from a table (CSV, JSONL or another format that is read as data): one row per item.

    Args:
        source: a path, or the bytes of an upload with its `name`.
        id: column of the item ids.
        models: columns of the models; None: all but `id`, `gold` and a column called "text".
        gold: column of the right answers, if the file has one.

    Raises:
        FileError: the file cannot be read, or a named column is not there.
        InputError: an id twice, a missing prediction, or no model.

    >>> found = read_predictions(b"id,small,large,gold\\na,yes,no,no\\nb,no,no,no\\n", name="p.csv", gold="gold")
    >>> found.models, found.answers
    (('small', 'large'), (('yes', 'no'), ('no', 'no')))
    """
    table = read_table(source, name=name)
    if table.refusals:
        first = table.refusals[0]
        raise InputError(
            f"{table.name}: {len(table.refusals):,} rows cannot be used, the first at row {first.row}: {first.reason} "
            "Mend the file and load it again."
        )
    ids = [cell.strip() for cell in table.column(id)]
    left_out = {id, gold, "text"}
    names = tuple(models) if models is not None else tuple(one for one in table.columns if one not in left_out)
    if not names:
        raise InputError(f"{table.name}: there is no column of a model beside {id!r}. Give one column per model.")
    columns = tuple(tuple(cell.strip() for cell in table.column(one)) for one in names)
    _refuse_repeated(table.name, ids)
    for one, answers in zip(names, columns, strict=True):
        _refuse_missing(table.name, one, ids, answers)
    right = None if gold is None else tuple(cell.strip() for cell in table.column(gold))
    return Predictions(tuple(ids), names, columns, right)


def match_predictions(predictions: Predictions, gold: Mapping[str, str]) -> Predictions:
    """The same predictions with the right answers of `gold`, item id to answer ("" or left out: not known).

    Right answers that came with the predictions stay. Every id must be one of `gold`.

    Raises:
        InputError: ids that are not there; the message counts them, names the first, and says how many match.
    """
    unknown = [item for item in predictions.ids if item not in gold]
    if unknown:
        matched = len(predictions.ids) - len(unknown)
        raise InputError(
            f"{len(unknown):,} of {len(predictions.ids):,} ids of the predictions belong to no item, the first being "
            f"{_listed(unknown)}; {matched:,} match. The items have ids such as {_listed(list(gold))}. Give the column "
            "that holds these ids, or leave the other rows out."
        )
    if predictions.gold is not None:
        return predictions
    right = tuple(gold[item] for item in predictions.ids)
    return Predictions(predictions.ids, predictions.models, predictions.answers, right)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:SHOWN])


def _refuse_repeated(file: str, ids: Sequence[str]) -> None:
    if not ids:
        raise InputError(f"{file}: there are no rows. Give one row per item.")
    if not all(ids):
        raise InputError(
            f"{file}: {sum(not item for item in ids):,} rows have no id. Give each row the id of its item."
        )
    twice = [item for item, count in Counter(ids).items() if count > 1]
    if twice:
        raise InputError(
            f"{file}: {len(twice):,} ids stand on several rows, the first being {_listed(twice)}. "
            "Keep one row per item."
        )


def _refuse_missing(file: str, model: str, ids: Sequence[str], answers: Sequence[str]) -> None:
    missing = [item for item, answer in zip(ids, answers, strict=True) if not answer]
    if missing:
        raise InputError(
            f"{file}: {model!r} has no prediction for {len(missing):,} of {len(ids):,} items, the first being "
            f"{_listed(missing)}. Fill them in (an answer that could not be read may be called 'none'), or leave "
            "these rows out."
        )
