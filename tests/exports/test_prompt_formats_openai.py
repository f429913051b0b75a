"""Chats as OpenAI's library types them, for every hostile text: as test item, demonstration, label and answer."""

import dataclasses
import json
import re
import warnings
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.exports import hostile_prompts as made
from tests.exports.hostile import HOSTILE
from votek.datatypes import Prompt, PromptSet, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.exports import openai_batch_jsonl, write
from votek.prompts import LabelledRow, QueryRow, build_prompts

ASKED = [made.chat(at) for at in range(made.SIZE)]
ANSWERED = [[*chat, ("assistant", label)] for chat, label in zip(ASKED, made.LABELS, strict=True)]


@pytest.fixture(scope="module")
def openai_types():
    """Validators of one message and of a whole request, which take nothing that the library's types do not name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from openai.types.chat import ChatCompletionMessageParam
        from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
        from pydantic import ConfigDict, TypeAdapter, with_config

        strict = with_config(ConfigDict(strict=True, extra="forbid"))
        return TypeAdapter(list[ChatCompletionMessageParam]), TypeAdapter(strict(CompletionCreateParamsNonStreaming))


def lines(raw):
    assert raw.decode("utf-8").splitlines() == raw.decode("utf-8").split("\n")[:-1]
    return [json.loads(line) for line in raw.decode("utf-8").split("\n")[:-1]]


def turns(messages, openai_types):
    """(role, content) of each message as the library sees it."""
    assert all(set(message) == {"role", "content"} for message in messages)
    checked = openai_types[0].validate_python(messages, strict=True)
    return [(message["role"], message["content"]) for message in checked]


def test_every_hostile_text_stands_everywhere():
    assert len(HOSTILE) >= 200
    assert {text for chat in ASKED for role, text in chat[1:-1] if role == "user"} == set(HOSTILE)
    assert {text for chat in ASKED for role, text in chat if role == "assistant"} == set(HOSTILE)
    assert {chat[-1][1] for chat in ASKED} == set(HOSTILE)


def test_prompts_name_their_order():
    records = lines(made.content("prompts-jsonl"))
    assert [record["prompt"] for record in records] == [made.literal(at) for at in range(made.SIZE)]
    assert {record["order"] for record in records} == {"most similar last"}
    for at, record in enumerate(records):
        assert [(one["row"], one["text"], one["label"]) for one in record["demonstrations"]] == [
            (place, HOSTILE[place], made.LABELS[place]) for place in made.shown(at)
        ]


def test_chats_that_ask(openai_types):
    records = lines(made.content("openai-chat-jsonl"))
    assert [record["id"] for record in records] == [f"test {text}" for text in HOSTILE]
    assert [turns(record["messages"], openai_types) for record in records] == ASKED


def test_answered_chats_of_the_labelled_texts(openai_types):
    records = lines(made.content("openai-chat-answered-jsonl"))
    assert [record["id"] for record in records] == [f"id {at}" for at in range(made.SIZE)]
    assert {record["from"] for record in records} == {"labelled"}
    assert [turns(record["messages"], openai_types) for record in records] == ANSWERED


def test_answered_chats_never_show_the_text_itself():
    for record in lines(made.content("openai-chat-answered-jsonl")):
        *before, text, _ = [message["content"] for message in record["messages"] if message["role"] != "system"]
        assert text not in before[::2]


def test_answers_of_test_items_follow_where_they_are_asked_for(openai_types):
    records = lines(made.content("openai-chat-answered-jsonl", answers=made.answers()))
    assert records[: made.SIZE] == lines(made.content("openai-chat-answered-jsonl"))
    rest = records[made.SIZE :]
    assert [(record["id"], record["from"]) for record in rest] == [(f"test {text}", "test") for text in HOSTILE[::2]]
    assert [turns(record["messages"], openai_types) for record in rest] == ANSWERED[::2]


def test_several_labels_are_joined():
    records = lines(made.content("openai-chat-answered-jsonl", "multi"))
    assert [record["messages"][-1]["content"] for record in records] == [f"{label}, b" for label in made.LABELS]


def test_answered_chats_want_prompts_of_the_labelled_texts():
    given = made.material() | {"own": None}
    with pytest.raises(InputError, match=r"[Bb]uild"):
        write("openai-chat-answered-jsonl", **given)
    fewer = made.material() | {"labelled": made.material()["labelled"][:-1]}
    with pytest.raises(InputError, match="not labelled any more"):
        write("openai-chat-answered-jsonl", **fewer)


def test_fine_tuning(openai_types):
    records = lines(made.content("openai-fine-tuning-jsonl"))
    assert all(set(record) == {"messages"} for record in records)  # the API refuses any other key
    assert [turns(record["messages"], openai_types) for record in records] == [
        [("system", made.INSTRUCTION), ("user", text), ("assistant", label)]
        for text, label in zip(HOSTILE, made.LABELS, strict=True)
    ]


def test_batch_requests(openai_types):
    records = lines(made.content("openai-batch-jsonl"))
    assert all(set(record) == {"custom_id", "method", "url", "body"} for record in records)
    assert {(record["method"], record["url"]) for record in records} == {("POST", "/v1/chat/completions")}
    assert [record["custom_id"] for record in records] == [f"test {text}" for text in HOSTILE]
    for record, expected in zip(records, ASKED, strict=True):
        body = openai_types[1].validate_python(record["body"])
        assert body["model"] == openai_batch_jsonl.MODEL
        assert turns(list(body["messages"]), openai_types) == expected


def test_what_the_client_sends_is_what_stands_there():
    """Through the library to the wire: nothing on the way changes a text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import openai
    sent = []

    def answer(request):
        sent.append(json.loads(request.content))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}
        return httpx.Response(
            200, json={"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        )

    bodies = [record["body"] for record in lines(made.content("openai-batch-jsonl"))]
    with httpx.Client(transport=httpx.MockTransport(answer)) as transport:
        client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1/v1", http_client=transport)
        for body in bodies:
            client.chat.completions.create(**body)
    assert sent == bodies
    assert [[(one["role"], one["content"]) for one in body["messages"]] for body in sent] == ASKED


def test_where_the_query_names_columns_every_text_is_rendered():
    rows = [LabelledRow(f"id {at}", at, text, "a", fields={"city": text}) for at, text in enumerate(HOSTILE[:20])]
    settings = PromptSettings(instruction="", query="{text}{if field:city} in {field:city}{end}", n=1)
    manifest = {"prompts": {"settings": dataclasses.asdict(settings)}}
    vectors = np.eye(20, dtype=np.float32)
    own = build_prompts(
        settings,
        pool=rows,
        pool_vectors=vectors,
        queries=[QueryRow(row.id, row.text, fields=row.fields, row=row.row) for row in rows],
        query_vectors=np.roll(vectors, 5, axis=1),
    )
    given = {"labelled": rows, "task": TaskSpec(), "prompts": PromptSet((), manifest), "own": PromptSet(own, manifest)}

    def turn(row):
        return f"{row.text} in {row.text}" if row.text.strip() else row.text

    answered = lines(write("openai-chat-answered-jsonl", **given).content)
    assert [[one["content"] for one in record["messages"]] for record in answered] == [
        [turn(rows[prompt.demonstrations[0]]), "a", turn(row), "a"] for row, prompt in zip(rows, own, strict=True)
    ]
    taught = lines(write("openai-fine-tuning-jsonl", **given).content)
    assert [[one["content"] for one in record["messages"]] for record in taught] == [[turn(row), "a"] for row in rows]
    bare = given | {"labelled": [dataclasses.replace(row, fields={}) for row in rows]}
    lacking = {"settings": dataclasses.asdict(dataclasses.replace(settings, query="{text} in {field:city}"))}
    with pytest.raises(InputError, match="the column 'city'"):
        write("openai-fine-tuning-jsonl", **(bare | {"prompts": PromptSet((), {"prompts": lacking})}))


def test_the_strict_types_refuse_what_is_not_theirs(openai_types):
    messages, body = openai_types
    for wrong in ([{"role": "human", "content": "x"}], [{"role": "user"}], [{"role": "user", "content": 7}]):
        with pytest.raises(ValueError, match="validation error"):
            messages.validate_python(wrong, strict=True)
    with pytest.raises(ValueError, match="prompt"):
        body.validate_python({"model": "m", "messages": [], "prompt": "x"})


def batch(prompts):
    given = made.material() | {"prompts": PromptSet(prompts, made.material()["prompts"].manifest)}
    return write("openai-batch-jsonl", **given)


def test_a_batch_keeps_to_what_the_library_says_of_the_limits():
    from openai.types import batch_create_params

    said = " ".join(Path(batch_create_params.__file__).read_text("utf-8").split())
    found = re.search(r"up to ([\d,]+) requests, and can be up to (\d+) MB", said)
    limits = (openai_batch_jsonl._REQUESTS, openai_batch_jsonl._BYTES)
    assert limits == (int(found[1].replace(",", "")), int(found[2]) * 1_000_000)


def test_a_batch_of_too_many_requests_is_refused():
    one = Prompt(id="0", query="x", demonstrations=(), text="x", tokens=1)
    prompts = tuple(dataclasses.replace(one, id=str(at)) for at in range(50_001))
    with pytest.raises(InputError, match=r"at most 50,000 requests a file; there are 50,001.*fewer"):
        batch(prompts)


def test_a_batch_of_too_many_bytes_is_refused(monkeypatch):
    size = len(batch(made.material()["prompts"].prompts[:3]).content)
    monkeypatch.setattr(openai_batch_jsonl, "_BYTES", size)
    batch(made.material()["prompts"].prompts[:3])
    monkeypatch.setattr(openai_batch_jsonl, "_BYTES", size - 1)
    with pytest.raises(InputError, match=r"MB a file.*fewer"):
        batch(made.material()["prompts"].prompts[:3])


def test_a_batch_needs_ids_that_tell_answers_apart():
    first = made.material()["prompts"].prompts[0]
    with pytest.raises(InputError, match="same id"):
        batch((first, first))
