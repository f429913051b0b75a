"""The section on suggestions: off by default, the risk said, the cost before the model is asked, the report."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.scoring.language_model import build_language_model
from votek.datasets import make_dataset
from votek.datatypes import LOCAL, LabelSpec, SuggestionSettings, TaskSpec
from votek.jobs.context import now
from votek.jobs.inline import finish_job
from votek.scoring import ModelSettings
from votek.store import suggestions as suggestion_rows
from votek.store.suggestions import Suggested
from votek.workspace import NewEvent

SCRIPT = """
import streamlit as st
from ui.frame import OpenPage, workspace
from ui.team_suggestions import draw_suggestions
summary = next(s for s in workspace().projects() if s.project.id == st.query_params["project"])
draw_suggestions(OpenPage(workspace(), summary))
"""
TASK = TaskSpec("single", (LabelSpec("late", "#0072B2"), LabelSpec("lost", "#E69F00")))


@pytest.fixture
def project(space, compare_texts, texts_of):
    """Forty texts, all queued, ten labelled by the one person, vectors made."""
    made = space.create_project("Suggesting", task=TASK)
    data = make_dataset([f"t{at}" for at in range(40)], texts_of(40), {})
    space.import_dataset(made.id, data, role="pool", name="t")
    compare_texts(space, made.id, umap=False)
    space.add_to_queue(made.id, list(range(40)))
    label(space, made.id, range(10))
    return made.id


def label(space, project_id, rows):
    events = [NewEvent(f"e{at}", f"t{at}", "label", ("late", "lost")[at % 2], 1, 1) for at in rows]
    assert all(ack.accepted for ack in space.record_events(project_id, LOCAL.id, events))


def drawn(project_id):
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    at.query_params["project"] = project_id
    at.run()
    assert not at.exception
    return at


def click(at, name):
    next(one for one in at.button if one.label == name).click().run()
    assert not at.exception


def said(at):
    return " ".join(one.value for one in at.caption)


def test_off_by_default_with_the_risk_and_switched_on_by_saving(project, space):
    at = drawn(project)
    assert not at.toggle[0].value
    assert "people tend to agree with what stands there" in said(at)
    assert "Influence" not in said(at)
    at.toggle[0].set_value(True)
    at.select_slider[0].set_value(30)
    assert not space.project(project).suggestions.on
    click(at, "Save")
    assert space.project(project).suggestions == SuggestionSettings(on=True, source="knn", blind_share=0.3)
    assert "Nothing has been suggested yet" in said(at)


def test_a_share_set_elsewhere_is_shown_as_it_is(project, space):
    space.set_suggestions(project, SuggestionSettings(on=True, blind_share=0.33))
    assert drawn(project).select_slider[0].value == 33


def test_written_answers_have_no_such_settings(space):
    at = drawn(space.create_project("Answers", task=TaskSpec("text")).id)
    assert "Written answers are not suggested" in at.info[0].value
    assert not at.toggle


def test_the_report(project, space):
    with space.writing() as tx:
        given = [Suggested(f"t{at}", LOCAL.id, "late", 0.8, "knn", at % 3 > 0, now()) for at in range(10, 40)]
        suggestion_rows.add(tx, project, given)
    label(space, project, range(10, 40))
    at = drawn(project)
    assert "Shown: 10 of 20 agreed with the suggestion, 50.0%" in said(at).replace("\\", "")
    assert "Held back: 5 of 10 agreed with it all the same" in said(at).replace("\\", "")
    assert "cannot be told from chance" in said(at)
    assert at.dataframe[0].value.to_dict("records") == [
        {"Person": "You", "Shown": 20, "Agreed": "50%", "Held back": 10, "Agreed all the same": "50%"}
    ]


def test_the_model_is_asked_only_once_its_cost_was_shown(project, space, tmp_path):
    space.set_suggestions(project, SuggestionSettings(on=True, source="model"))
    assert "No model is chosen yet" in drawn(project).info[-1].value
    space.save_model_settings(project, ModelSettings("transformers", str(build_language_model(tmp_path / "model"))))
    at = drawn(project)
    assert "Ask the model" not in [one.label for one in at.button]
    for name in ("What would it cost?", "Ask the model"):
        click(at, name)
        (job,) = space.jobs(project, active=True)
        assert finish_job(space, job).state == "done"
        at.run()
        assert not at.exception
    assert "30 calls" in said(at)
    assert "about 30 texts, with 10 labels as examples" in said(at)


def test_one_person_finds_it_beside_the_labeler_which_gets_the_suggestions(project, space, open_at):
    at = open_at("pages/4_Annotate.py", project)
    assert [one.label for one in at.expander] == ["Suggestions"]
    assert not given(at)["suggesting"]
    at.toggle[0].set_value(True)
    click(at, "Save")
    state = given(at)
    assert state["suggesting"]
    with space.store.read() as tx:
        recorded = suggestion_rows.of_person(tx, project, LOCAL.id)
    shown = {item["id"]: item["suggestion"] for item in state["items"] if item["suggestion"]}
    assert set(shown) == {item for item, one in recorded.items() if one.shown}
    assert all(one["source"] == "knn" for one in shown.values())


def given(at):
    """The state that the labeler was given."""
    (component,) = at.get("bidi_component")
    return json.loads(component.proto.json)["state"]
