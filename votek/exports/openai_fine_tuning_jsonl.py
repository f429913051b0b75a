"""Training chats for OpenAI's fine-tuning: its checks take no other key beside `messages`."""

from __future__ import annotations

from typing import BinaryIO

from votek.exports.chats import Chats
from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One line a labelled text: `messages`, the instruction, the text and its label."""
    chats = Chats(request)
    for row in request.labelled:
        out.write(json_bytes(json_line({"messages": chats.taught(row)}) + "\n"))


FORMAT = Format(
    name="openai-fine-tuning-jsonl",
    title="Fine-tuning file (OpenAI form)",
    sentence="One training chat per labelled text: instruction, text, label; no demonstrations.",
    file="fine-tuning.jsonl",
    mime=JSONL,
    group="prompts",
    needs="settings",
    order="pick order",
    load="client.files.create(file=open(FILE, 'rb'), purpose='fine-tune'); the API wants at least 10 lines",
    write=_write,
)
