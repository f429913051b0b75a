"""The labelled set as a table: the same columns in JSONL, CSV and Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from votek.exports.files import ExportRequest
from votek.prompts import LabelledRow

__all__ = ["TABLE", "cell_text", "labelled_records"]

TABLE = (
    *("id", "text", "label", "who", "time", "source", "guideline_version", "rank", "row", "suggested"),
    *("status", "agreed", "people", "why"),
)
"""Columns of every labelled set; the original columns follow as "field:NAME". `suggested`: the likely label that was
shown before this one was given, None where nothing was. `status`: "single", "unanimous", "majority" or "adjudicated";
`agreed` of the `people` who gave a label gave this one (0 of 0 where it came with a file); `why`: the reason given with
an adjudication."""


def labelled_records(request: ExportRequest) -> Iterator[dict[str, Any]]:
    """One record per labelled row: `TABLE`, then its original columns ("" where a row lacks one)."""
    for row in request.labelled:
        suggested = None if row.suggestion is None else request.value(row.suggestion["value"])
        values = (row.id, row.text, request.value(row.value), row.who, row.time, row.source, row.guideline_version)
        record: dict[str, Any] = dict(zip(TABLE, (*values, row.rank, row.row, suggested, *_agreed(row)), strict=True))
        record |= {f"field:{name}": row.fields.get(name, "") for name in request.columns}
        yield record


def cell_text(value: Any) -> str:
    """What a cell of a table of texts holds: several labels are a JSON list, times ISO 8601, unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _agreed(row: LabelledRow) -> tuple[str, int, int, str]:
    return row.status, row.agreed, row.people, row.why
