"""Samples for Inspect (inspect_ai): `json_dataset` reads them without a field specification."""

from __future__ import annotations

from typing import Any, BinaryIO

from votek.exports.chats import Chats
from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format
from votek.prompts import label_text

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """`input` is a chat, `target` the right answer where it may go out, `metadata` the ids of the demonstrations."""
    chats = Chats(request)
    for prompt in request.prompt_list:
        shown = [row.id for row in request.demonstrations(prompt)]
        record: dict[str, Any] = {
            "id": prompt.id,
            "input": chats.asked(prompt),
            "metadata": {"text": prompt.query, "demonstrations": shown},
        }
        if prompt.id in request.answers:
            record["target"] = label_text(request.answers[prompt.id])
        out.write(json_bytes(json_line(record) + "\n"))


FORMAT = Format(
    name="inspect-jsonl",
    title="Inspect samples",
    sentence="One sample per test item for Inspect, with the chat as input.",
    file="inspect-samples.jsonl",
    mime=JSONL,
    group="prompts",
    needs="prompts",
    order="as in the prompt, most similar last unless its settings say otherwise",
    load="inspect_ai.dataset.json_dataset(FILE)",
    write=_write,
    answers=True,
)
