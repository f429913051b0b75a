"""Commands on files and projects: the same answers as the functions, one clear line on a bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import votek
from votek.duplicates import find_copies

ROOT = Path(__file__).resolve().parents[2]
MODEL = "votek-hash"
ROWS = [f"{i},A question about {word} number {i % 17}" for i, word in enumerate(["cards", "cash", "loans", "tax"] * 15)]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "questions.csv"
    path.write_text("\n".join(["id,text", *ROWS]) + "\n", "utf-8")
    return path


@pytest.fixture
def run(tmp_path):
    environment = {**os.environ, "VOTEK_DATA": str(tmp_path / "data"), "VOTEK_MODEL": MODEL}

    def call(*arguments, code=0, **more):
        command = [sys.executable, "-m", "votek.cli", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env={**environment, **more}, capture_output=True, text=True)
        assert done.returncode == code, done.stderr + done.stdout
        return done

    return call


def test_select_gives_the_picks_of_the_function(run, table, tmp_path):
    out = tmp_path / "picks.jsonl"
    done = run("select", table, "--id", "id", "--budget", 7, "--model", MODEL, "--out", out, "--json")
    dataset = votek.read_dataset(table, id="id")
    vectors = votek.embed(dataset.texts, model=MODEL)
    selection = votek.select(vectors, budget=7, copies=find_copies(dataset.texts, vectors.vectors, threshold=0.95))
    wanted = [
        {"rank": rank, "index": row, "id": dataset.ids[row], "text": dataset.texts[row], "gain": gain}
        for rank, (row, gain) in enumerate(zip(selection.indices.tolist(), selection.gains.tolist(), strict=True), 1)
    ]
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == wanted
    told = json.loads(done.stdout)
    assert (told["picks"], told["loaded"], told["refused"]) == (7, 60, 0)


def test_embed_writes_vectors_without_pickle(run, table, tmp_path):
    run("embed", table, "--model", MODEL, "--out", tmp_path / "vectors.npy")
    vectors = np.load(tmp_path / "vectors.npy", allow_pickle=False)
    assert vectors.shape[0] == 60
    assert vectors.dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--budget", "0"], "budget"),
        (["--budget", "-3"], "budget"),
        (["--budget", "5000"], "5000"),
        (["--budget", "5", "--method", "magic"], "one of: auto, "),
        (["--budget", "5", "--k", "many"], "auto, paper"),
        (["--budget", "5", "--text", "question"], "question"),
        (["--budget", "5", "--encoding", "klingon"], "klingon"),
    ],
    ids=["budget 0", "negative budget", "budget above N", "unknown method", "k in words", "no such column", "encoding"],
)
def test_a_bad_input_is_one_clear_line(run, table, tmp_path, arguments, words):
    out = tmp_path / "picks.jsonl"
    done = run("select", table, "--model", MODEL, "--out", out, *arguments, code=2)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("votek: ")
    assert words in lines[0]
    assert not out.exists()


def test_a_missing_file_is_named(run, tmp_path):
    done = run("select", tmp_path / "absent.csv", "--budget", 3, "--out", tmp_path / "x", code=2)
    assert "absent.csv" in done.stderr


def test_an_unwritable_result_is_a_clear_error(run, table, tmp_path):
    done = run("select", table, "--budget", 3, "--model", MODEL, "--out", tmp_path / "no" / "folder" / "x", code=2)
    assert "--out" in done.stderr


def test_a_project_is_filled_and_listed(run, table):
    told = json.loads(run("import", table, "--project", "Mine", "--id", "id", "--json").stdout)
    assert (told["loaded"], told["refused"]) == (60, [])
    listed = json.loads(run("projects", "--json").stdout)["projects"]
    assert [(one["name"], one["texts"]) for one in listed] == [("Mine", 60)]
    assert "There are: 'Mine'" in run("export", "Yours", "--format", "labelled-jsonl", "--out", "x", code=2).stderr


def test_settings_are_shown_without_what_is_secret(run):
    shown = run(
        "settings",
        VOTEK_SECRET="PLANTED-key-of-tokens",
        VOTEK_METRICS_TOKEN="PLANTED-token",
        VOTEK_DATABASE_URL="postgresql://votek:PLANTED@db.example.org/votek",
    ).stdout
    assert "PLANTED" not in shown
    assert "VOTEK_METRICS_TOKEN=set" in shown
    assert "votek:***@db.example.org" in shown


def test_methods_formats_and_settings_can_be_listed(run):
    assert set(json.loads(run("methods", "--json").stdout)) == set(votek.methods())
    assert "labelled-csv" in json.loads(run("formats", "--json").stdout)
    assert json.loads(run("settings", "--json").stdout)["VOTEK_PORT"]["value"] == "8501"


def test_labels_go_out_with_a_manifest_beside(run, tmp_path):
    source = tmp_path / "labelled.csv"
    source.write_text("text,topic\nWhere is my card?,card\nI want a loan,loan\nHello there,\n", "utf-8")
    run("import", source, "--project", "Mine", "--label", "topic")
    out = tmp_path / "set.jsonl"
    run("export", "Mine", "--format", "labelled-jsonl", "--out", out)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(row["text"], row["label"]) for row in rows] == [("Where is my card?", "card"), ("I want a loan", "loan")]
    manifest = json.loads((tmp_path / "set.manifest.json").read_text("utf-8"))
    assert manifest["export"]["format"] == "labelled-jsonl"
