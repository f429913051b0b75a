"""Labelled set as CSV: every cell quoted, formula-like cells guarded.

A spreadsheet runs a cell that begins like a formula. The guard puts one apostrophe before such a cell;
it can be switched off, and the other formats stay verbatim.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.guard import guarded
from votek.exports.labelled import TABLE, labelled_records

__all__ = ["write_labelled_csv"]


def write_labelled_csv(request: ExportRequest) -> bytes:
    """UTF-8, comma, CR LF between rows; several labels are a JSON list in their cell; unknown is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def row(cells: list[str]) -> list[str]:
        return [guarded(cell) for cell in cells] if request.formula_guard else cells

    writer.writerow(row([*TABLE, *(f"field:{name}" for name in request.columns)]))
    for record in labelled_records(request):
        writer.writerow(row([_cell(value) for value in record.values()]))
    return json_bytes(out.getvalue())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
