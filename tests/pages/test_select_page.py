"""The Select page: ask for texts, watch the work, see the picks and their reasons, ask for more."""

import pytest

from votek.datasets import map_columns, read_table
from votek.datatypes import LabelSpec, TaskSpec

PAGE = "pages/2_Select.py"


@pytest.fixture
def project(space, texts_of):
    made = space.create_project("Help desk", task=TaskSpec(labels=(LabelSpec("late", "#0072b2", key="1"),)))
    content = "\n".join(["text", *texts_of(60), "It costs $5 or *more*", "It costs $5 or *more*"]).encode()
    space.import_dataset(made.id, map_columns(read_table(content, name="a.csv")), role="pool", name="a.csv")
    return made


@pytest.fixture
def picked(open_at, space, project, work_off):
    """The page once 12 texts are picked."""
    space.request_selection(project.id, budget=12)
    work_off(project.id)
    return open_at(PAGE, project.id)


def words(at):
    return " ".join(element.value for element in (*at.markdown, *at.text, *at.caption))


def set_budget(at, project, count, before=0):
    return at.number_input(f"{project.id}-budget-{before}").set_value(count).run()


def test_an_empty_project_leads_to_the_data_page(open_at, space):
    empty = space.create_project("Empty")
    at = open_at(PAGE, empty.id)
    assert "no texts" in at.info[0].value
    at.button("next-step").click().run()
    assert at.title[0].value == "Data"


def test_the_budget_has_an_estimate_and_one_button(open_at, project):
    at = open_at(PAGE, project.id)
    assert at.button("next-step").label == "Pick texts"
    assert "About 8 min of labelling, at 12 s a text" in words(at)
    assert "Method: Fast vote-k." in words(at)
    set_budget(at, project, 5)
    assert "About 60 s of labelling" in words(at)
    assert at.button("next-step").label == "Pick texts"


def test_the_budget_ends_at_the_distinct_texts(open_at, project):
    assert open_at(PAGE, project.id).number_input(f"{project.id}-budget-0").max == 61


def test_asking_starts_a_job_with_these_settings(open_at, space, project):
    at = open_at(PAGE, project.id)
    at.radio(f"{project.id}-method").set_value("random")
    at.number_input(f"{project.id}-seed").set_value(7)
    set_budget(at, project, 9)
    at.button("next-step").click().run()
    assert not at.exception
    (job,) = space.jobs(project.id)
    wanted = {"budget": 9, "method": "random", "k": "auto", "rho": 10.0, "seed": 7}
    assert {name: job.parameters[name] for name in wanted} == wanted
    assert "Picking texts" in words(at)
    assert "next-step" not in [button.key for button in at.button]


def test_work_is_shown_again_after_a_refresh_and_can_be_cancelled(open_at, space, project):
    space.request_selection(project.id, budget=9)
    at = open_at(PAGE, project.id)
    (job,) = space.jobs(project.id)
    at.button(f"cancel-{job.id}").click().run()
    assert space.job(job.id).state == "cancelled"
    at = open_at(PAGE, project.id)
    assert at.button("next-step").label.startswith("Pick")


def test_picks_come_in_order_with_their_reasons(picked, space, project):
    selection = space.selection(project.id)
    dataset = space.dataset(project.id)
    table = next(frame.value for frame in picked.dataframe if "Votes" in frame.value.columns)
    assert table["Order"].tolist() == list(range(1, 13))
    assert table["Text"].tolist() == [dataset.texts[row] for row in selection.indices]
    assert table["Votes"].tolist() == [len(selection.explain(i).voters) for i in range(12)]
    assert table["Newly covered"][0] == len(selection.explain(0).newly_covered) - 1
    assert table["Nearest earlier pick"][0] == ""
    assert "12 picks cover" in words(picked)
    assert picked.button("next-step").label == "Start labelling"


def test_a_larger_budget_keeps_the_earlier_picks(picked, open_at, space, project, work_off):
    before = space.selection(project.id).indices.tolist()
    set_budget(picked, project, 20, before=12)
    next(button for button in picked.button if button.label == "Pick 8 more").click().run()
    assert not picked.exception
    work_off(project.id)
    after = space.selection(project.id).indices.tolist()
    assert after[:12] == before
    assert len(set(after)) == 20
    at = open_at(PAGE, project.id)
    assert at.number_input(f"{project.id}-budget-20").value == 20


def test_starting_afresh_takes_other_settings(picked, space, project, work_off):
    picked.radio(f"{project.id}-method").set_value("random").run()
    next(button for button in picked.button if button.label == "Pick 12 texts afresh").click().run()
    assert not picked.exception
    work_off(project.id)
    assert space.selection(project.id).method == "random"


def test_a_smaller_budget_offers_no_more_picks(picked, project):
    at = set_budget(picked, project, 3, before=12)
    assert not [button for button in at.button if button.label.endswith("more")]


def test_without_labels_the_next_step_is_to_name_them(open_at, space, project, work_off):
    space.set_task(project.id, TaskSpec())
    space.request_selection(project.id, budget=3)
    work_off(project.id)
    assert open_at(PAGE, project.id).button("next-step").label == "Name the labels"


def test_a_request_that_cannot_be_met_is_one_clear_error(picked, space, project):
    picked.radio(f"{project.id}-method").set_value("random")
    set_budget(picked, project, 20, before=12)
    next(button for button in picked.button if button.label == "Pick 8 more").click().run()
    assert not picked.exception
    assert [error.value for error in picked.error if "start afresh" in error.value]
    assert len(picked.error) == 1
    assert len(space.selection(project.id)) == 12
    assert picked.button("next-step").label == "Start labelling"
