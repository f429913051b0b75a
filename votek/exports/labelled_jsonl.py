"""Labelled set, one JSON object a line."""

from __future__ import annotations

from typing import BinaryIO

from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format
from votek.exports.labelled import labelled_records

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """Several labels are a JSON list, times ISO 8601 texts, and what is not known null."""
    for record in labelled_records(request):
        time = record["time"]
        out.write(json_bytes(json_line(record | {"time": None if time is None else time.isoformat()}) + "\n"))


FORMAT = Format(
    name="labelled-jsonl",
    title="Labelled set, JSON lines",
    sentence="Labelled set, one JSON object a line: texts verbatim.",
    file="labelled.jsonl",
    mime=JSONL,
    group="labelled",
    needs="labels",
    order="pick order",
    load='datasets.load_dataset("json", data_files=FILE); pandas.read_json(FILE, lines=True, dtype=False)',
    write=_write,
)
