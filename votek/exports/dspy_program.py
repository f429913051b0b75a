"""The saved state of a DSPy program: what `dspy.Predict(...).save("program.json")` writes, with the labels as demos.

State is JSON; nothing is pickled. Which version of DSPy wrote it is left open, so that none is warned about.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from votek.exports.dspy import demonstrations
from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import JSON, Format
from votek.prompts import instruction_text

__all__ = ["FORMAT"]

_FIELDS = [
    {"prefix": "Text:", "description": "${text}"},
    {"prefix": "Label:", "description": "${label}"},
]
_INSTRUCTION = "Given the fields `text`, produce the fields `label`."
"""What DSPy itself says where nobody says anything."""


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One JSON object: the state of a `dspy.Predict`."""
    state: dict[str, Any] = {
        "traces": [],
        "train": [],
        "demos": demonstrations(request),
        "signature": {
            "instructions": instruction_text(request.settings, request.task) or _INSTRUCTION,
            "fields": _FIELDS,
        },
        "lm": None,
        "metadata": {"dependency_versions": {}},
    }
    out.write(json_bytes(json.dumps(state, ensure_ascii=False, indent=1)))


FORMAT = Format(
    name="dspy-program",
    title="DSPy program",
    sentence="The saved state of a DSPy program: the instruction, and the labelled set as its demonstrations.",
    file="dspy-program.json",
    mime=JSON,
    group="libraries",
    needs="settings",
    order="pick order; DSPy shows the last one next to the text that is asked about",
    load="program = dspy.Predict('text -> label'); program.load(FILE) ('text -> label: list[str]' for several labels)",
    write=_write,
)
