"""A configuration for promptfoo, with one test per test item.

promptfoo takes everything for a template: it fills `{{ env.X }}` in all of a configuration, `{{ x }}` in variables and
prompts, loads variables that begin with file:// or package:, cuts line ends off them, and writes a prompt that happens
to be JSON anew. So no text stands where it looks: each is a list of pieces inside one variable, cut wherever it
would be taken for a template or an address, and the constant prompt, a chat in JSON whose values are filled one by one,
puts them together again.
"""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import JSON, Format
from votek.prompts import label_text

__all__ = ["FORMAT", "PROMPT"]

PROMPT = json.dumps([{"role": "user", "content": "{{ item.prompt | join }}"}])
_CUT = re.compile(r"(?<=\{)(?=[{%#])|(?<=file:)(?=//)|(?<=package)(?=:)")
_ESCAPED = re.compile("[\x7f-\ud7ff\ue000-\uffff]")
_ABOUT = {
    "description": "Prompts with demonstrations from the labelled texts, in the order of each prompt.",
    "prompts": [PROMPT],
    "providers": ["echo"],
}


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One JSON object, a test a line; those whose right answer may go out compare with it."""
    head = json.dumps(_ABOUT, indent=1).removesuffix("\n}")
    out.write(json_bytes(head + ',\n "tests": ['))
    for place, prompt in enumerate(request.prompt_list):
        item = {"id": prompt.id, "text": prompt.query, "prompt": prompt.text}
        test: dict[str, Any] = {}
        if prompt.id in request.answers:
            item["answer"] = label_text(request.answers[prompt.id])
            test["assert"] = [{"type": "equals", "value": "{{ item.answer | join }}"}]
        test["vars"] = {"item": {name: _CUT.split(text) for name, text in item.items()}}
        out.write(json_bytes(("," if place else "") + "\n  " + _for_yaml(test)))
    out.write(b"\n ]\n}\n")


def _for_yaml(record: dict[str, Any]) -> str:
    """JSON that is YAML too, as promptfoo reads it: no line end but ours, and no escape for half a character."""
    return _ESCAPED.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(record, ensure_ascii=False))


FORMAT = Format(
    name="promptfoo",
    title="promptfoo configuration",
    sentence="A configuration for promptfoo with one test per test item; it asks nobody until a provider is named.",
    file="promptfooconfig.json",
    mime=JSON,
    group="prompts",
    needs="prompts",
    order="as in the prompt, most similar last unless its settings say otherwise",
    load="npx promptfoo@latest eval -c FILE -r openai:chat:MODEL",
    write=_write,
    answers=True,
)
