"""Examples for LangChain's FewShotPromptTemplate.

That class formats its examples into a template and then formats the whole once more, so a brace in an
example would be read as a field. Beside the verbatim texts, `*_escaped` keys carry the same with
braces doubled: these are what its templates must name. Templates themselves must never contain data.
Demonstrations come without the separator: `example_separator` puts it between them, by default an empty line.
"""

from __future__ import annotations

import json
from typing import BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import JSON, Format
from votek.prompts import DemonstrationWriter, label_text

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
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
    out.write(json_bytes(json.dumps(examples, ensure_ascii=False, indent=1)))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


FORMAT = Format(
    name="langchain",
    title="LangChain examples",
    sentence="Labelled set as a list of examples for LangChain's FewShotPromptTemplate.",
    file="langchain-examples.json",
    mime=JSON,
    group="libraries",
    needs="settings",
    order="pick order",
    load="FewShotPromptTemplate(examples=json.load(FILE), suffix='Text: {query}\\nLabel:', "
    "example_separator=json.load(MANIFEST)['prompts']['settings']['separator'], "
    "example_prompt=PromptTemplate.from_template('{demonstration_escaped}')): name only *_escaped keys in "
    "example_prompt, pass the query as a variable, and keep data out of prefix and suffix",
    write=_write,
)
