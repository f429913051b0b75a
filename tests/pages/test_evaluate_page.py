"""The Evaluate page: one question at a time, each with its answer or with what is missing for it."""

import pytest

from ui.evaluate_page import SECTIONS
from votek.datasets import make_dataset, map_columns, read_table
from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.inline import finish_job

PAGE = "pages/7_Evaluate.py"


def test_an_empty_project_leads_to_the_data_page(open_at, space):
    empty = space.create_project("Empty")
    at = open_at(PAGE, empty.id)
    assert "no texts" in at.info[0].value
    at.button("next-step").click().run()
    assert at.title[0].value == "Data"


@pytest.fixture
def project(space, texts_of):

    made = space.create_project("Help desk")
    content = "\n".join(["text", *texts_of(60)]).encode()
    space.import_dataset(made.id, map_columns(read_table(content, name="a.csv")), role="pool", name="a.csv")
    return made


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.label)
def test_every_question_can_be_asked(open_at, project, section):
    at = open_at(PAGE, project.id)
    at.segmented_control(f"{project.id}-evaluate-section").set_value(section.label).run()
    assert not at.exception
    assert section.question in [header.value for header in at.header]


# ------------------------------------------------------------ with picks


INTENTS = ("late", "lost", "broken", "blocked")


@pytest.fixture
def picked(space, texts_of, work_off):
    """`picked(gold=True)`: 60 texts, 10 of them picked, and how to have an analysis done."""

    def made(*, gold=True):
        texts = texts_of(60)
        labels = [next(word for word in INTENTS if word in text) for text in texts]
        task = TaskSpec(labels=tuple(LabelSpec(name, "#0072B2") for name in INTENTS))
        project = space.create_project("Help desk", task=task)
        columns = {"intent": labels, "channel": ["chat" if i % 3 else "mail" for i in range(60)]}
        pool = make_dataset([f"a{i}" for i in range(60)], texts, columns)
        uses = {"intent": "gold" if gold else "ignore"}
        space.import_dataset(project.id, pool, role="pool", name="a.csv", columns=uses)
        space.request_selection(project.id, budget=10)
        work_off(project.id)
        return project

    return made


@pytest.fixture
def finish(space):
    """Does the project's analyses here and now, with vectors that need no model."""

    def done(project):
        jobs = [job for job in space.jobs(project.id, active=True) if job.kind == "analysis"]
        assert len(jobs) == 1
        ended = finish_job(space, jobs[0])
        assert ended.state == "done", ended.message

    return done


def words(at):
    boxes = (*at.success, *at.info, *at.warning)
    return " ".join(element.value for element in (*boxes, *at.markdown, *at.caption, *at.subheader)).replace("\\", "")


def test_one_button_checks_against_random(open_at, space, picked, finish):
    project = picked()
    at = open_at(PAGE, project.id)
    at.button("run-against-random").click().run()
    assert not at.exception
    assert at.button("run-against-random").disabled
    finish(project)
    at = open_at(PAGE, project.id)
    table = space.analysis(project.id, "against-random")[1]
    shown = words(at)
    assert table["sentence"] in shown
    assert f"Percentile {table['main']['percentile']:.0f}" in shown
    gain = table["main"]["gain"]
    assert f"95% interval {100 * gain['low']:+.1f} to {100 * gain['high']:+.1f}" in shown
    assert {one["measure"] for one in table["more"]} == {"top-j", "random-retrieval", "linear-probe"}
    frames = [frame.value for frame in at.dataframe]
    assert frames[0]["These picks"][0] == f"{table['main']['accuracy']:.1%}"
    assert frames[1]["Labelled texts"].tolist() == list(table["curve"]["budgets"])


def test_what_is_compared_can_be_chosen(open_at, space, picked):
    project = picked()
    at = open_at(PAGE, project.id)
    at.multiselect(f"{project.id}-against-methods").set_value(["dpp"])
    at.number_input(f"{project.id}-against-seed").set_value(7)
    at.button("run-against-random").click().run()
    (job,) = [job for job in space.jobs(project.id, active=True) if job.kind == "analysis"]
    assert job.parameters["options"]["methods"] == ["dpp"]
    assert job.parameters["options"]["seed"] == 7


def test_numbers_of_earlier_picks_are_called_so(open_at, space, picked, finish):
    project = picked()
    space.request_analysis(project.id, "against-random")
    finish(project)
    assert "earlier picks" not in words(open_at(PAGE, project.id))
    space.exclude(project.id, [int(space.selection(project.id).indices[0])])
    assert "earlier picks" in words(open_at(PAGE, project.id))


def test_without_gold_labels_a_random_pool_is_offered_and_queued(open_at, space, picked, finish):
    project = picked(gold=False)
    space.request_analysis(project.id, "against-random", {"held_out": 10})
    finish(project)
    at = open_at(PAGE, project.id)
    assert "10 of the 10 picks have no label yet" in words(at)
    assert "close by" in words(at)
    before = len(space.queue(project.id))
    at.button("add-random-pool").click().run()
    assert not at.exception
    offer = space.analysis(project.id, "against-random")[1]["offer"]
    queued = {item.row for item in space.queue(project.id)}
    assert set(offer["to_label"]) <= queued
    assert len(space.queue(project.id)) > before
    assert "add-random-pool" not in [button.key for button in at.button]
    assert "still to be labelled" in words(at)


def test_the_model_part_tells_the_cost_and_then_the_answers(open_at, space, picked, finish):
    project = picked()
    at = open_at(PAGE, project.id)
    at.button("run-in-context-cost").click().run()
    finish(project)
    at = open_at(PAGE, project.id)
    assert "Nothing: the stand-in answers" in words(at)
    at.button("run-in-context").click().run()
    finish(project)
    at = open_at(PAGE, project.id)
    assert space.analysis(project.id, "in-context")[1]["sentence"] in words(at)
    rows = next(frame.value for frame in at.dataframe if "Unparsed" in frame.value.columns)
    assert rows["Pool"].tolist()[:3] == ["These picks", "No demonstrations", "Demonstrations at random"]


def test_health_stands_beside_random_pools(open_at, space, picked, finish):
    project = picked()
    at = open_at(PAGE, project.id)
    at.segmented_control(f"{project.id}-evaluate-section").set_value("Pool health").run()
    at.multiselect(f"{project.id}-health-columns").set_value(["channel"]).run()
    at.button("run-health").click().run()
    assert not at.exception
    finish(project)
    at = open_at(PAGE, project.id)
    at.segmented_control(f"{project.id}-evaluate-section").set_value("Pool health").run()
    table = space.analysis(project.id, "health")[1]
    shown = words(at)
    assert table["sentence"] in shown
    assert table["ahead"] in shown
    assert "No pick is labelled yet" in shown
    groups = next(frame.value for frame in at.dataframe if "Coverage" in frame.value.columns)
    assert sorted(groups["Group"]) == ["chat", "mail"]


def test_a_failure_is_shown(open_at, space, picked):

    project = picked()
    finish_job(space, space.request_analysis(project.id, "against-random", {"nearest": 0}))
    at = open_at(PAGE, project.id)
    assert "at least 1" in at.error[0].value


@pytest.mark.parametrize("section", ["Against random", "Pool health"])
def test_without_picks_it_leads_to_the_select_page(open_at, project, section):
    at = open_at(PAGE, project.id)
    at.segmented_control(f"{project.id}-evaluate-section").set_value(section).run()
    assert "No texts have been picked yet" in words(at)
    at.button("next-step").click().run()
    assert at.title[0].value == "Select"
