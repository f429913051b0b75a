"""The form that chooses a model: only what the tier needs, a key that is kept in memory, and a real trial."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.scoring.language_model import build_language_model
from tests.scoring.server import MODEL, serve
from ui.model_keys import forget_key, has_key
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.inline import finish_job
from votek.scoring import ModelSettings
from votek.workspace import NewEvent

SCRIPT = """
import streamlit as st
from ui.frame import OpenPage, workspace
from ui.model_settings import draw_model_settings
summary = next(s for s in workspace().projects() if s.project.id == st.query_params["project"])
settings = draw_model_settings(OpenPage(workspace(), summary))
st.text(f"in force: {settings.tier} {settings.model}")
"""
SECRET = "sk-of-the-form-1234"


@pytest.fixture
def project(space, compare_texts, texts_of, monkeypatch):
    """Twelve texts, two labelled, vectors made."""
    for name in ("VOTEK_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    task = TaskSpec("single", (LabelSpec("delivery_status", "#0072B2"), LabelSpec("return_refund", "#E69F00")))
    made = space.create_project("Model", task=task)
    space.import_dataset(made.id, make_dataset([f"t{at}" for at in range(12)], texts_of(12), {}), role="pool", name="t")
    compare_texts(space, made.id, umap=False)
    space.add_to_queue(made.id, [0, 1])
    events = [NewEvent(f"e{at}", f"t{at}", "label", "return_refund", 1, 1, "browser") for at in range(2)]
    space.record_events(made.id, "ada", events)
    return made.id


@pytest.fixture
def form(project):
    """The form of the project after its first run."""
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    at.query_params["project"] = project
    at.run()
    assert not at.exception
    return at


def choose(at, tier):
    """The form with another tier."""
    at.button_group(key=next(one.key for one in at.button_group if one.label == "Who answers")).set_value(tier).run()
    assert not at.exception
    return at


def field(at, label):
    """The text field of this name."""
    return next(one for one in at.text_input if one.label == label)


def click(at, label):
    """The form after a click."""
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception


def fill(at, url):
    """The form with an endpoint."""
    choose(at, "openai")
    field(at, "Base URL").set_value(url).run()
    field(at, "Model").set_value(MODEL).run()
    assert not at.exception


def tried(at, space, project):
    """The form after "Try it" and the worker's answer."""
    click(at, "Try it")
    for job in space.jobs(project, active=True):
        assert finish_job(space, job).state == "done"
    at.run()
    assert not at.exception


def test_each_tier_shows_only_its_own_fields(form):
    assert not form.text_input
    assert {one.label for one in choose(form, "transformers").text_input} == {"Folder or name of the model"}
    assert {one.label for one in choose(form, "openai").text_input} == {"Base URL", "Model"}
    assert any("Name the model" in one.value for one in form.info)
    assert any("The endpoint must offer completions with echo" in one.value for one in form.caption)
    assert not any("echo" in one.value for one in choose(form, "transformers").caption)


def test_what_can_be_used_is_kept_and_what_cannot_is_told(form, space, project):
    fill(form, "http://127.0.0.1:9/v1")
    assert space.model_settings(project) == ModelSettings("openai", MODEL, "http://127.0.0.1:9/v1")
    field(form, "Base URL").set_value("ftp://there").run()
    assert "http or https" in form.error[0].value.replace("\\", "")
    assert space.model_settings(project).base_url == "http://127.0.0.1:9/v1"


def test_the_stand_in_answers_at_once_and_costs_nothing(form, space, project):
    tried(form, space, project)
    assert any("Answer: **return" in one.value for one in form.markdown)
    assert any("no calls, no cost" in one.value for one in form.caption)


def test_an_endpoint_answers_with_the_key_of_the_form(form, space, project, tmp_path, monkeypatch):
    with serve(build_language_model(tmp_path / "model"), key=SECRET) as server:
        fill(form, server.url)
        tried(form, space, project)
        assert "Give the key again" in form.error[0].value.replace("\\", "")
        field(form, "Key").set_value(SECRET)
        click(form, "Use this key")
        model = space.model_settings(project)
        assert has_key(project, model)
        assert "Key" not in [one.label for one in form.text_input]
        # The worker is this process here; the way over HTTP has a test of its own.
        monkeypatch.setattr("votek.jobs.models.key_from_web", lambda *asked: SECRET)
        tried(form, space, project)
        assert not form.error
        assert any("Answer: **" in one.value for one in form.markdown)
        assert any("about 10 calls" in one.value for one in form.caption)
        click(form, "Forget the key")
        assert not has_key(project, model)
    assert SECRET not in repr(form.session_state)
    forget_key(project, model)


def test_only_an_owner_chooses_who_answers(project):
    at = AppTest.from_string(SCRIPT.replace("summary))", "summary, role='reviewer'))"), default_timeout=60)
    at.query_params["project"] = project
    at.run()
    assert not at.exception
    assert len(at.button_group) == 0
    assert "No model answers: an owner of the project chooses who does." in at.caption[0].value
