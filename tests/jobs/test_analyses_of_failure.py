"""Difficulty, pruning and worst group as jobs: the stored tables, and plain words for what cannot be done."""

import numpy as np
import pytest

from votek.datasets import make_dataset
from votek.evaluation.predictions import Predictions, read_predictions
from votek.jobs.inline import finish_job
from votek.jobs.kept_predictions import keep_predictions

TOPICS = ("parcel late", "refund money", "card blocked")


def _texts(n, seed):
    rng = np.random.default_rng(seed)
    words = ["please", "now", "again", "today", "why", "how", "never", "help"]
    return [f"{TOPICS[i % 3]} {' '.join(rng.choice(words, 3))} {seed}{i}" for i in range(n)]


@pytest.fixture
def told(workspace):
    """90 texts with hidden gold labels and two columns, 45 test items of the same kind."""
    made = workspace.create_project("Told")
    for role, n, seed in (("pool", 90, 1), ("test", 45, 2)):
        columns = {
            "gold": [TOPICS[i % 3] for i in range(n)],
            "channel": ["chat" if i % 2 else "mail" for i in range(n)],
            "hard": [str(i / n) for i in range(n)],
        }
        data = make_dataset([f"{role}{i}" for i in range(n)], _texts(n, seed), columns)
        workspace.import_dataset(made.id, data, role=role, name=role, columns={"gold": "gold"})
    return made


@pytest.fixture
def analyse(workspace):
    """`analyse(project, name, **options)`: the stored table, or the message of the failure."""

    def run(project, name, **options):
        job = finish_job(workspace, workspace.request_analysis(project.id, name, options))
        return workspace.analysis(project.id, name)[1] if job.state == "done" else job.message

    return run


@pytest.mark.parametrize(("of", "n"), [("pool", 90), ("test", 45)])
def test_the_stand_ins_tell_the_difficulty(analyse, told, of, n):
    table = analyse(told, "difficulty", of=of)
    assert (table["of"], table["own"], table["told_by"]) == (of, True, "column 'gold'")
    assert len(table["rows"]) == len(table["right"]) == n
    assert len(table["models"]) == 4
    assert sum(one["count"] for one in table["classes"]) == n
    assert len(table["pairs"]) == 6


def test_uploaded_predictions_are_kept_and_judged(workspace, analyse, told):
    gold = [TOPICS[i % 3] for i in range(90)]
    wrong = ["none", *gold[1:]]
    ids = tuple(f"pool{i}" for i in range(90))
    key = keep_predictions(workspace, told.id, Predictions(ids, ("a", "b", "c"), (tuple(wrong),) * 3))
    table = analyse(told, "difficulty", of="pool", predictions=key)
    assert [one["count"] for one in table["classes"]] == [89, 1, 0]
    assert [row for row, right in zip(table["rows"], table["right"], strict=True) if right == 0] == [0]
    assert (table["own"], table["told_by"]) == (False, "column 'gold'")
    assert "count as one model" in table["notes"][0]


def test_right_answers_in_the_file_come_first(workspace, analyse, told):
    content = b"id,a,b,c,truth\npool1,x,x,y,x\npool2,x,y,y,y\n"
    key = keep_predictions(workspace, told.id, read_predictions(content, name="p.csv", gold="truth"))
    table = analyse(told, "difficulty", of="pool", predictions=key)
    assert (table["right"], table["rows"], table["told_by"]) == ([2, 2], [1, 2], "the uploaded file")


def test_what_cannot_be_judged_is_said(workspace, analyse, told):
    few = Predictions(("pool1", "pool2"), ("a", "b"), (("x", "x"),) * 2)
    astray = Predictions(("q1", "pool2"), ("a", "b", "c"), (("x", "x"),) * 3)
    for predictions, words in ((few, "at least 3"), (astray, "1 of 2 ids")):
        key = keep_predictions(workspace, told.id, predictions)
        assert words in analyse(told, "difficulty", of="pool", predictions=key)
    assert "Upload the file again" in analyse(told, "difficulty", predictions="predictions-0")
    assert "choose pool or test" in analyse(told, "difficulty", of="both")


def test_without_a_label_nobody_is_right(analyse, project):
    assert "No text has a right answer yet" in analyse(project, "difficulty")
    assert "no test items" in analyse(project, "difficulty", of="test")


def test_one_label_and_few_labels_are_refused(workspace, analyse, project, act):
    act(project, "label", *(f"a{i}" for i in range(3)), value="x")
    assert "3 labelled texts cannot be dealt" in analyse(project, "difficulty")
    act(project, "label", *(f"a{i}" for i in range(3, 12)), value="x")
    assert "have the label 'x'" in analyse(project, "difficulty")


def test_pruning_keeps_three_parts_and_tries_them(analyse, told):
    table = analyse(told, "pruning", fraction=0.4)
    assert {way: len(rows) for way, rows in table["kept"].items()} == {"easy": 36, "hard": 36, "random": 36}
    assert [row["way"] for row in table["trial"]["rows"]] == ["all", "easy", "hard", "random"]
    assert table["floors"] == dict.fromkeys(sorted(TOPICS), 6)
    assert (table["clusters"], table["texts"], table["labelled"], sum(table["bins"])) == (3, 90, 90, 90)


def test_pruning_by_a_column_of_scores(analyse, told):
    table = analyse(told, "pruning", fraction=0.5, scores="hard")
    assert (table["kept"]["hard"], table["clusters"]) == (list(range(45, 90)), 0)
    assert "'channel' is 'mail'" in analyse(told, "pruning", scores="channel")
    assert "no column 'EL2N'" in analyse(told, "pruning", scores="EL2N")


def test_pruning_without_labels_goes_without_a_probe(analyse, project, act):
    table = analyse(project, "pruning", fraction=0.2)
    assert (table["trial"], len(table["kept"]["easy"])) == (None, 40)
    assert "No text has a label" in table["no_trial"]
    assert "Only 20%" in table["notes"][0]
    act(project, "label", *(f"a{i}" for i in range(12)), value="x")
    assert "have the label 'x'" in analyse(project, "pruning", fraction=0.2)["no_trial"]


@pytest.fixture
def picked(workspace, told, finish):
    workspace.request_selection(told.id, budget=9)
    finish(told)
    return told


def test_groups_are_answered_by_the_picks(analyse, picked):
    table = analyse(picked, "groups", columns=["channel"])
    assert sorted(one["group"] for one in table["supply"]) == ["chat", "mail"]
    assert sum(one["picks"] for one in table["supply"]) == table["picks"] == 9
    accuracy = table["accuracy"]
    assert (table["tested_on"], accuracy["n"]) == ("the test items", 45)
    assert accuracy["worst"] in ("chat", "mail")
    assert accuracy["gap"] >= 0
    assert len(table["random"]["minima"]) == len(table["random"]["overalls"]) == 20
    assert set(table["random"]["change"]["groups"]) == {"chat", "mail"}


def test_crossed_groups_too_small_have_no_worst(analyse, picked):
    table = analyse(picked, "groups", columns=["channel", "gold"])
    assert table["accuracy"]["worst"] is None
    assert len(table["accuracy"]["small"]) == 6
    assert table["random"] is None


@pytest.mark.parametrize(
    ("columns", "words"),
    [(["colour"], "no column 'colour'"), ([], "No column was named"), (["hard"], "group of its own")],
)
def test_columns_that_cannot_group_are_refused(analyse, picked, columns, words):
    assert words in analyse(picked, "groups", columns=columns)


def test_groups_before_picks_and_before_labels(workspace, analyse, told, project, finish):
    assert "No texts have been picked" in analyse(told, "groups", columns=["channel"])
    plain = workspace.create_project("Plain")
    data = make_dataset([f"p{i}" for i in range(60)], _texts(60, 3), {"channel": ["a", "b"] * 30})
    workspace.import_dataset(plain.id, data, role="pool", name="p")
    workspace.request_selection(plain.id, budget=6)
    finish(plain)
    table = analyse(plain, "groups", columns=["channel"])
    assert table["accuracy"] is None
    assert "None of the picks has a label" in table["no_accuracy"]
    assert len(table["supply"]) == 2
