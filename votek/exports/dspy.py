"""Demonstrations for DSPy."""

from __future__ import annotations

import json

from votek.exports.files import ExportRequest, json_bytes

__all__ = ["write_dspy"]


def write_dspy(request: ExportRequest) -> bytes:
    """A JSON list of {"text", "label"}, in pick order; several labels are a list."""
    demos = [{"text": row.text, "label": request.value(row.value)} for row in request.labelled]
    return json_bytes(json.dumps(demos, ensure_ascii=False, indent=1))
