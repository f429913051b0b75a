"""Examples for LangChain's FewShotPromptTemplate.

That class formats its examples into a template and then formats the whole once more, so a brace in an
example would be read as a field. Beside the verbatim texts, `*_escaped` keys carry the same with
braces doubled: these are what its templates must name. Templates themselves must never contain data.
Demonstrations come without the separator: `example_separator` puts it between them, by default an empty line.
"""

from __future__ import annotations

import json

from votek.exports.files import ExportRequest, json_bytes
from votek.prompts import DemonstrationWriter, label_text

__all__ = ["write_langchain"]


def write_langchain(request: ExportRequest) -> bytes:
    """A JSON list, in pick order: id, text, label, and escaped text, label and rendered demonstration."""
    writer = DemonstrationWriter(request.settings, None)
    examples = []
    for row in request.labelled:
        label = label_text(row.value)
        examples.append(
            {
                "id": row.id,
                "text": row.text,
                "label": label,
                "text_escaped": _escaped(row.text),
                "label_escaped": _escaped(label),
                "demonstration_escaped": _escaped(writer.render(row)),
            }
        )
    return json_bytes(json.dumps(examples, ensure_ascii=False, indent=1))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
