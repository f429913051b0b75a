"""`votek project`, `task`, `queue`, `map`, `settle`, `history`, `model`, `suggestions`: what pages do, without one."""

import json

import pytest
from typer.testing import CliRunner

from votek.cli import app, managing, modelling, queueing, reviewing, suggestions  # noqa: F401  (they add commands)
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import InputError, NotFoundError
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

LABELS = (LabelSpec("late", "#0072B2"), LabelSpec("lost", "#E69F00"))


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", "votek-hash")
    opened = Workspace.open(Settings())
    yield opened
    opened.close()


@pytest.fixture
def project(space):
    """Sixty texts, twelve of them picked."""
    made = space.create_project("Mail", task=TaskSpec("single", LABELS))
    texts = [f"text {place} on w{place % 7} and w{place % 5}" for place in range(60)]
    data = make_dataset([f"a{place}" for place in range(60)], texts, {})
    space.import_dataset(made.id, data, role="pool", name="file.csv")
    assert finish_job(space, space.request_selection(made.id, budget=12)).state == "done"
    return made


def run(*arguments, **options):
    result = CliRunner().invoke(app, [*map(str, arguments)], **options)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def run_json(*arguments):
    return json.loads(run(*arguments, "--json"))


def label(space, project, who, item, value):
    (ack,) = space.record_events(project.id, who, [NewEvent(f"{who} {item} {value}", item, "label", value, 1, 1)])
    assert ack.accepted, ack.reason


def test_a_project_is_renamed_put_away_and_deleted(space, project):
    assert "60 texts, 0 test items, 0 of 12 labelled" in run("project", "Mail")
    assert run_json("project", "Mail", "--rename", "Post")["name"] == "Post"
    assert run_json("project", "Post", "--archive")["archived"] is True
    assert [one.project.name for one in space.projects()] == []
    assert run_json("project", "Post", "--unarchive")["archived"] is False
    with pytest.raises(InputError, match="stands alone"):
        run("project", "Post", "--delete", "--archive")
    with pytest.raises(InputError, match="Nothing was deleted"):
        run("project", "Post", "--delete", input="n\n")
    assert [one.project.id for one in space.projects()] == [project.id]
    asked = CliRunner().invoke(app, ["project", "Post", "--delete", "--json"], input="n\n")
    assert ("undone" in asked.stdout, "undone" in asked.stderr) == (False, True)
    assert run_json("project", "Post", "--delete", "--yes")["deleted"] is True
    assert space.projects(archived=True) == []


def test_the_task_is_shown_and_changed(space, project, tmp_path):
    label(space, project, "local", space.queue(project.id)[0].item, "late")
    words = tmp_path / "guide.md"
    words.write_text("Read *all* of it.\n", "utf-8")
    shown = run_json("task", "Mail", "--label", "late=After the day promised", "--label", "lost", "--label", "torn",
                     "--guidelines", words)  # fmt: skip
    assert [(one["name"], one["definition"], one["key"]) for one in shown["labels"]] == [
        ("late", "After the day promised", "1"), ("lost", "", "2"), ("torn", "", "3"),
    ]  # fmt: skip
    assert [one["color"] for one in shown["labels"][:2]] == ["#0072B2", "#E69F00"]
    assert (shown["version"], shown["guidelines"]) == (2, "Read *all* of it.\n")
    assert run_json("task", "Mail", "--label", "late", "--label", "lost")["labels"][0]["definition"] != ""
    with pytest.raises(InputError, match="late"):
        run("task", "Mail", "--label", "lost")
    with pytest.raises(InputError, match="single, multi, text"):
        run("task", "Mail", "--type", "pairs")
    words.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        run("task", "Mail", "--guidelines", words)


def test_the_queue_is_listed_and_steered(space, project):
    shown = run_json("queue", "Mail")
    assert [row["id"] for row in shown["queue"]] == [item.item for item in space.queue(project.id)]
    free = next(f"a{at}" for at in range(60) if f"a{at}" not in {row["id"] for row in shown["queue"]})
    added = run_json("queue", "Mail", "--add", free)
    assert (added["changed"], added["queue"][-1]["id"], added["queue"][-1]["origin"]) == (1, free, "added")
    out = shown["queue"][2]["id"]
    assert run_json("queue", "Mail", "--exclude", out)["excluded"] == [out]
    assert run_json("queue", "Mail", "--include", out)["excluded"] == []
    label(space, project, "local", free, "lost")
    assert "  x  " + free in run("queue", "Mail")
    with pytest.raises(NotFoundError, match="'b7'"):
        run("queue", "Mail", "--add", "b7")


def test_the_map_is_written(space, project, tmp_path):
    out = tmp_path / "map.jsonl"
    told = run_json("map", "Mail", "--method", "pca", "--out", out)
    assert (told["texts"], told["method"]) == (60, "pca")
    points = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    wanted = space.projection(project.id, "pca").xy.tolist()
    assert [[point["x"], point["y"]] for point in points] == wanted
    assert {point["id"]: point["rank"] for point in points if point["rank"]} == {
        item.item: item.rank for item in space.queue(project.id)
    }
    with pytest.raises(InputError, match="umap or pca"):
        run("map", "Mail", "--method", "tsne", "--out", out)


def test_a_disagreement_is_settled_and_the_history_tells(space, project):
    item = space.queue(project.id)[0].item
    label(space, project, "ann", item, "late")
    label(space, project, "bob", item, "lost")
    (row,) = run_json("settle", "Mail")["to_settle"]
    assert (row["id"], sorted(row["voices"])) == (item, [["ann", "late"], ["bob", "lost"]])
    with pytest.raises(InputError, match="--none-fits"):
        run("settle", "Mail", item)
    with pytest.raises(InputError, match="takes one"):
        run("settle", "Mail", item, "--label", "late", "--label", "lost")
    assert run_json("settle", "Mail", item, "--label", "lost", "--why", "no scan since May")["to_settle"] == []
    assert space.labels(project.id)[item].value == "lost"
    kinds = [row["kind"] for row in run_json("history", "Mail", "--item", item)["history"]]
    assert kinds == ["label", "label", "adjudicate"]
    assert run_json("history", "Mail", "--item", "a59")["history"] == []
    assert "Nothing was done yet" in run("history", "Mail", "--audit")


def test_the_model_is_chosen_and_suggestions_are_switched(space, project):
    assert run_json("model", "Mail")["tier"] == "knn"
    chosen = run_json("model", "Mail", "--tier", "openai", "--name", "small", "--url", "http://127.0.0.1:9/v1",
                      "--way", "letters")  # fmt: skip
    assert (chosen["tier"], chosen["model"], chosen["way"]) == ("openai", "small", "letters")
    assert space.model_settings(project.id).base_url == "http://127.0.0.1:9/v1"
    with pytest.raises(InputError, match="choose one of"):
        run("model", "Mail", "--tier", "magic")
    assert run_json("suggestions", "Mail", "--on", "--blind-share", "0.5")["settings"]["blind_share"] == 0.5
    assert space.project(project.id).suggestions.on is True
    assert run_json("suggestions", "Mail", "--off")["settings"]["on"] is False
