"""Rows that a person names: a file of ids, and the columns of a data set that say something about each row."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from votek.cli.output import read_bytes
from votek.errors import FileError, InputError

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["column", "crossed_groups", "labels_of_rows", "read_rows"]

NAMES_SHOWN = 30


def column(dataset: Dataset, name: str, option: str) -> list[str]:
    """The n cells of a column, as text.

    Raises:
        InputError: there is no such column; the message lists those there are.
    """
    if name not in dataset.fields.columns:
        there = [repr(str(known)) for known in dataset.fields.columns]
        more = f" and {len(there) - NAMES_SHOWN} more" if len(there) > NAMES_SHOWN else ""
        raise InputError(f"{option}: there is no column {name!r}. There are: {', '.join(there[:NAMES_SHOWN])}{more}.")
    return [str(cell) for cell in dataset.fields[name]]


def crossed_groups(dataset: Dataset, names: list[str]) -> list[tuple[str, ...]]:
    """The group of each row, as `votek.datasets.groups.row_groups` gives it, of columns that are there.

    Raises:
        InputError: no such column, or every row is a group of its own.
    """
    from votek.datasets.groups import row_groups

    for name in names:
        column(dataset, name, "--group")
    groups = row_groups(dataset, names)
    if len(groups) > 1 and max(Counter(groups).values()) == 1:
        named = " and ".join(repr(name) for name in names)
        raise InputError(
            f"--group {named} puts every text in a group of its own; give a column that several texts share, "
            "such as a topic or a source."
        )
    return groups


def read_rows(path: Path, dataset: Dataset, option: str) -> list[int]:
    """Positions of the rows whose ids a file names, in its order, each once.

    The file holds JSON lines with an "id" each, as `votek select` and `votek export` write them, or one id per line.

    Raises:
        FileError: it cannot be read.
        InputError: a line names no row.
    """
    try:
        lines = read_bytes(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        raise FileError(f"{option}: {path} is not text in UTF-8 (byte {problem.start}); save it as UTF-8.") from None
    position = {name: row for row, name in enumerate(dataset.ids)}
    rows: dict[int, None] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name = _id_of(line.strip(), f"{option}: line {number} of {path}")
        if name not in position:
            raise InputError(
                f"{option}: line {number} of {path} names the id {name!r}, which no row of the file has; "
                "ids are those of the column given with --id, or else row numbers."
            )
        rows[position[name]] = None
    return list(rows)


def _id_of(line: str, place: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        record = json.loads(line)
    except json.JSONDecodeError as problem:
        raise FileError(f"{place} is not JSON ({problem.msg}); give JSON lines, or one id per line.") from None
    if not isinstance(record.get("id"), (str, int)):
        raise FileError(f'{place} has no "id"; give lines as `votek select` writes them, or one id per line.')
    return str(record["id"])


def labels_of_rows(dataset: Dataset, name: str, rows: list[int] | None) -> dict[int, str]:
    """The label of each of `rows`, or of every row that has one.

    Raises:
        InputError: no such column, one of `rows` has no label, or no or every row would count as labelled.
    """
    cells = [cell.strip() for cell in column(dataset, name, "--label")]
    if rows is None:
        labels = {row: cell for row, cell in enumerate(cells) if cell}
        if len(labels) == len(cells):
            raise InputError(
                f"--label: every row has a label in {name!r}, so nothing is left to pick; say with --labeled FILE "
                "which of them are labelled."
            )
    else:
        labels = {row: cells[row] for row in rows}
        missing = [row for row in rows if not cells[row]]
        if missing:
            raise InputError(
                f"--label: {len(missing)} of the {len(rows)} rows of --labeled have no label in {name!r}, the first "
                f"with the id {dataset.ids[missing[0]]!r}; label them, or leave them out of --labeled."
            )
    if not labels:
        raise InputError(f"--label: no row has a label in {name!r}; label some first, or use fast-vote-k.")
    return labels
