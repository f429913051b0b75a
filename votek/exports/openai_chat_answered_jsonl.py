"""Chats that end with the right answer, to test a model with or to learn from.

There is one for each labelled text, with demonstrations from the other labelled texts: neither the text itself nor
a copy of it. Right answers of test items leave only where the person asks for it; `from` keeps the two apart.
"""

from __future__ import annotations

from typing import BinaryIO

from votek.exports.chats import Chats, answered_prompts
from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """`id`, `from` ("labelled" or "test") and `messages`, of which the last is the assistant's."""
    chats = Chats(request)
    for known in answered_prompts(request):
        messages = chats.answered(known.prompt, known.value)
        record = {"id": known.prompt.id, "from": known.origin, "messages": messages}
        out.write(json_bytes(json_line(record) + "\n"))


FORMAT = Format(
    name="openai-chat-answered-jsonl",
    title="Answered chats (OpenAI form)",
    sentence="One chat per labelled text, shown the other labelled texts, that ends with its label.",
    file="answered.openai-chat.jsonl",
    mime=JSONL,
    group="prompts",
    needs="own prompts",
    order="as in the prompt; chats in pick order, those of test items last",
    load="for line in FILE: *asked, answer = json.loads(line)['messages']",
    write=_write,
    answers=True,
)
