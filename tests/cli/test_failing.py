"""`votek difficulty`, `prune` and `groups`: the numbers of the functions, files that read back, plain errors."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

import votek
from votek.cli import app, difficulty, grouping, pruning  # noqa: F401  (each adds its commands)
from votek.errors import FileError, InputError
from votek.evaluation import error_consistency, wilson

HASH = ("--id", "id", "--model", "votek-hash")
TOPICS = ("parcel late", "refund money", "card blocked")


@pytest.fixture
def call():
    """`call("difficulty", …)`: the JSON printed; what goes wrong is raised."""

    def run(*arguments):
        done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


@pytest.fixture
def table(tmp_path):
    """60 texts of three topics, with channel, an answer that is right in mail only, and a score."""
    rng = np.random.default_rng(1)
    path = tmp_path / "desk.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label", "channel", "answer", "better", "el2n"])
        for i in range(60):
            words = " ".join(rng.choice(["please", "now", "again", "today", "why", "how"], 3))
            topic, channel = TOPICS[i % 3], ("mail", "chat")[i % 2]
            answer = topic if channel == "mail" else "none"
            writer.writerow([f"q{i}", f"{topic} {words} {i}", topic, channel, answer, topic, i / 60])
    return path


@pytest.fixture
def predictions(tmp_path):
    path = tmp_path / "predictions.csv"
    lines = [f"q{i},{'a' if i else 'x'},{'a' if i else 'x'},{'a' if i % 2 else 'x'},a" for i in range(40)]
    path.write_text("\n".join(["id,m1,m2,m3,gold", *lines]))
    return path


def test_difficulty(call, predictions, tmp_path):
    found = call("difficulty", predictions, "--gold", "gold", "--out", tmp_path / "ids.txt")
    assert [one["count"] for one in found["classes"]] == [20, 1, 19]
    assert found["impossible"] == ["q0"] == (tmp_path / "ids.txt").read_text().split()
    right = np.arange(40) > 0
    direct = error_consistency(right, np.arange(40) % 2 > 0)
    assert found["pairs"][1]["kappa"] == direct.kappa
    assert (found["pairs"][1]["low"], found["pairs"][1]["high"]) == (direct.low, direct.high)


def test_difficulty_with_right_answers_of_another_file(call, predictions, tmp_path):
    other = tmp_path / "gold.jsonl"
    other.write_text("\n".join(json.dumps({"id": f"q{i}", "label": "x"}) for i in range(40)))
    models = ("--model", "m1", "--model", "m2", "--model", "m3")
    found = call("difficulty", predictions, *models, "--gold-file", other)
    assert [one["count"] for one in found["classes"]] == [1, 20, 19]
    other.write_text('{"id": "q1", "label": "x"}\n')
    with pytest.raises(InputError, match="39 of 40 ids"):
        call("difficulty", predictions, *models, "--gold-file", other)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "no right answers"),
        (("--gold", "gold", "--model", "m1", "--model", "m2"), "at least 3"),
        (("--gold", "truth"), "no column 'truth'"),
    ],
)
def test_difficulty_says_what_is_missing(call, predictions, options, words):
    with pytest.raises((InputError, FileError), match=words):
        call("difficulty", predictions, *options)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_kept_texts_read_back(call, table, tmp_path, ending):
    out = tmp_path / f"kept.{ending}"
    found = call("prune", table, *HASH, "--label", "label", "--fraction", 0.4, "--out", out)
    whole, back = votek.read_dataset(table, id="id"), votek.read_dataset(out, id="id")
    assert found["kept"] == len(back) == 24
    assert list(back.ids) == found["ids"]
    text_of = dict(zip(whole.ids, whole.texts, strict=True))
    assert [text_of[item] for item in back.ids] == list(back.texts)
    assert [row["way"] for row in found["trial"]["rows"]] == ["all", "easy", "hard", "random"]


def test_pruning_by_scores_without_labels(call, table, tmp_path):
    out = tmp_path / "kept.csv"
    found = call("prune", table, *HASH, "--scores", "el2n", "--keep", "easy", "--out", out)
    assert found["ids"] == [f"q{i}" for i in range(30)]
    assert "No text has a label" in found["no_trial"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--out", "kept.txt"), r"\.csv or \.jsonl"),
        (("--out", "k.csv", "--keep", "odd"), "easy, hard, random"),
        (("--out", "k.csv", "--label", "topic"), "no column 'topic'"),
        (("--out", "k.csv", "--scores", "channel"), "'channel' is 'mail'"),
        (("--out", "k.csv", "--fraction", "0"), "above 0"),
    ],
)
def test_pruning_refuses(call, table, options, words):
    with pytest.raises(InputError, match=words):
        call("prune", table, *HASH, *options)


def test_groups_by_answers_of_a_model(call, table):
    found = call("groups", table, "--group", "channel", "--prediction", "answer", "--against", "better")
    assert [(one["group"], one["right"]) for one in found["groups"]] == [("chat", 0), ("mail", 30)]
    assert found["worst"] == "chat"
    assert found["groups"][0]["accuracy"] == vars(wilson(0, 30, groups=2))
    assert found["gap"] == 0.5
    assert found["change"]["minimum"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_groups_by_a_pool_of_picks(call, table, tmp_path):
    picks = tmp_path / "picks.jsonl"
    picks.write_text("\n".join(json.dumps({"id": f"q{i}"}) for i in range(12)))
    found = call("groups", table, *HASH, "--group", "channel", "--picks", picks)
    assert found["n"] == 48
    assert {one["group"] for one in found["groups"]} == {"chat", "mail"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Give --group"),
        (("--group", "channel"), "either --prediction"),
        (("--group", "colour", "--prediction", "answer"), "no column 'colour'"),
        (("--group", "id", "--prediction", "answer"), "group of its own"),
        (("--group", "channel", "--prediction", "answer", "--label", "truth"), "no column 'truth'"),
    ],
)
def test_groups_say_what_is_missing(call, table, options, words):
    with pytest.raises(InputError, match=words):
        call("groups", table, *options)
