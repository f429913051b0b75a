"""Demonstrations for DSPy."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import JSON, Format

__all__ = ["FORMAT", "demonstrations"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """A JSON list of {"text", "label"}, in pick order; several labels are a list."""
    out.write(json_bytes(json.dumps(demonstrations(request), ensure_ascii=False, indent=1)))


def demonstrations(request: ExportRequest) -> list[dict[str, Any]]:
    """Each labelled row as DSPy's examples are written."""
    return [{"text": row.text, "label": request.value(row.value)} for row in request.labelled]


FORMAT = Format(
    name="dspy",
    title="DSPy demonstrations",
    sentence="Labelled set as a list of demonstrations for DSPy.",
    file="dspy-demos.json",
    mime=JSON,
    group="libraries",
    needs="labels",
    order="pick order; DSPy shows the last one next to the text that is asked about",
    load="[dspy.Example(**d).with_inputs('text') for d in json.load(FILE)]",
    write=_write,
)
