"""Who answered what about which item, as a table of numbers: what agreement is worked out from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError

__all__ = ["Answer", "Answers", "read_answers"]

Answer = str | tuple[str, ...]
"""One label or text, or several labels as a sorted tuple."""


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers of `p` people about `n` items.

    `codes`: int64 (n, p), the place of the answer in `values`, -1 where there is none. Items, people and values are
    sorted (values by a given order, where there is one), so that the same table in another order is the same.
    """

    items: tuple[str, ...]
    people: tuple[str, ...]
    values: tuple[Answer, ...]
    codes: NDArray[np.int64]

    @property
    def sets(self) -> bool:
        """Whether an answer may hold several labels."""
        return any(isinstance(value, tuple) for value in self.values)

    def shared(self) -> NDArray[np.int64]:
        """The rows of `codes` that at least two people answered."""
        rows: NDArray[np.int64] = self.codes[(self.codes >= 0).sum(axis=1) >= 2]
        return rows

    def pair(self, first: int, second: int) -> NDArray[np.int64]:
        """The answers of two people, int64 (m, 2), about the items that both answered."""
        both = self.codes[:, [first, second]]
        rows: NDArray[np.int64] = both[(both >= 0).all(axis=1)]
        return rows


def read_answers(table: Iterable[Sequence[Any]] | Any, *, order: Sequence[str] | None = None) -> Answers:
    """The answers in a table of (item, person, label).

    Args:
        table: triples, or a data frame with the columns item, person and label (else its first three). A label that
            is None, empty or not a number stands for no answer; a list, tuple or set for several labels.
        order: the labels from lowest to highest; left out, they are in alphabetical order.

    Raises:
        InputError: a row has no three parts, one person answered an item twice, or `order` lacks a label.
    """
    found: dict[tuple[str, str], Answer] = {}
    for number, row in enumerate(_rows(table), start=1):
        try:
            item, person, given = row
        except (TypeError, ValueError):
            raise InputError(f"Row {number} is {row!r:.60}; give (item, person, label) in each.") from None
        answer = _answer(given, number)
        if answer is None:
            continue
        place = (str(item), str(person))
        if place in found:
            raise InputError(
                f"Row {number}: {place[1]!r:.60} answered {place[0]!r:.60} before. "
                "Keep one answer of each person about an item."
            )
        found[place] = answer
    items, people = (tuple(sorted({place[at] for place in found})) for at in (0, 1))
    values = _values(set(found.values()), order)
    codes = np.full((len(items), len(people)), -1, dtype=np.int64)
    row_of, column_of, code_of = ({name: at for at, name in enumerate(names)} for names in (items, people, values))
    for (item, person), answer in found.items():
        codes[row_of[item], column_of[person]] = code_of[answer]
    return Answers(items, people, values, codes)


def _rows(table: Any) -> Iterable[Any]:
    if not hasattr(table, "itertuples"):
        return table  # type: ignore[no-any-return]
    names = ["item", "person", "label"]
    chosen = table[names] if set(names) <= set(table.columns) else table.iloc[:, :3]
    rows: Iterable[Any] = chosen.itertuples(index=False, name=None)
    return rows


def _answer(given: Any, number: int) -> Answer | None:
    if given is None or given == "" or (isinstance(given, float) and given != given):
        return None
    if isinstance(given, str):
        return given
    if isinstance(given, list | tuple | set | frozenset):
        if not all(isinstance(part, str) for part in given):
            raise InputError(f"Row {number}: the label {given!r:.60} holds something else than texts.")
        return tuple(sorted(set(given))) or None
    return str(given)


def _values(found: set[Answer], order: Sequence[str] | None) -> tuple[Answer, ...]:
    if order is None:
        return tuple(sorted(found, key=lambda value: (value,) if isinstance(value, str) else value))
    missing = sorted(str(value) for value in found - set(order))
    if missing:
        raise InputError(f"The order of labels lacks {missing[0]!r:.60}. Name all of them, from lowest to highest.")
    return tuple(dict.fromkeys(value for value in order if value in found))
