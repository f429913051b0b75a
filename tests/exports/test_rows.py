"""Kept rows as a file: they read back with the same ids and texts."""

from functools import partial

import pytest

import votek
from votek.datasets import make_dataset
from votek.exports.rows import rows_csv, rows_jsonl

TEXTS = ["plain", 'a "quoted", text', "two\nlines", "=1+1", "späte Überweisung \u2028 x", " space around "]


@pytest.fixture
def dataset():
    columns = {"text": TEXTS, "topic": ["a", "b"] * 3, "gold": ["x"] * 6}
    return make_dataset([f"i{row}" for row in range(6)], TEXTS, columns)


@pytest.mark.parametrize(
    ("write", "ending"),
    [(partial(rows_csv, formula_guard=False), "csv"), (rows_jsonl, "jsonl")],
    ids=["csv", "jsonl"],
)
def test_texts_and_ids_read_back(tmp_path, dataset, write, ending):
    path = tmp_path / f"kept.{ending}"
    path.write_bytes(write(dataset, [1, 2, 3, 4, 5], without=["gold"]))
    back = votek.read_dataset(path, id="id")
    assert back.ids == ("i1", "i2", "i3", "i4", "i5")
    assert back.texts == tuple(TEXTS[1:])
    assert list(back.fields.columns) == ["id", "text", "topic"]


def test_a_text_made_of_columns_stays_beside_them(dataset):
    made = make_dataset(["1"], ["a / b"], {"text": ["a"], "hypothesis": ["b"]})
    assert rows_csv(made, [0]).decode().splitlines() == [
        '"id","text","text (original)","hypothesis"',
        '"1","a / b","a","b"',
    ]


def test_the_guard_marks_what_a_spreadsheet_may_run_and_nothing_else(tmp_path, dataset):
    path = tmp_path / "kept.csv"
    path.write_bytes(rows_csv(dataset, [1, 2, 3, 4, 5]))
    guarded = [text if text != "=1+1" else "'=1+1" for text in TEXTS[1:]]
    assert list(votek.read_dataset(path, id="id").texts) == guarded
