"""The section on the hand-out: where it stands, its settings, and the plan for a second opinion."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from ui.frame import escape
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec

SCRIPT = """
import streamlit as st
from ui.frame import OpenPage, workspace
from ui.team_handout import draw_handout
summary = next(s for s in workspace().projects() if s.project.id == st.query_params["project"])
draw_handout(OpenPage(workspace(), summary))
"""


@pytest.fixture
def project(space, compare_texts, texts_of):
    """Thirty texts, all queued, with two people who have signed in."""
    made = space.create_project("Team", task=TaskSpec("single", (LabelSpec("late", "#0072B2"),)))
    space.import_dataset(made.id, make_dataset([f"t{at}" for at in range(30)], texts_of(30), {}), role="pool", name="t")
    compare_texts(space, made.id, umap=False)
    space.add_to_queue(made.id, list(range(30)))
    for name in ("ann", "bob"):
        claims = {"iss": "https://id", "sub": name, "email": f"{name}@example.org", "email_verified": True, "iat": 1}
        space.sign_in({**claims, "name": f"*{name}*"})
        space.invite(made.id, f"{name}@example.org", "annotator")
    return made.id


def drawn(project_id):
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    at.query_params["project"] = project_id
    at.run()
    assert not at.exception
    return at


def number(at, label):
    return next(one for one in at.number_input if one.label == label)


def click(at, name):
    next(one for one in at.button if one.label == name).click().run()
    assert not at.exception
    assert not at.error


def test_overlap_and_minutes_are_saved(space, project):
    at = drawn(project)
    number(at, "People for each text").set_value(2)
    number(at, "Minutes that a text stays with somebody who does nothing").set_value(12)
    click(at, "Save")
    stored = space.project(project).handout
    assert (stored.overlap, stored.minutes, stored.assignment) == (2, 12, "open")
    assert not any("second opinion" in one.value for one in drawn(project).markdown)


def test_shares_are_given_to_people_by_name(space, project):
    at = drawn(project)
    at.radio[0].set_value("shares").run()
    parts = [one for one in at.number_input if one.label.startswith("Parts for")]
    assert [one.label for one in parts] == [f"Parts for {escape(name)}" for name in ("*ann*", "*bob*")]
    parts[0].set_value(3)
    click(at, "Save")
    stored = space.project(project).handout
    assert (stored.assignment, sorted(stored.shares.values())) == ("shares", [1, 3])


def test_the_plan_gives_reasons_and_is_applied_with_one_click(space, project):
    at = drawn(project)
    number(at, "Extra labels you can afford").set_value(11).run()
    table = next(one.value for one in at.dataframe if "Why" in one.value.columns)
    assert len(table) == 11
    assert all(table["Why"].str.endswith("."))
    dataset = space.dataset(project)
    assert [dict(zip(dataset.ids, dataset.texts, strict=True))[item] for item in table["Id"]] == list(table["Text"])
    click(at, "Ask a second person about these 11")
    assert set(space.project(project).handout.items) == set(table["Id"])
    assert "11 texts have a number of people of their own" in json.dumps([one.value for one in drawn(project).caption])
