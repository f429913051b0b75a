"""Labels from another tool on the Data page: seen before they are stored, loaded here or anew, and taken back."""

import json

import pytest

from votek.datasets import make_dataset
from votek.workspace import NewEvent

PAGE = "pages/1_Data.py"


def task(id, text, **who):
    results = [
        {
            "completed_by": name,
            "result": [{"from_name": "topic", "type": "choices", "value": {"choices": [label]}}],
        }
        for name, label in who.items()
    ]
    return {"id": id, "data": {"text": text}, "annotations": results, "predictions": [{"score": 0.5, "result": []}]}


FILE = json.dumps(
    [task(1, "Parcel", ann="late", bob="lost"), task(2, "Card", ann="card"), task(3, "Elsewhere", ann="late")]
).encode()


@pytest.fixture
def project(space):
    made = space.create_project("Shop")
    data = make_dataset(["a", "b", "c"], ["Parcel", "Card", "Refund"], {})
    space.import_dataset(made.id, data, role="pool", name="shop.csv")
    return made


@pytest.fixture
def upload(open_at):
    """`upload(project, content, name)`: the page after this file of labels was chosen."""

    def uploaded(project, content=FILE, name="tasks.json"):
        at = open_at(PAGE, project.id)
        at.file_uploader(f"labels-{project.id}-file-0").set_value((name, content, "application/json")).run()
        assert not at.exception
        return at

    return uploaded


def words(at):
    return " ".join(element.value for element in (*at.markdown, *at.text, *at.caption, *at.success))


def load(at, project):
    at.button(f"labels-{project.id}-load").click().run()
    assert not at.exception
    return at


def test_what_was_found_is_shown_before_anything_is_stored(upload, space, project):
    at = upload(project)
    said = words(at)
    assert "Recognised as Label Studio: its entries have" in said
    assert "People: annotator ann, annotator bob" in said
    assert "3 answers are new, 0 are here already; they are about 2 of the texts." in said
    titles = [one.label for one in at.expander]
    assert "What cannot be kept: 3" in titles
    assert "3 × Predictions, suggestions and scores of a model" in said
    assert "What does not come into this project: 1" in titles
    assert "For example row 3" in said
    assert at.button(f"labels-{project.id}-load").label == "Load 3 answers"
    assert space.events(project.id) == []


def test_labels_come_into_this_project_once_and_go_again(upload, space, project):
    at = load(upload(project), project)
    assert "3 answers about 2 texts were loaded." in words(at)
    assert space.labels(project.id)["b"].value == "card"
    assert [one.item for one in space.disagreements(project.id)] == ["a"]
    again = upload(project)
    assert again.button(f"labels-{project.id}-load").disabled
    (made,) = space.label_imports(project.id)
    again.button(f"labels-{project.id}-back-{made.id}").click().run()
    assert "3 answers were taken back." in words(again)
    assert space.labels(project.id) == {}


def test_a_conflict_is_shown_and_decided(upload, space, project):
    load(upload(project), project)
    mine = NewEvent("mine", "b", "label", "late", space.project(project.id).task.version, 1)
    assert space.record_events(project.id, "local", [mine])[0].accepted
    other = json.dumps([task(2, "Card", cy="card")]).encode()
    at = upload(project, other)
    assert "1 differ. What shall happen" in at.radio(f"labels-{project.id}-existing").label
    assert at.radio(f"labels-{project.id}-existing").value == "keep"
    assert at.button(f"labels-{project.id}-load").disabled
    at.radio(f"labels-{project.id}-existing").set_value("add").run()
    load(at, project)
    assert (space.labels(project.id)["b"].value, space.labels(project.id)["b"].status) == ("card", "majority")
    (dispute,) = [one for one in space.disagreements(project.id, settled=True) if one.item == "b"]
    assert [voice.label for voice in dispute.voices] == ["card", "late", "card"]


def test_a_new_project_comes_of_the_file(upload, space, project):
    at = upload(project)
    at.radio(f"labels-{project.id}-where").set_value("Into a new project").run()
    assert at.button(f"labels-{project.id}-load").label == "Load 3 texts and 4 answers"
    load(at, project)
    made = next(one.project for one in space.projects() if one.project.name == "tasks")
    assert space.dataset(made.id).texts == ("Parcel", "Card", "Elsewhere")
    assert len(space.events(made.id)) == 4
    assert space.events(project.id) == []


def test_an_empty_project_takes_texts_and_labels(upload, open_at, space):
    empty = space.create_project("New project")
    at = upload(empty)
    load(at, empty)
    assert space.project(empty.id).name == "tasks"
    assert "4 answers about 3 texts were loaded." in words(at)
    assert next(one for one in at.expander if one.label == "Labels from another tool").proto.expanded
    assert "the export of another tool" in words(at)
    assert at.button("next-step").label == "Settle disagreements"
    home = open_at()
    assert "3 texts · 2 labelled, 0 of 1 picks" in words(home)
    assert len(space.dataset(empty.id)) == 3
    assert [label.name for label in space.project(empty.id).task.labels] == ["late", "lost", "card"]
    assert [job.kind for job in space.jobs(empty.id)] == ["prepare"]


def test_where_every_text_came_with_a_label_prompts_are_next(upload, open_at, space):
    empty = space.create_project("Empty")
    at = load(upload(empty, json.dumps([task(1, "Parcel", ann="late"), task(2, "Card", ann="card")]).encode()), empty)
    assert at.button("next-step").label == "Build prompts"
    assert "2 texts · 2 labelled, nothing picked yet" in words(open_at())


def test_a_file_that_is_not_clear_can_be_read_differently(upload, space, project):
    at = upload(project, b'{"body": "Parcel", "mood": "bad"}\n', "x.jsonl")
    assert len(at.error) == 1
    at.text_input(f"labels-{project.id}-text").set_value("body").run()
    at.text_input(f"labels-{project.id}-label").set_value("mood").run()
    at.text_input(f"labels-{project.id}-who").set_value("Cy <b>").run()
    assert not at.error
    load(at, project)
    (event,) = space.events(project.id)
    assert space.person_names(project.id, [event.who])[event.who] == "Cy <b> (Table)"
