"""Files to take away: grouped, prepared at a click, the same bytes as elsewhere, and refusals that are said."""

import datetime as dt
import io
import zipfile
from dataclasses import replace

import pytest
import streamlit as st

from ui.frame import escape
from ui.prompts_page_exports import EVERYTHING, file_name
from votek.cli.exporting import export as command
from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.exports import GROUPS, catalogue, formats
from votek.workspace import NewEvent, Workspace

PAGE = "pages/6_Prompts.py"
MOMENT = dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC)


@pytest.fixture
def project(space, texts_of, compare_texts, tmp_path):
    """Twelve labelled texts of twenty, one of them awkward, and two test items of which one has a right answer."""
    made = space.create_project(
        "Shop", task=TaskSpec("single", tuple(LabelSpec(n, "#000000") for n in ("late", "lost")))
    )
    rows = [f'{i},"{text}"' for i, text in enumerate(["=1+1 {late} $5", *texts_of(19)])]
    (tmp_path / "texts.csv").write_text("\n".join(["id,text", *rows]))
    (tmp_path / "tests.csv").write_text('id,text,truth\nq1,"My {parcel} is *late*",RIGHT\nq2,Account lost?,')
    for role, uses in (("pool", {}), ("test", {"truth": "gold"})):
        dataset = read_dataset(tmp_path / f"{'texts' if role == 'pool' else 'tests'}.csv", text="text", id="id")
        space.import_dataset(made.id, dataset, role=role, name="a.csv", columns=uses)
    compare_texts(space, made.id)
    space.add_to_queue(made.id, range(12))
    events = [NewEvent(f"e{i}", str(i), "label", ("late", "lost")[i % 2], 1, 1) for i in range(12)]
    assert all(ack.accepted for ack in space.record_events(made.id, "local", events))
    return made


@pytest.fixture
def offered(monkeypatch):
    """Key of each download button that was drawn -> the bytes behind it."""
    found = {}
    draw = st.download_button

    def drawn(label, data, **more):
        found[more["key"]] = data
        return draw(label, data, **more)

    monkeypatch.setattr(st, "download_button", drawn)
    return found


@pytest.fixture
def take_away(open_at, project):
    """`take_away(group)`: the page with this group of files open."""
    at = open_at(PAGE, project.id)
    at.segmented_control(f"{project.id}-prompts-section").set_value("Take away").run()

    def opened(group):
        at.segmented_control(f"{project.id}-export-group").set_value(group).run()
        assert not at.exception
        return at

    return opened


def prepare(at, name):
    at.button(f"prepare-{name}").click().run()
    assert not at.exception
    return at


def words(at):
    return " ".join(one.value for one in (*at.markdown, *at.caption, *at.error, *at.warning, *at.code))


def test_page_python_and_command_line_give_the_same_bytes(space, project, take_away, offered, monkeypatch, tmp_path):
    monkeypatch.setattr("votek.workspace.prompting.now", lambda: MOMENT)
    for title in (*GROUPS.values(), EVERYTHING):
        at = take_away(title)
        for name in [one.name for one in catalogue() if GROUPS[one.group] == title] or ["all"]:
            prepare(at, name)
            file, manifest = space.export_files(project.id, name, name=file_name("Shop", name))
            assert offered[f"download-{name}"] == file.content
            assert offered[f"manifest-{name}"] == manifest.content
            out = tmp_path / f"{name}.zip"
            command("Shop", name, out)
            assert out.read_bytes() == file.content
    assert {f"download-{name}" for name in formats()} <= set(offered)


def test_each_file_says_what_it_is_its_order_and_how_to_load_it(take_away):
    for group, title in GROUPS.items():
        at = take_away(title)
        there = [format for format in catalogue() if format.group == group]
        assert [button.key for button in at.button if str(button.key).startswith("prepare-")] == [
            f"prepare-{format.name}" for format in there
        ]
        assert [code.value for code in at.code] == [format.load for format in there]
        assert words(at).count(escape("Order: ")) == len(there)


@pytest.fixture
def spoilt(monkeypatch):
    """The first text holds a carriage return, which a workbook cannot hold."""
    material = Workspace._material

    def changed(self, project_id):
        found = material(self, project_id)
        rows = [replace(row, text="a\rb") if row.row == 0 else row for row in found.labelled]
        return replace(found, labelled=tuple(rows))

    monkeypatch.setattr(Workspace, "_material", changed)


def test_what_cannot_be_written_is_said_in_its_place(take_away, offered, spoilt):
    at = prepare(take_away("What people said"), "labelled-xlsx")
    assert "An Excel workbook cannot hold" in at.error[0].value
    assert "row 0 ('0'), column 'text': a carriage return" in words(at)
    assert "download-labelled-xlsx" not in offered
    assert at.button("prepare-labelled-xlsx")  # to try again once it is mended
    at = prepare(take_away(EVERYTHING), "all")
    assert escape("labelled-xlsx is not in it") in at.warning[0].value
    assert "left-out.txt" in zipfile.ZipFile(io.BytesIO(offered["download-all"])).namelist()


def test_right_answers_are_offered_only_where_there_are_any(space, project, take_away, offered, tmp_path):
    holding = next(format.name for format in catalogue() if format.answers and format.needs == "prompts")
    at = take_away("Prompts")
    assert b"RIGHT" not in offered_by(prepare(at, holding), offered, holding)
    at.checkbox(f"{project.id}-export-answers").check().run()
    assert at.button(f"prepare-{holding}")  # what was prepared is not what is asked for now
    assert b"RIGHT" in offered_by(prepare(at, holding), offered, holding)
    assert "With the right answers of 1 test items" in words(at)
    assert not [box for box in take_away("What people said").checkbox if "right answers" in box.label]


def offered_by(at, offered, name):
    content = offered[f"download-{name}"]
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    archive = zipfile.ZipFile(io.BytesIO(content))
    return b"".join(archive.read(member) for member in archive.namelist())


def test_the_guard_is_on_until_it_is_taken_off(project, take_away, offered):
    at = prepare(take_away("What people said"), "labelled-csv")
    assert b'"\'=1+1 {late} $5"' in offered["download-labelled-csv"]
    at.checkbox(f"{project.id}-export-guard").uncheck().run()
    prepare(at, "labelled-csv")
    assert b'"=1+1 {late} $5"' in offered["download-labelled-csv"]


def test_a_file_of_other_labels_is_not_offered_any_more(space, project, take_away):
    at = prepare(take_away("What people said"), "labelled-jsonl")
    assert not [button for button in at.button if button.key == "prepare-labelled-jsonl"]
    assert space.record_events(project.id, "local", [NewEvent("new", "1", "label", "late", 1, 1)])[0].accepted
    at.run()
    assert at.button("prepare-labelled-jsonl")


def test_file_names_say_what_is_inside_and_differ():
    names = [file_name("My shop / desk", name) for name in formats()]
    assert len(set(names)) == len(names)
    assert all(name.startswith("My-shop-desk-") and "/" not in name for name in names)
