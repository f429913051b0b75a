"""`votek compare`: the same numbers as the analysis of a project."""

import csv
import json

import pytest
from typer.testing import CliRunner

from votek.cli import app, comparing, files  # noqa: F401  (each adds its commands)
from votek.errors import InputError
from votek.jobs.compare_methods import comparable
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "texts.csv"
    rows = [f"parcel {i} is {'late' if i % 3 else 'lost'} in {'town' if i % 2 else 'port'},t{i % 5}" for i in range(90)]
    path.write_text("\n".join(["text,topic", *rows]), "utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["compare", *map(str, arguments), "--model", "votek-hash"], catch_exceptions=False)


def test_the_numbers_are_those_of_the_project(file, tmp_path):
    from votek.datasets import read_dataset

    done = run(file, "--budget", 9, "--methods", "fast-vote-k,random", "--group", "topic", "--seed", 4, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    space = Workspace.open(Settings(data=tmp_path / "data", model="votek-hash"))
    project = space.create_project("P")
    space.import_dataset(project.id, read_dataset(file), role="pool", name="texts.csv")
    options = {"methods": ["fast-vote-k", "random"], "budget": 9, "groups": ["topic"], "seed": 4}
    job = finish_job(space, space.request_analysis(project.id, "compare-methods", options))
    assert job.state == "done", job.message
    table = space.analysis(project.id, "compare-methods")[1]
    space.close()
    for one, other in zip(told["methods"], table["methods"], strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}
    assert told["jaccard"] == table["jaccard"]


def test_all_that_need_no_model_when_none_are_named_and_a_table_to_keep(file, tmp_path):
    out = tmp_path / "table.csv"
    done = run(file, "--budget", 5, "--out", out)
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["name"] for row in rows] == comparable()
    assert all(row["picks"] == "5" and row[f"shared with {row['name']}"] == "5" for row in rows)
    assert all(name in done.stdout for name in comparable())


def test_a_method_that_asks_a_model_is_refused(file):
    with pytest.raises(InputError, match="asks a model that has seen labels"):
        run(file, "--budget", 5, "--methods", "random,vote-k")
