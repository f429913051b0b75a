"""Exports of prompts whose templates hold blocks, with the hostile texts in every field."""

import dataclasses
import json

from votek.datatypes import PromptSet, PromptSettings
from votek.exports import write

SOURCE = "{text}{if field:city} in {field:city}{end}\n{if label}{label}\n{else}?{end}"
SETTINGS = PromptSettings(demonstration=SOURCE, n=1000, token_budget=None, separator="\n", instruction="")


def test_a_prompt_is_made_of_the_examples_that_leave_for_other_libraries(make_project):
    _, rows, prompts, task = make_project(settings=SETTINGS)
    examples = json.loads(write("langchain", labelled=rows, prompts=prompts, task=task).content)
    written = {e["id"]: e["demonstration_escaped"].replace("{{", "{").replace("}}", "}") for e in examples}
    ids = {row.row: row.id for row in rows}
    for prompt in prompts.prompts:
        shown = "".join(written[ids[row]] + "\n" for row in prompt.demonstrations)
        assert prompt.text == shown + prompt.turn
    one = next(row for row in rows if row.value.strip() and row.fields["city"].strip())
    assert written[one.id] == f"{one.text} in {one.fields['city']}\n{one.value}"


def test_the_turns_of_a_chat_hold_a_column_only_where_a_row_has_it(make_project):
    _, rows, prompts, task = make_project(settings=PromptSettings(n=1))
    settings = PromptSettings(instruction="", query="{text}{if field:city} in {field:city}{end}", n=1)
    manifest = {**prompts.manifest, "prompts": {"settings": dataclasses.asdict(settings)}}
    turned = PromptSet(prompts.prompts, manifest)
    bare = [dataclasses.replace(row, fields={}) if row.row % 2 else row for row in rows]
    by_row = {row.row: row for row in bare}
    chats = write("openai-chat-jsonl", labelled=bare, prompts=turned, task=task).content.decode("utf-8").split("\n")
    for prompt, chat in zip(prompts.prompts, chats, strict=False):
        row = by_row[prompt.demonstrations[0]]
        city = row.fields.get("city", "")
        assert json.loads(chat)["messages"][0]["content"] == row.text + (f" in {city}" if city.strip() else "")
