"""Prompts, one JSON object a test item."""

from __future__ import annotations

from votek.exports.files import ExportRequest, json_bytes, json_line

__all__ = ["write_prompts_jsonl"]


def write_prompts_jsonl(request: ExportRequest) -> bytes:
    """`text` is the test item, `prompt` the literal prompt, `demonstrations` stand in its order."""
    lines = []
    for prompt in request.prompt_list:
        record = {
            "id": prompt.id,
            "text": prompt.query,
            "prompt": prompt.text,
            "demonstrations": [
                {"id": row.id, "row": row.row, "text": row.text, "label": request.value(row.value)}
                for row in request.demonstrations(prompt)
            ],
            "tokens": prompt.tokens,
            "skipped": prompt.skipped,
            "over_budget": prompt.over_budget,
        }
        lines.append(json_line(record) + "\n")
    return json_bytes("".join(lines))
