"""Labelled set as CSV: every cell quoted, formula-like cells guarded.

A spreadsheet runs a cell that begins like a formula. The guard puts one apostrophe before such a cell;
it can be switched off, and the other formats stay verbatim.
"""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import Format
from votek.exports.guard import guarded
from votek.exports.labelled import TABLE, cell_text, labelled_records

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """UTF-8, comma, CR LF between rows; several labels are a JSON list in their cell; unknown is empty."""
    _row([*TABLE, *(f"field:{name}" for name in request.columns)], request, out)
    for record in labelled_records(request):
        _row([cell_text(value) for value in record.values()], request, out)


def _row(cells: list[str], request: ExportRequest, out: BinaryIO) -> None:
    line = io.StringIO(newline="")
    writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([guarded(cell) for cell in cells] if request.formula_guard else cells)
    out.write(json_bytes(line.getvalue()))


FORMAT = Format(
    name="labelled-csv",
    title="Labelled set, CSV",
    sentence="Labelled set as CSV, every cell quoted; one apostrophe before a cell that a spreadsheet would run.",
    file="labelled.csv",
    mime="text/csv",
    group="labelled",
    needs="labels",
    order="pick order",
    load="pandas.read_csv(FILE, dtype=str, keep_default_na=False)",
    write=_write,
    texts_guarded=True,
)
