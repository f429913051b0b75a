"""The promptfoo configuration: its form by promptfoo's own schema, and its texts after all that promptfoo does to them.

promptfoo is too large to install for every run; `python -m tests.exports.promptfoo.check` asks the real one. Here
is imitated what it does to a configuration: it fills `{{ env.X }}` everywhere, fills variables that are texts from
each other, cuts a line end off them, opens those that name a file, and renders each value of a prompt in JSON.
"""

import copy
import json
import re
from dataclasses import replace
from pathlib import Path

import jinja2
import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.exports import hostile_prompts as made
from tests.exports.hostile import HOSTILE
from votek.datatypes import PromptSet
from votek.errors import InputError
from votek.exports import promptfoo, write

SCHEMA = json.loads(Path(__file__).with_name("promptfoo").joinpath("schema.json").read_text("utf-8"))
PROMPTS = [made.literal(at) for at in range(made.SIZE)]
ENVIRONMENT = {"HOME": "/home/someone", "X": "leaked"}


def environment_filled(value):
    if isinstance(value, str):
        return re.sub(r"\{\{\s*env\.(\w+)\s*\}\}", lambda found: ENVIRONMENT.get(found[1], ""), value)
    if isinstance(value, list):
        return [environment_filled(one) for one in value]
    return {name: environment_filled(one) for name, one in value.items()} if isinstance(value, dict) else value


def variables_filled(given):
    variables = copy.deepcopy(given)
    for name, value in variables.items():
        if isinstance(value, str):
            assert not value.startswith(("file://", "package:")), "would be opened"
            variables[name] = re.sub(r"\n$", "", value)
    for name, value in variables.items():
        if isinstance(value, str):
            variables[name] = re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: str(variables.get(found[1], "")), value)
    return variables


def rendered(template, variables):
    made_from = jinja2.Environment(autoescape=False, keep_trailing_newline=True).from_string(template)
    return made_from.render(variables, env=ENVIRONMENT)


def asked(config):
    """The chat of each test, as a provider gets it."""
    config = environment_filled(config)
    (prompt,) = config["prompts"]
    for test in config["tests"]:
        variables = variables_filled(test["vars"])
        yield (
            [{name: rendered(value, variables) for name, value in message.items()} for message in json.loads(prompt)],
            [(one["type"], rendered(one["value"], variables)) for one in test.get("assert", [])],
        )


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


@pytest.fixture(scope="module")
def config():
    return json.loads(made.content("promptfoo", answers=made.answers()))


def test_the_form_is_promptfoos(config):
    check = jsonschema.Draft202012Validator(SCHEMA)
    assert not [error.message for error in check.iter_errors(config)]
    test = SCHEMA["properties"]["tests"]["anyOf"][1]["items"]["anyOf"][1]["properties"]
    for one in config["tests"]:
        assert set(one) <= set(test)
        assert set(one["vars"]) == {"item"}


@pytest.mark.parametrize(
    "wrong",
    [{"prompts": 7}, {"tests": [7]}, {"tests": [{"assert": [{"value": "x"}]}]}, {"test": []}],
    ids=["prompts", "tests", "assert", "unknown"],
)
def test_the_schema_refuses_what_promptfoo_refuses(config, wrong):
    few = {**config, "tests": config["tests"][:1], **wrong}
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(few))


def test_every_prompt_reaches_the_model_as_it_is(config):
    assert [chat for chat, _ in asked(config)] == [[{"role": "user", "content": prompt}] for prompt in PROMPTS]


def test_right_answers_are_compared_letter_for_letter(config):
    found = [checks for _, checks in asked(config)]
    assert found[::2] == [[("equals", label)] for label in made.LABELS[::2]]
    assert not any(found[1::2])


def test_right_answers_stand_there_only_where_they_are_asked_for(config):
    without = json.loads(made.content("promptfoo"))
    assert not any("assert" in test or "answer" in test["vars"]["item"] for test in without["tests"])
    assert [test["vars"]["item"]["prompt"] for test in without["tests"]] == [
        test["vars"]["item"]["prompt"] for test in config["tests"]
    ]


def test_each_item_is_there_with_its_id(config):
    items = [test["vars"]["item"] for test in config["tests"]]
    assert ["".join(item["id"]) for item in items] == [f"test {text}" for text in HOSTILE]
    assert ["".join(item["text"]) for item in items] == HOSTILE


def test_nothing_in_it_looks_like_a_template_or_a_file(config):
    for text in texts([test["vars"] for test in config["tests"]]):
        assert not re.search(r"\{[{%#]", text)
        assert not text.startswith(("file://", "package:"))


@pytest.mark.parametrize("text", ["{{ env.X }}", "{{ 7*7 }}", "{# c #}"])
def test_uncut_such_a_text_would_be_lost(text, monkeypatch):
    """The stand-in does to texts what they are cut for."""
    uncut = {"prompts": [json.dumps([{"role": "user", "content": text}])], "tests": [{"vars": {}}]}
    assert next(asked(uncut))[0][0]["content"] != text
    cut = {"prompts": [promptfoo.PROMPT], "tests": [{"vars": {"item": {"prompt": promptfoo._CUT.split(text)}}}]}
    assert next(asked(cut))[0][0]["content"] == text


@given(st.text(st.sampled_from("{{{%#}} \nfile:/package:x\U0001f600"), max_size=30))
def test_no_text_keeps_its_look_and_none_loses_a_letter(text):
    pieces = promptfoo._CUT.split(text)
    assert "".join(pieces) == text
    assert not any(re.search(r"\{[{%#]|file://|package:", piece) for piece in pieces)


def test_several_labels_are_one_answer():
    config = json.loads(made.content("promptfoo", "multi", answers={f"test {HOSTILE[0]}": ("a", "b")}))
    assert next(asked(config))[1] == [("equals", "a, b")]


def test_read_as_yaml_it_is_the_same():
    """promptfoo reads JSON as YAML, which has fewer escapes and other line ends."""
    short = [at for at, prompt in enumerate(PROMPTS) if len(prompt) < 500]
    whole = made.material()
    few = PromptSet(tuple(whole["prompts"].prompts[at] for at in short), whole["prompts"].manifest)
    raw = write("promptfoo", **(whole | {"prompts": few})).content
    loaded = yaml.load(raw, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert loaded == json.loads(raw)
    joined = ["".join(test["vars"]["item"]["prompt"]) for test in loaded["tests"]]
    assert joined == [PROMPTS[at] for at in short]
    assert len(short) > 200


def test_half_a_character_is_named():
    whole = made.material()
    broken = replace(whole["prompts"].prompts[0], text="bad \ud800 half")
    with pytest.raises(InputError, match=r"bad \\ud800 half"):
        write("promptfoo", **(whole | {"prompts": PromptSet((broken,), whole["prompts"].manifest)}))
