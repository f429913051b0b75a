"""The saved program loads in DSPy and shows every hostile text, in the order that is stated."""

import dataclasses
import json

import numpy as np
import pytest

from tests.exports.hostile import HOSTILE
from tests.exports.libraries import SETTINGS, exported, hostile_request, imported
from votek.exports import dspy_program
from votek.prompts import instruction_text


@pytest.fixture(scope="module")
def dspy():
    return imported("dspy")


def loaded(dspy, tmp_path, request, signature="text -> label"):
    path = tmp_path / "dspy-program.json"
    path.write_bytes(exported(dspy_program.FORMAT, request))
    program = dspy.Predict(signature)
    program.load(path)
    return program


def field(name, value):
    return f"[[ ## {name} ## ]]\n{value}"


def test_every_text_is_shown_in_pick_order(dspy, tmp_path):
    request, _ = hostile_request()
    program = loaded(dspy, tmp_path, request)
    assert [(demo["text"], demo["label"]) for demo in program.demos] == [(r.text, r.value) for r in request.labelled]
    assert len(program.demos) == len(HOSTILE)
    asked = {"text": "the {question} asked"}
    system, *turns, question = dspy.ChatAdapter().format(program.signature, program.demos, asked)
    assert system["role"] == "system"
    assert instruction_text(SETTINGS, request.task) in system["content"]
    assert question["content"].startswith(field("text", asked["text"]))
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * len(HOSTILE)
    exact = 0
    for at, row in enumerate(request.labelled):
        # DSPy itself cuts white space at the end of a message, after the text and after the label.
        assert turns[2 * at]["content"] == field("text", row.text).strip()
        assert turns[2 * at + 1]["content"] == field("label", row.value).strip() + "\n\n[[ ## completed ## ]]\n"
        exact += row.text in turns[2 * at]["content"]
    assert exact == sum(text == text.rstrip() for text in HOSTILE) > 200


def test_every_text_that_is_asked_about_reaches_the_model_as_it_is(dspy, tmp_path):
    program = loaded(dspy, tmp_path, hostile_request()[0])
    answer = dspy.utils.DummyLM([{"label": "a"}] * len(HOSTILE))
    with dspy.context(lm=answer, adapter=dspy.ChatAdapter()):
        for text in HOSTILE:
            program(text=text, demos=[])
    sent = [call["messages"][-1]["content"] for call in answer.history]
    assert [one.startswith(field("text", text) + "\n\n") for one, text in zip(sent, HOSTILE, strict=True)] == [
        True
    ] * len(HOSTILE)


def test_the_program_is_what_dspy_saves_and_warns_of_nothing(dspy, tmp_path, caplog):
    request, _ = hostile_request()
    program = loaded(dspy, tmp_path, request)
    program.save(tmp_path / "again.json")
    ours, theirs = (json.loads((tmp_path / name).read_bytes()) for name in ("dspy-program.json", "again.json"))
    assert theirs.pop("metadata").keys() == ours.pop("metadata").keys() == {"dependency_versions"}
    assert ours == theirs
    assert caplog.records == []


def test_it_is_read_as_its_manifest_says(dspy, tmp_path):
    for kind in ("single", "multi"):
        request, _ = hostile_request(kind=kind)
        (tmp_path / "program.json").write_bytes(exported(dspy_program.FORMAT, request))
        lines, _, several = dspy_program.FORMAT.load.partition(" (")
        signature = several.removesuffix(" for several labels)") if kind == "multi" else "'text -> label'"
        given = {"dspy": dspy, "FILE": str(tmp_path / "program.json")}
        exec(lines.replace("'text -> label'", signature), given)  # noqa: S102
        assert [demo["text"] for demo in given["program"].demos] == [row.text for row in request.labelled]


def test_without_an_instruction_dspys_own_stands(dspy, tmp_path):
    request, _ = hostile_request(dataclasses.replace(SETTINGS, instruction=""))
    program = loaded(dspy, tmp_path, request)
    assert program.signature.instructions == dspy.Signature("text -> label").instructions


def test_several_labels_stay_a_list(dspy, tmp_path):
    request, _ = hostile_request(kind="multi")
    program = loaded(dspy, tmp_path, request, "text -> label: list[str]")
    assert [demo["label"] for demo in program.demos] == [list(row.value) for row in request.labelled]
    _, *turns, _ = dspy.ChatAdapter().format(program.signature, program.demos, {"text": "x"})
    shown = turns[1]["content"].removeprefix("[[ ## label ## ]]\n").removesuffix("\n\n[[ ## completed ## ]]\n")
    assert json.loads(shown) == list(request.labelled[0].value)


def test_demonstrations_of_one_prompt_stand_in_its_order_most_similar_last(dspy, tmp_path):
    request, embed = hostile_request()
    program = loaded(dspy, tmp_path, request)
    by_row = {row.row: row for row in request.labelled}
    made = request.prompts.prompts[HOSTILE.index("{text}")]
    shown = [by_row[row] for row in made.demonstrations]
    answer = dspy.utils.DummyLM([{"label": "a"}])
    with dspy.context(lm=answer, adapter=dspy.ChatAdapter()):
        program(text=made.query, demos=[{"text": row.text, "label": row.value} for row in shown])
    contents = [message["content"] for message in answer.history[-1]["messages"] if message["role"] == "user"]
    assert contents[:-1] == [field("text", row.text).strip() for row in shown]
    vectors = dict(zip([row.row for row in request.labelled], request.vectors.rows - request.vectors.mean, strict=True))
    asked = embed(made.query) - request.vectors.mean
    cosines = [asked @ vectors[row.row] / np.linalg.norm(vectors[row.row]) for row in shown]
    assert cosines == sorted(cosines)


def test_dspys_own_search_puts_the_most_similar_first(dspy):
    places = {"near": [1.0, 0.0], "nearer": [0.9, 0.1], "far": [0.0, 1.0], "east": [0.95, 0.0], "north": [0.1, 0.9]}
    examples = [dspy.Example(text=name, label="a").with_inputs("text") for name in ("near", "nearer", "far")]
    embedder = dspy.Embedder(
        lambda texts: np.array([places[text.removeprefix("text: ")] for text in texts]), caching=False
    )
    search = dspy.KNN(2, examples, embedder)
    assert [found.text for found in search(text="east")] == ["near", "nearer"]
    assert [found.text for found in search(text="north")] == ["far", "nearer"]
