"""The Select page: ask for texts, watch the work, see the picks and their reasons, ask for more."""

import pytest

from ui.select_floors import floors_query
from votek.datasets import map_columns, read_table
from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.inline import finish_job
from votek.jobs.requests import Requests
from votek.scoring import ModelSettings
from votek.selection.reads import reads
from votek.selection.registry import AUTO, METHODS
from votek.workspace import NewEvent

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
    assert f"Method: {METHODS[AUTO].label} (usual). {METHODS[AUTO].sentence}" in words(at).replace("\\", "")
    set_budget(at, project, 5)
    assert "About 60 s of labelling" in words(at)
    assert at.button("next-step").label == "Pick texts"


def test_the_budget_ends_at_the_distinct_texts(open_at, project):
    assert open_at(PAGE, project.id).number_input(f"{project.id}-budget-0").max == 61


def test_asking_starts_a_job_with_these_settings(open_at, space, project):
    at = open_at(PAGE, project.id)
    at.selectbox(f"{project.id}-method").set_value("random").run()
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
    picked.selectbox(f"{project.id}-method").set_value("random").run()
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
    picked.selectbox(f"{project.id}-method").set_value("random")
    set_budget(picked, project, 20, before=12)
    next(button for button in picked.button if button.label == "Pick 8 more").click().run()
    assert not picked.exception
    assert [error.value for error in picked.error if "start afresh" in error.value]
    assert len(picked.error) == 1
    assert len(space.selection(project.id)) == 12
    assert picked.button("next-step").label == "Start labelling"


# ------------------------------------------------------------ methods

ASKING = [name for name, method in METHODS.items() if method.confidence == "needed" and name != "vote-k"]


def method_box(at, project):
    return at.selectbox(f"{project.id}-method")


def label_some(space, project, count=2):
    space.set_task(project.id, TaskSpec(labels=(LabelSpec("late", "#0072b2"), LabelSpec("lost", "#e69f00"))))
    version = space.project(project.id).task.version
    ids = space.dataset(project.id).ids
    events = [NewEvent(f"e{i}", ids[i], "label", ("late", "lost")[i % 2], version, 1) for i in range(count)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))


def test_methods_that_ask_a_model_are_hidden_until_one_and_a_label_are_there(open_at, space, project):
    at = open_at(PAGE, project.id)
    labels = [METHODS[name].label for name in ASKING]
    assert not set(labels) & set(method_box(at, project).options)
    assert "Vote-k (two rounds)" in method_box(at, project).options
    assert "you need a model, which is set below under *Model*, and some labelled texts" in words(at)
    space.save_model_settings(project.id, ModelSettings(tier="openai", model="m", way="generate"))
    label_some(space, project)
    at = open_at(PAGE, project.id)
    assert set(labels) <= set(method_box(at, project).options)
    assert "you need" not in words(at)


@pytest.mark.parametrize("method", ["auto", *(name for name in METHODS if name != AUTO)])
def test_every_method_can_be_chosen_with_its_sentence_paper_and_settings_and_asked_for(open_at, space, project, method):
    if method in ASKING:
        space.save_model_settings(project.id, ModelSettings(tier="openai", model="m", way="generate"))
        label_some(space, project)
    at = method_box(open_at(PAGE, project.id), project).set_value(method).run()
    assert not at.exception
    found = METHODS[AUTO if method == "auto" else method]
    if method != "vote-k":
        assert found.sentence.partition(",")[0] in words(at).replace("\\", "")
    if found.paper:
        assert found.paper in words(at).replace("\\", "")
    read = reads(found.name)
    how = "k-how-votes" if "rho" in read else "k-how"
    shown = {"k": f"{project.id}-{how}", "rho": f"{project.id}-rho", "seed": f"{project.id}-seed"}
    there = {element.key for element in (*at.number_input, *at.get("button_group"))}
    assert {name for name, key in shown.items() if key in there} == set(read)
    presets = [element.options for element in at.get("button_group") if element.key == shown["k"]]
    assert [any("Su et al." in str(option) for option in options) for options in presets] == ["rho" in read] * len(
        presets
    )
    set_budget(at, project, 11)
    at.button("next-step").click().run()
    assert not at.exception
    (job,) = [job for job in space.jobs(project.id) if job.kind == "select"]
    assert (job.parameters["method"], job.parameters["budget"]) == (method, 11)


# ------------------------------------------------------------ floors


@pytest.fixture
def grouped(space, texts_of):
    made = space.create_project("Grouped", task=TaskSpec(labels=(LabelSpec("late", "#0072b2"),)))
    lines = [f"{text},{'rare' if i < 5 else 'usual'},t{i % 3}" for i, text in enumerate(texts_of(60))]
    content = "\n".join(["text,kind,gold", *lines]).encode()
    table = map_columns(read_table(content, name="a.csv"))
    space.import_dataset(made.id, table, role="pool", name="a.csv", columns={"gold": "gold"})
    return made


def test_floors_show_what_they_take_before_anything_runs(open_at, space, grouped):
    at = open_at(PAGE, grouped.id)
    box = at.multiselect(f"{grouped.id}-groups")
    assert box.options == ["kind"]
    at = set_budget(at, grouped, 12)
    at.multiselect(f"{grouped.id}-groups").set_value(["kind"]).run()
    at = at.number_input(f"{grouped.id}-floor").set_value(4).run()
    assert "2 groups: 8 of the 12 picks are kept for them" in words(at)
    at = at.number_input(f"{grouped.id}-floor").set_value(9).run()
    assert "takes 14 picks, more than the 12" in at.warning[0].value
    assert at.button("next-step").disabled
    at = at.number_input(f"{grouped.id}-floor").set_value(4).run()
    at.button("next-step").click().run()
    (job,) = space.jobs(grouped.id)
    assert (job.parameters["groups"], job.parameters["floor"]) == (["kind"], 4)


def test_floors_after_the_picks_say_how_they_come_into_force(open_at, space, grouped, compare_texts):
    compare_texts(space, grouped.id, umap=False)
    space.request_selection(grouped.id, budget=12, groups=["kind"], floor=2)
    finish_job(space, next(job for job in space.jobs(grouped.id, active=True) if job.kind == "select"))
    at = open_at(PAGE, grouped.id, **floors_query(["kind"], 2))
    assert not [one for one in at.info if "without these floors" in one.value]
    at = at.number_input(f"{grouped.id}-floor").set_value(3).run()
    assert "made without these floors" in " ".join(one.value for one in at.info)


def test_an_address_presets_floors_once(open_at, space, grouped):
    at = open_at(PAGE, grouped.id, **floors_query(["kind"], 3))
    assert at.multiselect(f"{grouped.id}-groups").value == ["kind"]
    assert at.number_input(f"{grouped.id}-floor").value == 3
    assert "floor" not in at.query_params
    assert space.jobs(grouped.id) == []


@pytest.mark.parametrize("query", [{"groups": "[", "floor": "3"}, {"groups": '["gold"]', "floor": "3"}])
def test_an_address_that_makes_no_sense_changes_nothing(open_at, grouped, query):
    at = open_at(PAGE, grouped.id, **query)
    assert at.multiselect(f"{grouped.id}-groups").value == []


# ------------------------------------------------------------ two rounds


@pytest.fixture
def begun(space, project, work_off):
    """Round one of 20 texts is picked."""
    space.set_task(project.id, TaskSpec(labels=(LabelSpec("late", "#0072b2"), LabelSpec("lost", "#e69f00"))))
    space.request_selection(project.id, budget=20, method="vote-k")
    work_off(project.id)
    return project


def label_queue(space, project, count=None):
    version = space.project(project.id).task.version
    known = space.labels(project.id)
    waiting = [item.item for item in space.queue(project.id) if item.item not in known][:count]
    events = [
        NewEvent(f"q{item}", item, "label", ("late", "lost")[i % 2], version, 1) for i, item in enumerate(waiting)
    ]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))


def test_the_round_and_what_comes_next_are_shown(open_at, space, begun, work_off):
    at = open_at(PAGE, begun.id)
    assert at.number_input(f"{begun.id}-budget-2").value == 20
    assert "Label these 2 texts. Next: the stand-in (no model) looks at every other text" in words(at)
    assert at.button("next-step").label == "Start labelling"
    assert not [button for button in at.button if button.label.endswith("more")]
    label_queue(space, begun, 1)
    assert "Label the other 1." in words(open_at(PAGE, begun.id))
    label_queue(space, begun)
    at = open_at(PAGE, begun.id)
    assert "Round 1 is labelled." in words(at)
    assert at.button("next-step").label == "Open round 2"
    at.button("next-step").click().run()
    assert not at.exception
    work_off(begun.id)
    at = open_at(PAGE, begun.id)
    assert "has looked at 59 texts with 2 labels as examples" in words(at)
    assert "These 18 texts were picked by how sure it was" in words(at)
    assert at.button("next-step").label == "Go on labelling"
    assert len(space.queue(begun.id)) == 20


def test_going_on_without_round_two(open_at, space, begun, work_off):
    at = open_at(PAGE, begun.id)
    at.button("without-round-two").click().run()
    assert not at.exception
    work_off(begun.id)
    assert len(space.queue(begun.id)) == 20
    assert space.two_rounds(begun.id) is None
    assert "Round 1" not in words(open_at(PAGE, begun.id))


# ------------------------------------------------------------ side by side


def test_methods_are_compared_side_by_side(open_at, space, grouped, monkeypatch):
    at = open_at(PAGE, grouped.id)
    at = set_budget(at, grouped, 6)
    at.multiselect(f"{grouped.id}-compare-methods").set_value(["fast-vote-k", "random"]).run()
    at.selectbox(f"{grouped.id}-compare-groups").set_value("kind").run()
    at.button("run-compare-methods").click().run()
    assert not at.exception
    (job,) = space.jobs(grouped.id)
    assert job.parameters["options"] == {
        "methods": ["fast-vote-k", "random"], "budget": 6, "groups": ["kind"], "seed": 0
    }  # fmt: skip
    hashing = Requests(space.settings.model_copy(update={"model": "votek-hash"}), space.store)
    assert finish_job(hashing, job).state == "done"
    at = open_at(PAGE, grouped.id)
    table = next(frame.value for frame in at.dataframe if "Redundancy" in frame.value.columns)
    stored = space.analysis(grouped.id, "compare-methods")[1]
    assert table["Method"].tolist() == ["Fast vote-k", "Random"]
    assert table["Covered"].tolist() == [record["covered"] for record in stored["methods"]]
    assert table["Groups"].tolist() == [f"{record['groups']} of 2" for record in stored["methods"]]
    shared = next(frame.value for frame in at.dataframe if "Random" in frame.value.columns)
    assert shared.loc["Fast vote-k", "Fast vote-k"] == "6 (1.00)"
