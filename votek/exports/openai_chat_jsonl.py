"""Prompts as chats that wait for their answer (see `votek.exports.chats`)."""

from __future__ import annotations

from typing import BinaryIO

from votek.exports.chats import Chats
from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One line a test item: `id` and `messages`, ready for `chat.completions.create(messages=...)`."""
    chats = Chats(request)
    for prompt in request.prompt_list:
        out.write(json_bytes(json_line({"id": prompt.id, "messages": chats.asked(prompt)}) + "\n"))


FORMAT = Format(
    name="openai-chat-jsonl",
    title="Prompts as chats (OpenAI form)",
    sentence="One chat per test item: instruction, a turn pair per demonstration in prompt order, then the query.",
    file="prompts.openai-chat.jsonl",
    mime=JSONL,
    group="prompts",
    needs="prompts",
    order="as in the prompt, most similar last unless its settings say otherwise",
    load="for line in FILE: client.chat.completions.create(model=MODEL, messages=json.loads(line)['messages'])",
    write=_write,
)
