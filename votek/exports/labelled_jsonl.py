"""Labelled set, one JSON object a line."""

from __future__ import annotations

from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.labelled import labelled_records

__all__ = ["write_labelled_jsonl"]


def write_labelled_jsonl(request: ExportRequest) -> bytes:
    """Several labels are a JSON list, times ISO 8601 texts, and what is not known null."""
    lines = []
    for record in labelled_records(request):
        time = record["time"]
        lines.append(json_line(record | {"time": None if time is None else time.isoformat()}) + "\n")
    return json_bytes("".join(lines))
