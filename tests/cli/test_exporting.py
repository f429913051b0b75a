"""`votek export` and `votek formats`: files, folders, what goes in when asked, and clear refusals."""

import csv
import json
import zipfile

import pytest
from typer.testing import CliRunner

from votek.cli import load_commands
from votek.errors import VotekError
from votek.exports import catalogue, formats
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

MODEL = "votek-hash"


@pytest.fixture
def space(tmp_path, monkeypatch):
    """The workspace that the commands open, with the project "Mine": nine texts, of which five are labelled."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", MODEL)
    monkeypatch.delenv("VOTEK_DATABASE_URL", raising=False)
    texts, tests = tmp_path / "texts.csv", tmp_path / "tests.csv"
    rows = ["=1+1 late", "My parcel is lost", "Refund please", "card\rblocked", "Where is it", "a", "b", "c", "d"]
    with texts.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *enumerate(rows)])
    tests.write_text("id,text,truth\nq1,My order is late,RIGHT\nq2,Card gone,\n", "utf-8")
    opened = Workspace.open(Settings())
    yield opened
    opened.close()


@pytest.fixture
def run(space):
    """`run("formats")` -> what is printed; `fails=True` -> the message instead."""

    def call(*arguments, fails=False):
        done = CliRunner().invoke(load_commands(), [str(one) for one in arguments])
        if fails:
            assert isinstance(done.exception, VotekError), done.output
            return str(done.exception)
        assert done.exception is None, done.output
        return done.stdout

    return call


@pytest.fixture
def project(space, run, tmp_path, monkeypatch):
    monkeypatch.setattr("votek.projection.project_2d", lambda graph, vectors, **_: _flat(vectors))
    run("import", tmp_path / "texts.csv", "--project", "Mine", "--id", "id", "--text", "text")
    run("import", tmp_path / "tests.csv", "--project", "Mine", "--id", "id", "--role", "test", "--gold", "truth")
    (project,) = (one.project for one in space.projects())
    job = finish_job(space, space.request_preparation(project.id))
    assert job.state == "done", job.message
    space.set_task(project.id, _task())
    space.add_to_queue(project.id, range(5))
    version = space.project(project.id).task.version
    events = [NewEvent(f"e{i}", str(i), "label", "ab"[i % 2], version, 1) for i in range(5)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))
    return project


def _task():
    from votek.datatypes import LabelSpec, TaskSpec

    return TaskSpec("single", (LabelSpec("a", "#000000"), LabelSpec("b", "#111111")))


def _flat(vectors):
    from votek.datatypes import Projection
    from votek.projection.pca import pca_2d

    return Projection(pca_2d(vectors), "pca", {})


def test_a_file_goes_out_with_its_manifest(run, project, tmp_path):
    out = tmp_path / "mine.csv"
    told = json.loads(run("export", "Mine", "--format", "labelled-csv", "--out", out, "--json"))
    assert told["out"] == str(out)
    assert (told["formula_guard"], told["answers"], told["unpacked"]) == (True, 0, False)
    manifest = json.loads((tmp_path / "mine.manifest.json").read_text("utf-8"))
    assert manifest["export"]["file"] == "mine.csv"
    assert manifest["export"]["sha256"] == told["sha256"]
    assert b'"\'=1+1 late"' in out.read_bytes()
    run("export", "Mine", "--format", "labelled-csv", "--out", out, "--no-formula-guard")
    assert b'"=1+1 late"' in out.read_bytes()
    assert json.loads((tmp_path / "mine.manifest.json").read_text("utf-8"))["export"]["formula_guard"] is False


def test_an_existing_folder_takes_the_file_under_its_usual_name(run, project, tmp_path):
    run("export", "Mine", "--format", "labelled-jsonl", "--out", tmp_path)
    assert len((tmp_path / "labelled.jsonl").read_text("utf-8").splitlines()) == 5
    assert (tmp_path / "labelled.manifest.json").is_file()


def test_what_is_a_folder_is_unpacked(run, project, tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    told = json.loads(run("export", "Mine", "--format", "labelled-datasets", "--out", out, "--json"))
    assert told["unpacked"] is True
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*.*")) == [
        "README.md",
        "data/train-00000-of-00001.parquet",
    ]
    packed = tmp_path / "mine.zip"
    run("export", "Mine", "--format", "labelled-datasets", "--out", packed)
    archive = zipfile.ZipFile(packed)
    assert {name: archive.read(name) for name in archive.namelist()} == {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.*")
    }
    for name in ("mine.manifest.json", "mine.zip.manifest.json"):  # the folder keeps its own
        beside = json.loads((tmp_path / name).read_text("utf-8"))
        assert name.startswith(beside["export"]["file"] + ".manifest")
    assert "is there already" in run("export", "Mine", "--format", "all", "--out", out, fails=True)
    left = {path.name for path in tmp_path.iterdir()}
    known = {"data", "texts.csv", "tests.csv", "mine", "mine.zip"}
    assert left == {*known, "mine.manifest.json", "mine.zip.manifest.json"}


def test_everything_in_a_folder_names_what_was_left_out(run, project, tmp_path):
    told = run("export", "Mine", "--format", "all", "--out", tmp_path / "all")
    assert "left out: labelled-xlsx: An Excel workbook cannot hold" in told
    there = {path.name for path in (tmp_path / "all").iterdir()}
    assert {format.file for format in catalogue()} - there == {"labelled.xlsx"}
    assert (tmp_path / "all.manifest.json").is_file()


def test_a_workbook_is_refused_by_row_and_nothing_is_left(run, project, tmp_path):
    said = run("export", "Mine", "--format", "labelled-xlsx", "--out", tmp_path / "x.xlsx", fails=True)
    assert "row 3 ('3'), column 'text': a carriage return" in said
    assert not list(tmp_path.glob("*x.*"))


def test_right_answers_go_out_when_they_are_asked_for(run, project, tmp_path):
    holding = [format.name for format in catalogue() if format.answers and format.needs == "prompts"]
    assert holding
    for name in holding:
        plain, told = tmp_path / f"{name}.zip", tmp_path / f"{name}-told.zip"
        run("export", "Mine", "--format", name, "--out", plain)
        values = json.loads(run("export", "Mine", "--format", name, "--out", told, "--answers", "--json"))
        assert values["answers"] == 1
        assert (b"RIGHT" in _content(plain), b"RIGHT" in _content(told)) == (False, True)
    assert "holds no right answers" in run(
        "export", "Mine", "--format", "labelled-csv", "--out", tmp_path / "x", "--answers", fails=True
    )


def test_test_items_loaded_later_need_no_worker(space, run, project, tmp_path):
    later = tmp_path / "later.csv"
    later.write_text("id,text\nq7,Is it still on its way?\nq8,Card gone\nq9,Refund?\n", "utf-8")
    run("import", later, "--project", "Mine", "--id", "id", "--text", "text", "--role", "test")
    assert space.embeddings(project.id, "test") is None
    run("export", "Mine", "--format", "prompts-jsonl", "--out", tmp_path / "prompts.jsonl")
    assert len((tmp_path / "prompts.jsonl").read_text("utf-8").splitlines()) == 3


def test_labels_that_came_with_the_file_make_prompts_without_a_worker(run, tmp_path, monkeypatch):
    monkeypatch.setattr("votek.projection.project_2d", lambda graph, vectors, **_: _flat(vectors))
    (tmp_path / "known.csv").write_text("text,label\none two,a\nthree four,b\nfive six,\nseven,\n", "utf-8")
    run("import", tmp_path / "known.csv", "--project", "Known", "--text", "text", "--label", "label")
    run("export", "Known", "--format", "prompts-jsonl", "--out", tmp_path / "prompts.jsonl")
    assert len((tmp_path / "prompts.jsonl").read_text("utf-8").splitlines()) == 2
    run("export", "Known", "--format", "pack", "--out", tmp_path / "pack.zip")


def test_every_format_comes_out_again_from_its_manifest(run, project, tmp_path):
    for format in ("all", "pack", "openai-chat-answered-jsonl"):
        made, again = tmp_path / "made.zip", tmp_path / "again.zip"
        run("export", "Mine", "--format", format, "--out", made)
        files = (tmp_path / "made.manifest.json", tmp_path / "texts.csv", "--tests", tmp_path / "tests.csv")
        told = run("reproduce", *files, "--format", format, "--out", again)
        assert told == "Identical.\n"
        assert again.read_bytes() == made.read_bytes()


def test_files_that_differ_in_their_ending_keep_a_manifest_each(run, project, tmp_path):
    def beside(name):
        return json.loads((tmp_path / name).read_text("utf-8"))["export"]["file"]

    for _ in range(2):
        run("export", "Mine", "--format", "labelled-csv", "--out", tmp_path)
        told = json.loads(run("export", "Mine", "--format", "labelled-jsonl", "--out", tmp_path, "--json"))
        assert beside("labelled.manifest.json") == "labelled.csv"
        assert told["manifest"] == str(tmp_path / "labelled.jsonl.manifest.json")
        assert beside("labelled.jsonl.manifest.json") == "labelled.jsonl"
    (tmp_path / "own.manifest.json").write_text("not ours", "utf-8")
    run("export", "Mine", "--format", "labelled-csv", "--out", tmp_path / "own.csv")
    assert (tmp_path / "own.manifest.json").read_text("utf-8") == "not ours"
    assert beside("own.csv.manifest.json") == "own.csv"
    (tmp_path / "labelled.csv").rename(tmp_path / "moved.csv")
    run("export", "Mine", "--format", "labelled-parquet", "--out", tmp_path)
    assert beside("labelled.manifest.json") == "labelled.parquet"  # that of a file which is gone gives way


def _content(path):
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    archive = zipfile.ZipFile(path)
    return b"".join(archive.read(name) for name in archive.namelist())


def test_a_format_that_is_not_there_and_a_place_that_cannot_be(run, project, tmp_path):
    assert "There is no export format 'xml'" in run("export", "Mine", "--format", "xml", "--out", "x", fails=True)
    for format in ("labelled-jsonl", "labelled-datasets"):
        out = tmp_path / "no" / "folder"
        assert "could not be written" in run("export", "Mine", "--format", format, "--out", out, fails=True)
    (tmp_path / "dir.zip").mkdir()
    assert "is a folder" in run("export", "Mine", "--format", "all", "--out", tmp_path / "dir.zip", fails=True)


def test_formats_are_listed_by_group_with_order_and_how_to_load(run):
    told = run("formats")
    places = [told.index(title) for title in ("What people said", "Prompts", "For libraries", "Everything")]
    assert places == sorted(places)
    for format in catalogue():
        assert format.name in told
        assert f"Order: {format.order}. File: {format.file}" in told
    assert json.loads(run("formats", "--json")) == formats()
    details = json.loads(run("formats", "--json", "--details"))
    assert details["labelled-csv"]["order"] == "pick order"
    assert set(details) == {format.name for format in catalogue()}
