"""The labelled set as a workbook and as a folder of data sets, loaded by the libraries that they are for."""

import dataclasses
import io
import json
import re
import warnings
import zipfile

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell import WriteOnlyCell

from votek.datatypes import TaskSpec
from votek.errors import InputError
from votek.exports import write
from votek.exports.labelled import TABLE
from votek.exports.labelled_xlsx import why_not
from votek.prompts import LabelledRow, in_pick_order

TEXTS = ("id", "text", "label", "field:city", "field:text")


def rows_of(texts):
    """A labelled row for each text, which is its label and a column of it too."""
    return [
        LabelledRow(f"id {at}", at, text, text, who="ann", fields={"text": text, "city": text}, rank=at + 1)
        for at, text in enumerate(texts)
    ]


def labels(row):
    return (row.value,) if isinstance(row.value, str) else (*row.value, json.dumps(row.value, ensure_ascii=False))


def workbook(rows, task=None):
    return write("labelled-xlsx", labelled=rows, task=task or TaskSpec("text")).content


def cells_of(content, **how):
    sheet = openpyxl.load_workbook(io.BytesIO(content), **how)["labelled"]
    return [list(row) for row in sheet.iter_rows()]


@pytest.fixture(scope="module")
def holdable(hostile):
    return [text for text in hostile if not why_not(text)]


def test_every_text_that_a_cell_holds_comes_back_from_openpyxl_and_pandas(holdable):
    content = workbook(rows_of(holdable))
    assert len(holdable) >= 200
    for how in ({}, {"read_only": True}):
        header, *rows = cells_of(content, **how)
        names = [cell.value for cell in header]
        assert names == [*TABLE, "field:text", "field:city"]
        for name in ("text", "label", "field:text", "field:city"):
            at = names.index(name)
            assert [row[at].value for row in rows] == holdable
            assert {row[at].data_type for row in rows} == {"s"}  # never a formula
    frame = pd.read_excel(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert frame["text"].tolist() == frame["label"].tolist() == frame["field:city"].tolist() == holdable
    assert frame["rank"].tolist() == [str(at + 1) for at in range(len(holdable))]


def test_what_a_cell_cannot_hold_is_refused_with_its_row(hostile):
    refused = [at for at, text in enumerate(hostile) if why_not(text)]
    assert len(refused) >= 20
    for at in refused:
        row = LabelledRow(f"id {at}", at, hostile[at], "a")
        with pytest.raises(InputError, match=rf"row {at} \('id {at}'\), column 'text': ") as said:
            workbook([LabelledRow("ok", 999, "fine", "a"), row])
        assert "'ok'" not in str(said.value)
    with pytest.raises(InputError, match=r"and \d+ more") as said:
        workbook(rows_of([hostile[at] for at in refused]))
    assert len(str(said.value)) < 3_000


def test_nothing_is_refused_without_need(hostile):
    """Each refused text fails in openpyxl, comes back changed, loses its carriage return in XML, or is Excel's own."""
    for text in filter(why_not, hostile):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("x")
        try:
            cell = WriteOnlyCell(sheet, text)
            cell.data_type = "s"
            sheet.append([cell])
            book.save(made := io.BytesIO())
            back = openpyxl.load_workbook(made)["x"]["A1"].value
        except (openpyxl.utils.exceptions.IllegalCharacterError, ValueError):
            continue
        units = len(text.encode("utf-16-le")) // 2
        assert back != text or units > 32_767 or "\r" in text or re.search("_x[0-9A-Fa-f]{4}_", text)


def test_labels_columns_and_ids_are_looked_at_too():
    task = TaskSpec("multi")
    with pytest.raises(InputError, match="column 'label': letters that Excel"):
        workbook([LabelledRow("a", 0, "fine", ("_x0041_", "b"))], task)
    with pytest.raises(InputError, match=r"name of column 'ci\\rty': a carriage return"):
        workbook([LabelledRow("a", 0, "fine", "a", fields={"ci\rty": "x"})])
    with pytest.raises(InputError, match=r"row 0 \('a\\rb'\), column 'id': a carriage return"):
        workbook([LabelledRow("a\rb", 0, "fine", "a")])
    with pytest.raises(InputError, match="half of a character"):
        workbook([LabelledRow("a", 0, "half \ud800", "a")])


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_a_workbook_says_what_the_other_tables_say(make_project, kind, holdable):
    _, rows, _, task = make_project(kind)
    good = [row for row in rows if not any(map(why_not, (row.text, *labels(row), *row.fields.values())))]
    assert len(good) >= 150
    read = {"dtype": str, "keep_default_na": False}
    sheet = pd.read_excel(io.BytesIO(workbook(good, task)), **read)
    table = write("labelled-csv", labelled=good, task=task, formula_guard=False).content
    pd.testing.assert_frame_equal(sheet, pd.read_csv(io.BytesIO(table), **read))


def test_the_same_labels_give_the_same_workbook_whenever_it_is_made(holdable, monkeypatch):
    first = workbook(rows_of(holdable[:5]))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert workbook(rows_of(holdable[:5])) == first
    assert b"1980-01-01" in zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml")


@pytest.fixture(scope="module")
def load_folder(tmp_path_factory):
    """`load_folder(zip)`: what `datasets.load_dataset` finds in the unpacked folder, offline."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import datasets

    def load(content):
        folder = tmp_path_factory.mktemp("folder")
        zipfile.ZipFile(io.BytesIO(content)).extractall(folder / "labelled")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return datasets.load_dataset(str(folder / "labelled"), cache_dir=str(folder / "cache"))

    return load


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_the_folder_loads_in_datasets(make_project, kind, load_folder):
    _, rows, _, task = make_project(kind)
    loaded = load_folder(write("labelled-datasets", labelled=rows, task=task).content)
    assert list(loaded) == ["train"]
    ordered = in_pick_order(rows)
    assert [{name: one[name] for name in TEXTS} for one in loaded["train"]] == [
        {
            "id": row.id,
            "text": row.text,
            "label": list(row.value) if kind == "multi" else row.value,
            "field:city": row.fields["city"],
            "field:text": row.fields["text"],
        }
        for row in ordered
    ]
    assert loaded["train"]["rank"] == [row.rank for row in ordered]


def test_the_card_of_the_folder_holds_nothing_that_was_typed(project):
    from yaml import safe_load

    _, rows, _, task = project
    hurt = [dataclasses.replace(row, fields={"PLANTED": "PLANTED"}, who="PLANTED") for row in rows]
    archive = zipfile.ZipFile(io.BytesIO(write("labelled-datasets", labelled=hurt, task=task).content))
    card = archive.read("README.md").decode("utf-8")
    assert archive.namelist() == ["README.md", "data/train-00000-of-00001.parquet"]
    assert "PLANTED" not in card
    settings = safe_load(card.split("---\n")[1])
    assert settings["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*.parquet"}]
    assert settings["size_categories"] == ["n<1K"]
    assert json.dumps(len(rows)) in card
