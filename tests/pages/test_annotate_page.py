"""The Annotate page: it says what is missing, hands the queue to the labeler, and goes on to the prompts."""

import json

import pytest

from ui.routes import signing_key
from votek.access import read_token
from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, TaskSpec

PAGE = "pages/4_Annotate.py"
LABELS = (LabelSpec("late", "#0072B2", "Where is it?"), LabelSpec("lost", "#E69F00"))


@pytest.fixture
def project(space, texts_of, tmp_path):
    """Ten texts, none of them picked."""
    file = tmp_path / "texts.txt"
    file.write_text("\n".join(texts_of(10)))
    made = space.create_project("Labelling")
    space.import_dataset(made.id, read_dataset(file), role="pool", name=file.name)
    return made


def handed_over(at):
    """What the labeler was given."""
    (component,) = at.get("bidi_component")
    return json.loads(component.proto.json)


def test_without_labels_it_sends_to_the_data_page(open_at, project):
    at = open_at(PAGE, project.id)
    assert "no labels to choose from" in at.info[0].value
    assert at.get("bidi_component") == []
    at.button("next-step").click().run()
    assert at.title[0].value == "Data"


def test_without_texts_it_asks_for_a_file(open_at, space):
    at = open_at(PAGE, space.create_project("Empty").id)
    assert at.button("next-step").label == "Load a file"


def test_with_nothing_picked_it_sends_to_the_select_page(open_at, space, project):
    space.set_task(project.id, TaskSpec(labels=LABELS))
    at = open_at(PAGE, project.id)
    assert "No texts have been picked" in at.info[0].value
    at.button("next-step").click().run()
    assert at.title[0].value == "Select"


def test_while_texts_are_picked_it_says_so(open_at, space, project):
    space.set_task(project.id, TaskSpec(labels=LABELS))
    space.request_preparation(project.id)
    assert "are being picked" in open_at(PAGE, project.id).info[0].value


@pytest.mark.parametrize("kind", ["single", "multi", "text"])
def test_the_labeler_gets_the_queue_and_a_token_for_it(open_at, space, project, texts_of, kind):
    space.set_task(project.id, TaskSpec(type=kind, labels=() if kind == "text" else LABELS))
    space.set_guidelines(project.id, "One label each.")
    space.add_to_queue(project.id, [4, 2])
    at = open_at(PAGE, project.id)
    data = handed_over(at)
    assert [item["text"] for item in data["state"]["items"]] == [texts_of(10)[4], texts_of(10)[2]]
    assert data["state"]["task"]["type"] == kind
    assert data["state"]["guidelines"] == "One label each."
    assert data["base"] == "/"
    grant = read_token(signing_key(space), data["token"])
    assert (grant.project, grant.person) == (project.id, data["person"])
    assert not at.info
    assert not at.error


def test_the_next_step_is_prompts(open_at, space, project):
    space.set_task(project.id, TaskSpec(labels=LABELS))
    space.add_to_queue(project.id, [0])
    at = open_at(PAGE, project.id)
    assert [button.label for button in at.button if button.key == "next-step"] == ["Build prompts"]
    at.button("next-step").click().run()
    assert at.title[0].value == "Prompts"


def test_a_key_that_is_too_short_is_one_message(open_at, space, project, monkeypatch):
    space.set_task(project.id, TaskSpec(labels=LABELS))
    space.add_to_queue(project.id, [0])
    monkeypatch.setenv("VOTEK_SECRET", "short")
    at = open_at(PAGE, project.id)
    assert "at least 16" in at.error[0].value
    assert at.get("bidi_component") == []
