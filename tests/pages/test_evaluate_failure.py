"""Difficulty, pruning and worst group on the Evaluate page: what is asked for, what comes back, and the ways on."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import votek
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.inline import finish_job

PAGE = "pages/7_Evaluate.py"
TOPICS = ("parcel late", "refund money", "card blocked")


def _data(n, seed, prefix):
    rng = np.random.default_rng(seed)
    words = ["please", "now", "again", "today", "why", "how", "never", "help"]
    texts = [f"{TOPICS[i % 3]} {' '.join(rng.choice(words, 3))} {seed}{i}" for i in range(n)]
    gold = [TOPICS[i % 3] for i in range(n)]
    gold[0] = TOPICS[1]  # a wrong label, which no model will agree with
    channel = ["chat" if i % 2 else "mail" for i in range(n)]
    return make_dataset([f"{prefix}{i}" for i in range(n)], texts, {"gold": gold, "channel": channel})


@pytest.fixture
def project(space, compare_texts):
    """60 texts, one of them labelled wrongly, 30 test items, vectors, and the labels to choose from."""
    task = TaskSpec("single", tuple(LabelSpec(name, "#0072B2") for name in TOPICS))
    made = space.create_project("Desk", task=task)
    for role, n, prefix in (("pool", 60, "p"), ("test", 30, "t")):
        space.import_dataset(made.id, _data(n, n, prefix), role=role, name=role, columns={"gold": "gold"})
    compare_texts(space, made.id)
    return made


@pytest.fixture
def at_section(open_at, project):
    """`at_section("Difficulty")`: the page with this question open."""

    def opened(label: str) -> AppTest:
        at = open_at(PAGE, project.id)
        at.segmented_control(f"{project.id}-evaluate-section").set_value(label).run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def work(space, project):
    """Does the analysis that was asked for, here and now."""

    def done(at):
        (job,) = [job for job in space.jobs(project.id, active=True) if job.kind == "analysis"]
        assert finish_job(space, job).state == "done"
        at.run()
        assert not at.exception

    return done


def words(at):
    shown = (*at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.subheader)
    return " ".join(element.value for element in shown)


def test_the_stand_ins_find_the_wrong_label_and_open_it(space, project, at_section, work):
    at = at_section("Difficulty")
    at.button("run-difficulty").click().run()
    work(at)
    assert "4 simple models on 60 texts" in words(at).replace("\\", "")
    assert "No model is right on 1 item" in words(at)
    at.button("open-impossible").click().run()
    assert at.title[0].value == "Annotate"
    assert [item.item for item in space.queue(project.id)] == ["p0"]


def test_all_impossible_items_go_into_the_queue_labelled_or_not(space, project, at_section, work):
    at = at_section("Difficulty")
    at.button("run-difficulty").click().run()
    work(at)
    at.button("queue-impossible").click().run()
    assert {item.item for item in space.queue(project.id)} == {"p0"}


def test_test_items_are_listed_and_not_labelled(project, at_section, work):
    at = at_section("Difficulty")
    at.radio(f"{project.id}-difficulty-of").set_value("The test items").run()
    at.button("run-difficulty").click().run()
    work(at)
    assert "These are test items" in words(at)
    assert "open-impossible" not in [button.key for button in at.button]


def _upload(at, project, content):
    at.radio(f"{project.id}-difficulty-source").set_value("A file of predictions").run()
    at.file_uploader(f"{project.id}-predictions").set_value(("p.csv", content, "text/csv")).run()
    assert not at.exception
    return at


def test_uploaded_predictions_are_judged(project, at_section, work):
    lines = ["id,m1,m2,m3", *(f"t{i},{TOPICS[i % 3]},{TOPICS[i % 3]},{TOPICS[0]}" for i in range(30))]
    at = _upload(at_section("Difficulty"), project, "\n".join(lines).encode())
    assert "predictions for the test items" in words(at)
    at.button("run-difficulty").click().run()
    work(at)
    assert "3 models of the uploaded file on 30 test items" in words(at).replace("\\", "")


def test_predictions_whose_ids_fit_both_files_are_asked_about(space, project, at_section, work):
    space.import_dataset(project.id, _data(30, 30, "p"), role="test", name="same ids", columns={"gold": "gold"})
    lines = ["id,m1,m2,m3", *(f"p{i},{TOPICS[i % 3]},{TOPICS[i % 3]},{TOPICS[0]}" for i in range(30))]
    at = _upload(at_section("Difficulty"), project, "\n".join(lines).encode())
    assert "run-difficulty" not in [button.key for button in at.button]
    at.radio(f"{project.id}-prediction-of").set_value("test").run()
    assert "predictions for the test items" in words(at)
    at.button("run-difficulty").click().run()
    work(at)
    assert "on 30 test items" in words(at).replace("\\", "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,m1,m2\np1,x,y\n", "at least 3"),
        (b"id,m1,m2,m3\nq1,x,y,z\np1,x,y,z\n", "1 of 2 ids"),
        (b"id,m1,m2,m3\np1,x,y,\n", "no prediction"),
        (b"id,m1,m2,m3\np1,x,y,z\np1,x,y,z\n", "several rows"),
    ],
)
def test_predictions_that_cannot_be_used_are_explained(project, at_section, content, said):
    at = _upload(at_section("Difficulty"), project, content)
    assert said in at.error[0].value.replace("\\", "")
    assert "run-difficulty" not in [button.key for button in at.button]


def test_pruning_tries_the_parts(project, at_section, work):
    at = at_section("Pruning")
    at.slider(f"{project.id}-prune-percent").set_value(20).run()
    assert "Below 30%" in at.warning[0].value
    at.button("run-pruning").click().run()
    work(at)
    assert "trained on parts of 48 labelled texts" in words(at)
    assert {"pruned-csv", "pruned-jsonl"} <= {button.key for button in at.get("download_button")}


def test_groups_lead_to_floors(space, project, at_section, work):
    at = at_section("Worst group")
    at.button("run-groups").click().run()
    (job,) = [job for job in space.jobs(project.id, active=True) if job.kind == "analysis"]
    assert finish_job(space, job).state == "failed"
    at.run()
    assert "No texts have been picked" in at.error[0].value
    space.add_to_queue(project.id, list(range(12)))
    at.button("run-groups").click().run()
    work(at)
    assert "Tested on the test items" in words(at)
    assert "has the fewest picks, 6 of 12" in words(at)
    assert all("points (" in cell for cell in at.dataframe[0].value["Against random picks"] if cell)
    assert not at.warning
    space.add_to_queue(project.id, [20])
    at.run()
    assert "about earlier picks" in at.warning[0].value
    at.button("to-floors").click().run()
    assert at.title[0].value == "Select"
    assert at.session_state[f"{project.id}-groups"] == ["channel"]
    assert at.session_state[f"{project.id}-floor"] == 1


def test_without_a_column_of_groups_it_says_what_to_load(space, open_at, texts_of):
    made = space.create_project("Plain")
    content = "\n".join(["text", *texts_of(30)]).encode()
    space.import_dataset(made.id, votek.read_dataset(content, name="a.csv"), role="pool", name="a.csv")
    at = open_at(PAGE, made.id)
    at.segmented_control(f"{made.id}-evaluate-section").set_value("Worst group").run()
    assert "no column that sorts the texts" in at.info[0].value


def test_the_map_can_be_coloured_by_difficulty(open_at, project, at_section, work):
    before = open_at("pages/3_Map.py", project.id)
    assert "Difficulty" not in before.selectbox(f"{project.id}-map-colour").options
    at = at_section("Difficulty")
    at.button("run-difficulty").click().run()
    work(at)
    after = open_at("pages/3_Map.py", project.id)
    after.selectbox(f"{project.id}-map-colour").set_value("Difficulty").run()
    assert not after.exception
