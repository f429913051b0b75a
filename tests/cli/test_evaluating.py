"""`votek evaluate`: the numbers of the functions and of the page, and one clear line on what cannot be used."""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from votek import pipeline, read_dataset
from votek.cli import app, evaluating  # noqa: F401  (it adds its command)
from votek.errors import InputError, NotFoundError
from votek.evaluation import LabelledItems, against_random, pool_health
from votek.jobs.inline import finish_job
from votek.workspace import Workspace

MODEL = "votek-hash"
TOPICS = ["cards", "cash", "loans", "tax"]


def _rows(n, seed):
    rng = np.random.default_rng(seed)
    for i in range(n):
        topic = TOPICS[int(rng.integers(4))]
        words = " ".join(rng.choice(["how", "why", "when", "today", "again", "never", "fee", "late"], size=4))
        yield {"id": f"q{i}", "text": f"{topic} {words} number {i}", "topic": topic, "source": f"s{i % 2}"}


def _written(path, rows):
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def table(tmp_path):
    return _written(tmp_path / "pool.csv", _rows(100, 0))


@pytest.fixture
def tests(tmp_path):
    return _written(tmp_path / "tests.csv", _rows(40, 1))


@pytest.fixture
def picks(tmp_path, table):
    dataset = read_dataset(table, id="id")
    rows = pipeline.choose(pipeline.prepare(dataset.texts, model=MODEL), budget=8).indices.tolist()
    path = tmp_path / "picks.jsonl"
    path.write_text("".join(json.dumps({"id": dataset.ids[row]}) + "\n" for row in rows))
    return path, rows


@pytest.fixture
def evaluate(monkeypatch, tmp_path):
    """`evaluate(*arguments)`: what is printed; what goes wrong is raised."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", MODEL)

    def run(*arguments):
        done = CliRunner().invoke(app, ["evaluate", *map(str, arguments)], catch_exceptions=True)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_file_gives_the_numbers_of_the_functions(evaluate, table, tests, picks):
    file, rows = picks
    options = ["--id", "id", "--label", "topic", "--model", MODEL, "--seed", "3", "--group", "source"]
    values = json.loads(evaluate(table, "--picks", file, "--test", tests, *options, "--methods", "random", "--json"))
    pool, asked = read_dataset(table, id="id"), read_dataset(tests, id="id")
    prepared = pipeline.prepare(pool.texts, model=MODEL)
    vectors, _ = pipeline.embed_texts(asked.texts, model=MODEL)
    direct = against_random(
        prepared.embeddings,
        pool.fields["topic"].tolist(),
        rows,
        tests=LabelledItems(vectors, asked.fields["topic"].tolist()),
        others={"random": pipeline.choose(prepared, budget=8, method="random", seed=3).indices.tolist()},
        copies=prepared.copies,
        probe=True,
        seed=3,
    )
    expected = json.loads(json.dumps(direct.to_json()))
    assert {name: values["against"][name] for name in expected} == expected
    health = pool_health(prepared.embeddings, rows, copies=prepared.copies, seed=3)
    assert values["health"]["measures"][0] == json.loads(json.dumps(health.to_json()))["measures"][0]
    assert [group["group"] for group in values["health"]["groups"]]


def test_a_project_gives_the_numbers_of_the_page(evaluate, table, tests):
    space = Workspace.open()
    project = space.create_project("Bank")
    space.import_dataset(project.id, read_dataset(table, id="id"), role="pool", name="p.csv", columns={"topic": "gold"})
    space.import_dataset(project.id, read_dataset(tests, id="id"), role="test", name="t.csv", columns={"topic": "gold"})
    assert finish_job(space, space.request_selection(project.id, budget=8)).state == "done"
    values = json.loads(evaluate("Bank", "--json", "--in-context", "--items", "10"))
    for name, analysis in (("against", "against-random"), ("health", "health"), ("in_context", "in-context")):
        assert values[name] == json.loads(json.dumps(space.analysis(project.id, analysis)[1]))
    assert values["in_context"]["n"] == 10
    shown = evaluate(project.id, "--dry-run")
    assert values["against"]["sentence"] in shown
    assert "Asking would take 0 calls" in shown
    space.close()


def test_without_labels_the_health_alone_is_told(evaluate, table, picks):
    values = json.loads(evaluate(table, "--id", "id", "--picks", picks[0], "--model", MODEL, "--json"))
    assert values["against"] is None
    assert values["health"]["size"] == 8
    shown = evaluate(table, "--id", "id", "--picks", picks[0], "--model", MODEL)
    assert shown.splitlines()[0] == values["health"]["sentence"]


def test_without_a_test_file_texts_are_held_out(evaluate, table, picks):
    options = ["--id", "id", "--picks", picks[0], "--label", "topic", "--model", MODEL, "--json"]
    values = json.loads(evaluate(table, *options))
    assert values["against"]["held_out"] is True
    assert values["against"]["n"] == 46


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["nowhere"], NotFoundError, "There is no project 'nowhere'"),
        (["nowhere", "--label", "topic"], InputError, "There is no file 'nowhere'"),
        (["TABLE"], InputError, "Give --picks FILE"),
        (["TABLE", "--in-context"], InputError, "asked for a project"),
        (["TABLE", "--picks", "PICKS", "--label", "moon"], InputError, "there is no column 'moon'"),
        (["TABLE", "--picks", "PICKS", "--group", "moon"], InputError, "there is no column 'moon'"),
        (["TABLE", "--picks", "PICKS", "--label", "topic", "--methods", "magic"], InputError, "'magic'"),
        (["TABLE", "--picks", "PICKS", "--label", "topic", "--nearest", "0"], InputError, "at least 1"),
    ],
)
def test_what_cannot_be_used_is_said(evaluate, table, picks, arguments, error, said):
    given = [{"TABLE": str(table), "PICKS": str(picks[0])}.get(one, one) for one in arguments]
    options = ["--id", "id", "--model", MODEL] if "TABLE" in arguments else []
    with pytest.raises(error, match=said):
        evaluate(*given, *options)
