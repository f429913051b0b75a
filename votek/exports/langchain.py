"""Examples for LangChain's FewShotPromptTemplate.

That class formats its examples into a template and then formats the whole once more, so a brace in an
example would be read as a field. Beside the verbatim texts, `*_escaped` keys carry the same with
braces doubled: these are what its templates must name. Templates themselves must never contain data.
Demonstrations come without the separator: `example_separator` puts it between them, by default an empty line.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import JSON, Format
from votek.prompts import DemonstrationWriter, LabelledRow, label_text

__all__ = ["FORMAT", "escaped", "example"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """A JSON list, in pick order: id, text, label, and escaped text, label and rendered demonstration."""
    writer = DemonstrationWriter(request.settings, None)
    examples = [example(row, writer.render(row)) for row in request.labelled]
    out.write(json_bytes(json.dumps(examples, ensure_ascii=False, indent=1)))


def example(row: LabelledRow, demonstration: str) -> dict[str, Any]:
    """One example: its texts as they are, and with braces doubled for templates."""
    label = label_text(row.value)
    return {
        "id": row.id,
        "text": row.text,
        "label": label,
        "text_escaped": escaped(row.text),
        "label_escaped": escaped(label),
        "demonstration_escaped": escaped(demonstration),
    }


def escaped(text: str) -> str:
    """`text` as it must stand in a template of LangChain to come out as it is."""
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
