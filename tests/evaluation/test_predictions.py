"""Predictions of several models: read, matched by id, and refused with the reason."""

import json

import pytest

from votek.errors import FileError, InputError
from votek.evaluation.predictions import match_predictions, read_predictions

CSV = b"id,small,large,right\nq1,yes,no,no\nq2,no,no,no\nq3,yes,yes,no\n"


def read(content=CSV, **options):
    return read_predictions(content, name="p.csv", **options)


def test_a_column_for_each_model():
    found = read(gold="right")
    assert found.models == ("small", "large")
    rows, right = found.decisions()
    assert rows.tolist() == [0, 1, 2]
    assert right.tolist() == [[False, True], [True, True], [False, False]]


def test_lines_of_json_read_alike():
    lines = [{"item": 7, "text": "hello", "a": "x", "b": "y"}, {"item": 8, "text": "bye", "a": "x", "b": "x"}]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    found = read_predictions(content, name="p.jsonl", id="item")
    assert (found.ids, found.models) == (("7", "8"), ("a", "b"))


def test_right_answers_come_from_the_data_where_the_file_has_none():
    found = match_predictions(read(models=["small", "large"]), {"q1": "no", "q2": "", "q3": "yes", "q4": "no"})
    rows, right = found.decisions()
    assert rows.tolist() == [0, 2]
    assert right.tolist() == [[False, True], [True, True]]


def test_right_answers_of_the_file_stay():
    assert match_predictions(read(gold="right"), dict.fromkeys(["q1", "q2", "q3"], "yes")).gold == ("no", "no", "no")


def test_ids_that_belong_to_no_item_are_counted_and_named():
    with pytest.raises(InputError, match=r"2 of 3 ids .* 'q1', 'q3'; 1 match") as caught:
        match_predictions(read(), {"q2": "yes", "r9": "no"})
    assert "'q2', 'r9'" in str(caught.value)


def test_no_right_answers_at_all():
    found = match_predictions(read(models=["small"]), dict.fromkeys(["q1", "q2", "q3"], ""))
    with pytest.raises(InputError, match="None of the items has a right answer"):
        found.decisions()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id,a,b\nq1,x,y\nq1,x,y\n", "1 ids stand on several rows, the first being 'q1'"),
        (b"id,a,b\nq1,x,\nq2,x,y\n", "'b' has no prediction for 1 of 2 items, the first being 'q1'"),
        (b"id,a\n,x\nq2,y\n", "1 rows have no id"),
        (b"id,text\nq1,hello\n", "no column of a model"),
    ],
)
def test_tables_that_cannot_be_used(content, words):
    with pytest.raises(InputError, match=words):
        read(content)


@pytest.mark.parametrize("options", [{"id": "key"}, {"gold": "truth"}, {"models": ["huge"]}])
def test_columns_that_are_not_there(options):
    with pytest.raises(FileError, match="there is no column"):
        read(**options)
