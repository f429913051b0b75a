"""Prompts as chats: the instruction as system message, one turn pair per demonstration, then the query.

A chat's roles replace the words of a template, so a user turn is the text alone. Only where the query
template uses columns is it rendered, because the text alone would lack them.
"""

from __future__ import annotations

from typing import BinaryIO

from votek.errors import InputError
from votek.exports.files import ExportRequest, json_bytes, json_line
from votek.exports.format import JSONL, Format
from votek.prompts import LabelledRow, Template, instruction_text, label_text, parse_template

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One line a test item: `id` and `messages`, ready for `chat.completions.create(messages=...)`."""
    prompts = request.prompt_list
    settings = request.settings
    template = parse_template(settings.query, fields=None, label=False, name="query template")
    instruction = instruction_text(settings, request.task)
    system = [{"role": "system", "content": instruction}] if instruction else []
    for prompt in prompts:
        messages = list(system)
        for row in request.demonstrations(prompt):
            messages.append({"role": "user", "content": _turn(template, row)})
            messages.append({"role": "assistant", "content": label_text(row.value)})
        messages.append({"role": "user", "content": prompt.turn if template.fields else prompt.query})
        out.write(json_bytes(json_line({"id": prompt.id, "messages": messages}) + "\n"))


def _turn(template: Template, row: LabelledRow) -> str:
    missing = template.missing(row.text, fields=row.fields)
    if missing:
        raise InputError(
            f"The query template uses the column {missing[0]!r}, which the labelled texts do not have, so they cannot "
            "stand as turns of a chat. Use columns that both files have, or another format."
        )
    return template.render(row.text, fields=row.fields) if template.fields else row.text


FORMAT = Format(
    name="openai-chat-jsonl",
    title="Prompts as chats (OpenAI form)",
    sentence="One chat per test item: instruction, a turn pair per demonstration in prompt order, then the query.",
    file="prompts.openai-chat.jsonl",
    mime=JSONL,
    group="prompts",
    needs="prompts",
    order="as in the prompt",
    load="for line in FILE: client.chat.completions.create(model=MODEL, messages=json.loads(line)['messages'])",
    write=_write,
)
