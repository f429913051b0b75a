"""Prompts as chats: the instruction as system message, one turn pair per demonstration, then the text.

A chat's roles replace the words of a template, so a user turn is the text alone. Only where the query
template uses columns is it rendered, because the text alone would lack them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from votek.datatypes import Prompt
from votek.errors import InputError
from votek.exports.files import ExportRequest
from votek.prompts import LabelledRow, LabelValue, instruction_text, label_text, parse_template

__all__ = ["AnsweredPrompt", "Chats", "Message", "answered_prompts"]

Message = dict[str, str]
"""`role` ("system", "user" or "assistant") and `content`."""


class Chats:
    """Writes the chats of one request."""

    def __init__(self, request: ExportRequest) -> None:
        settings = request.settings
        self._request = request
        self._template = parse_template(settings.query, fields=None, label=False, name="query template")
        instruction = instruction_text(settings, request.task)
        self._system: list[Message] = [{"role": "system", "content": instruction}] if instruction else []

    def asked(self, prompt: Prompt) -> list[Message]:
        """The chat that asks for a label, with the demonstrations in the order of the prompt."""
        messages = list(self._system)
        for row in self._request.demonstrations(prompt):
            messages += self._pair(row)
        turn = prompt.turn if self._template.fields else prompt.query
        return [*messages, {"role": "user", "content": turn}]

    def answered(self, prompt: Prompt, value: LabelValue) -> list[Message]:
        """The chat that `asked` gives, and `value` as the assistant's turn."""
        return [*self.asked(prompt), _answer(value)]

    def taught(self, row: LabelledRow) -> list[Message]:
        """A labelled text and its label, without demonstrations."""
        return [*self._system, *self._pair(row)]

    def _pair(self, row: LabelledRow) -> list[Message]:
        return [{"role": "user", "content": self._turn(row)}, _answer(row.value)]

    def _turn(self, row: LabelledRow) -> str:
        if not self._template.fields:
            return row.text
        missing = self._template.missing(row.text, fields=row.fields)
        if missing:
            raise InputError(
                f"The query template uses the column {missing[0]!r}, which the labelled texts do not have, so they "
                "cannot stand as turns of a chat. Use columns that both files have, or another format."
            )
        return self._template.render(row.text, fields=row.fields)


@dataclass(frozen=True)
class AnsweredPrompt:
    """A prompt whose right answer is known. `origin`: "labelled" (a labelled text) or "test" (a test item)."""

    prompt: Prompt
    value: LabelValue
    origin: str


def answered_prompts(request: ExportRequest) -> Iterator[AnsweredPrompt]:
    """The labelled texts, each with demonstrations from the others, and the test items whose answer may go out.

    Raises InputError where the prompts of the labelled texts have not been written.
    """
    if request.own is None:
        raise InputError("The labelled texts have no prompts of their own yet. Build the prompts, then export again.")
    by_id = {row.id: row for row in request.labelled}
    for prompt in request.own.prompts:
        if prompt.id not in by_id:
            raise InputError(f"{prompt.id!r} is not labelled any more. Build the prompts again, then export.")
        yield AnsweredPrompt(prompt, by_id[prompt.id].value, "labelled")
    for prompt in request.prompts.prompts if request.prompts is not None else ():
        if prompt.id in request.answers:
            yield AnsweredPrompt(prompt, request.answers[prompt.id], "test")


def _answer(value: LabelValue) -> Message:
    return {"role": "assistant", "content": label_text(value)}
