"""Requests for OpenAI's Batch API, which answers all of them within a day and for less.

A file of it holds at most 50,000 requests and 200 MB (https://platform.openai.com/docs/guides/batch).
"""

from __future__ import annotations

from typing import BinaryIO

from votek.errors import InputError
from votek.exports.chats import Chats
from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format

__all__ = ["FORMAT", "MODEL"]

MODEL = "gpt-4.1-mini"
"""Stands in every request until it is replaced: the file must name one, and only one."""
_REQUESTS, _BYTES = 50_000, 200_000_000


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One line a test item: `custom_id` is the item's id, by which answers are found again."""
    prompts = request.prompt_list
    if len(prompts) > _REQUESTS:
        raise InputError(
            f"The Batch API takes at most {_REQUESTS:,} requests a file; there are {len(prompts):,}. {_LESS}"
        )
    if len({prompt.id for prompt in prompts}) < len(prompts):
        raise InputError("Two test items have the same id, so that answers could not be told apart. Give unique ids.")
    chats = Chats(request)
    written = 0
    for prompt in prompts:
        body = {"model": MODEL, "messages": chats.asked(prompt)}
        record = {"custom_id": prompt.id, "method": "POST", "url": "/v1/chat/completions", "body": body}
        line = json_bytes(json_line(record) + "\n")
        written += len(line)
        if written > _BYTES:
            raise InputError(f"The Batch API takes at most {_BYTES // 1_000_000} MB a file; these are more. {_LESS}")
        out.write(line)


_LESS = "Build the prompts for fewer test items at a time, or with fewer demonstrations."

FORMAT = Format(
    name="openai-batch-jsonl",
    title="Batch requests (OpenAI form)",
    sentence="One request per test item for OpenAI's Batch API, with the chat in it and a model to replace.",
    file="openai-batch.jsonl",
    mime=JSONL,
    group="prompts",
    needs="prompts",
    order="as in the prompt, most similar last unless its settings say otherwise",
    load=f"replace {MODEL!r}, then client.batches.create(input_file_id=client.files.create(file=open(FILE, 'rb'), "
    "purpose='batch').id, endpoint='/v1/chat/completions', completion_window='24h')",
    write=_write,
)
