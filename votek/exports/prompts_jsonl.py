"""Prompts, one JSON object a test item."""

from __future__ import annotations

from typing import BinaryIO

from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """`text` is the test item, `prompt` the literal prompt; `demonstrations` stand as in it, `order` says how."""
    for prompt in request.prompt_list:
        record = {
            "id": prompt.id,
            "text": prompt.query,
            "prompt": prompt.text,
            "demonstrations": [
                {"id": row.id, "row": row.row, "text": row.text, "label": request.value(row.value)}
                for row in request.demonstrations(prompt)
            ],
            "order": request.order,
            "tokens": prompt.tokens,
            "skipped": prompt.skipped,
            "over_budget": prompt.over_budget,
        }
        out.write(json_bytes(json_line(record) + "\n"))


FORMAT = Format(
    name="prompts-jsonl",
    title="Prompts, JSON lines",
    sentence="One literal prompt per test item with its demonstrations, one JSON object a line.",
    file="prompts.jsonl",
    mime=JSONL,
    group="prompts",
    needs="prompts",
    order="as in the prompt, most similar last unless its settings say otherwise",
    load='datasets.load_dataset("json", data_files=FILE)',
    write=_write,
)
