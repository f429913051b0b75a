"""Some rows of a data set as a file of their own, which reads back with the same ids and texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from votek.exports.files import json_bytes, json_line
from votek.exports.guard import guarded

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["rows_csv", "rows_jsonl"]


def rows_csv(
    dataset: Dataset, rows: Sequence[int], *, without: Collection[str] = (), formula_guard: bool = True
) -> bytes:
    """UTF-8 CSV with a header: id, text, and the other columns but for those in `without`.

    Read it back with `votek.read_dataset(path, id="id")`. With the guard, cells that a spreadsheet may run as a
    formula gain one apostrophe; JSON lines stay verbatim.
    """
    out = io.StringIO(newline="")
    names, records = _records(dataset, rows, without)
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for cells in (names, *([record[name] for name in names] for record in records)):
        writer.writerow([guarded(cell) for cell in cells] if formula_guard else cells)
    return json_bytes(out.getvalue())


def rows_jsonl(dataset: Dataset, rows: Sequence[int], *, without: Collection[str] = ()) -> bytes:
    """One JSON object per row: id, text, and the other columns but for those in `without`."""
    return json_bytes("".join(json_line(record) + "\n" for record in _records(dataset, rows, without)[1]))


def _records(dataset: Dataset, rows: Sequence[int], without: Collection[str]) -> tuple[list[str], list[dict[str, str]]]:
    others = {
        str(name): f"{name} (original)" if name in ("id", "text") else str(name) for name in dataset.fields.columns
    }
    cells = {}
    for name, title in others.items():
        column = [str(cell) for cell in dataset.fields[name].iloc[list(rows)].tolist()]
        own = {"id": dataset.ids, "text": dataset.texts}.get(name)
        if name in without or (own is not None and column == [own[row] for row in rows]):
            continue
        cells[title] = column
    records = [
        {"id": dataset.ids[row], "text": dataset.texts[row], **{name: column[at] for name, column in cells.items()}}
        for at, row in enumerate(rows)
    ]
    return ["id", "text", *cells], records
