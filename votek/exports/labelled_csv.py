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
from votek.exports.labelled import TABLE, labelled_records

__all__ = ["looks_like_a_formula", "write_labelled_csv"]

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def looks_like_a_formula(cell: str) -> bool:
    """Whether a spreadsheet may take `cell` for a formula: by its first character (full width included)."""
    return cell.startswith(_STARTS)


def write_labelled_csv(request: ExportRequest) -> bytes:
    """UTF-8, comma, CR LF between rows; several labels are a JSON list in their cell; unknown is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def guarded(cells: list[str]) -> list[str]:
        if not request.formula_guard:
            return cells
        return ["'" + cell if looks_like_a_formula(cell) else cell for cell in cells]

    writer.writerow(guarded([*TABLE, *(f"field:{name}" for name in request.columns)]))
    for record in labelled_records(request):
        writer.writerow(guarded([_cell(value) for value in record.values()]))
    return json_bytes(out.getvalue())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
