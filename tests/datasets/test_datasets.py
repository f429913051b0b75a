"""Columns, ids, templates, copies, digests, storage and refused rows as a file."""

import io
import json
import subprocess
import sys
import time

import numpy as np
import openpyxl
import pandas as pd
import pytest

from votek.datasets import (
    Limits,
    formats,
    map_columns,
    read_dataset,
    read_table,
    refusals_csv,
    suggest_columns,
)
from votek.datasets.stored import from_parquet, to_parquet
from votek.errors import CorruptFileError, FileError, InputError, UnknownNameError
from votek.settings import Settings

PAIRS = b"premise,hypothesis,gold\nA {hypothesis} b,{premise},yes\n,only this,no\n,,no\n"


def read(content, **options):
    return read_dataset(content.encode(), name="a.csv", **options)


# ---------------------------------------------------------------- columns and templates


def test_several_columns_are_joined():
    dataset = read_dataset(PAIRS, name="a.csv", text=["premise", "hypothesis"])
    assert dataset.texts == ("A {hypothesis} b / {premise}", " / only this")
    assert [refusal.row for refusal in dataset.refusals] == [3]


def test_braces_in_data_are_never_fields():
    dataset = read_dataset(PAIRS, name="a.csv", template="{premise}? {hypothesis}! {premise}")
    assert dataset.texts[0] == "A {hypothesis} b? {premise}! A {hypothesis} b"
    assert dataset.details["text"] == ("premise", "hypothesis")


def test_a_template_keeps_its_own_braces():
    assert read_dataset(b"a\nx\n", name="a.csv", template='{"q": {a}}').texts == ('{"q": x}',)


@pytest.mark.parametrize("template", ["{premise} {nothing}", "{}"])
def test_a_template_with_an_unknown_column_lists_those_there_are(template):
    with pytest.raises(FileError, match="'premise', 'hypothesis', 'gold'"):
        read_dataset(PAIRS, name="a.csv", template=template)


@pytest.mark.parametrize("arguments", [{"template": "no field"}, {"text": []}])
def test_no_column_at_all_is_refused(arguments):
    with pytest.raises(InputError, match="premise"):
        read_dataset(PAIRS, name="a.csv", **arguments)


@pytest.mark.parametrize("arguments", [{"label": "x"}, {"id": "x"}, {"group": "x"}, {"group": ["gold", "x"]}])
def test_every_named_column_must_be_there(arguments):
    with pytest.raises(FileError, match="no column 'x'"):
        read_dataset(PAIRS, name="a.csv", text="premise", **arguments)


def test_label_and_groups_are_kept_by_name():
    dataset = read_dataset(PAIRS, name="a.csv", text="hypothesis", label="gold", group=["gold", "premise"])
    assert (dataset.label, dataset.groups) == ("gold", ("gold", "premise"))
    assert list(dataset.fields.columns) == ["premise", "hypothesis", "gold"]
    assert list(dataset.fields["premise"]) == ["A {hypothesis} b", ""]


def test_the_rendered_text_may_not_be_too_long():
    limits = Limits(max_text_chars=10)
    dataset = read("a,b\n12345,678901\n1,2\n", text=["a", "b"], limits=limits)
    assert dataset.texts == ("1 / 2",)
    assert "14 characters; at most 10" in dataset.refusals[0].reason


def test_a_format_can_be_chosen_and_an_unknown_one_lists_those_there_are():
    assert read_dataset(b"text\na\n", name="upload", format="csv").texts == ("a",)
    assert read_dataset(b"text,a\nb\n", name="a.csv", format="txt").texts == ("text,a", "b")
    with pytest.raises(UnknownNameError, match="csv, tsv, jsonl, json, parquet, xlsx, text"):
        read_dataset(b"text\na\n", name="a.csv", format="docx")
    assert list(formats()) == ["csv", "tsv", "jsonl", "json", "parquet", "xlsx", "text"]


def test_without_a_header_columns_are_numbered():
    for name, content in (("a.csv", b"x,1\ny,2\n"), ("a.xlsx", workbook(["x", 1], ["y", 2]))):
        table = read_table(content, name=name, header=False)
        assert (table.columns, table.column("column 1"), table.numbers) == (
            ("column 1", "column 2"),
            ["x", "y"],
            [1, 2],
        )


# ---------------------------------------------------------------- ids


def test_ids_are_row_numbers_in_the_file_when_there_is_no_column():
    assert read("text,n\na,1\n,2\nc,3\n").ids == ("1", "3")


def test_missing_and_repeated_ids_are_refused():
    dataset = read("id,text\n007,a\n7,b\n,c\n 7,d\n007,e\nx,\nx,f\n", id="id")
    assert (dataset.ids, dataset.texts) == (("007", "7", " 7", "x"), ("a", "b", "d", "f"))
    assert {refusal.row: refusal.reason for refusal in dataset.refusals} == {
        3: "Column 'id' is empty: there is no id.",
        5: "The id '007' is already used by row 1.",
        6: "Column 'text' is empty: there is no text.",
    }


# ---------------------------------------------------------------- copies and digest


def test_copies_name_their_first_row():
    dataset = read("text\na\nb\na\nA\nb\n")
    assert dataset.duplicates.tolist() == [0, 1, 0, 3, 1]
    assert dataset.duplicates.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        dataset.duplicates[0] = 1


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def same_data():
    rows = [("é, a", "7"), ('"b"', "")]
    frame = pd.DataFrame(rows, columns=["text", "n"])
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    records = [{"text": text, "n": n} for text, n in rows]
    return {
        "a.csv": frame.to_csv(index=False).encode(),
        "a.tsv": frame.to_csv(index=False, sep="\t").encode("utf-16"),
        "a.jsonl": "\n".join(map(json.dumps, records)).encode(),
        "b.jsonl": "\n".join(json.dumps({"n": r["n"], "text": r["text"]}) for r in records).encode(),
        "a.json": json.dumps(records).encode(),
        "c.json": json.dumps({"text": [r[0] for r in rows], "n": [7, None]}).encode(),
        "a.parquet": parquet.getvalue(),
        "a.xlsx": workbook(("text", "n"), *rows),
    }


@pytest.mark.parametrize(("name", "content"), same_data().items(), ids=same_data().keys())
def test_the_digest_is_the_same_in_every_format(name, content):
    assert read_dataset(content, name=name).digest == read('text,n\n"é, a",7\n"""b""",\n').digest


@pytest.mark.parametrize("other", ["text,n\na,2\nb,\n", "text,n\nab,1\n", "text,m\na,1\nb,\n", "text,n\nb,\na,1\n"])
def test_the_digest_differs_for_other_data(other):
    assert read(other).digest != read("text,n\na,1\nb,\n").digest


# ---------------------------------------------------------------- previews


def test_a_preview_stops_early_and_agrees_with_the_whole():
    content = b"text,n\n" + b"".join(b"t%d,%d\n" % (i, i) for i in range(1000))
    whole, part = read_table(content, name="a.csv"), read_table(content, name="a.csv", first=5)
    assert part.column("text") == whole.column("text")[:5]
    assert (len(part), part.columns) == (5, whole.columns)
    assert whole.head(2).to_dict("list") == {"text": ["t0", "t1"], "n": ["0", "1"]}
    assert list(whole.head(2).index) == [1, 2]


def test_a_table_can_be_mapped_again_and_again():
    table = read_table(PAIRS, name="a.csv")
    assert map_columns(table, text="premise").texts == ("A {hypothesis} b",)
    assert map_columns(table, text="hypothesis").texts == ("{premise}", "only this")
    assert map_columns(table, text="premise").digest == map_columns(table, text="premise").digest


# ---------------------------------------------------------------- storage


def test_a_stored_dataset_is_the_same_dataset():
    content = 'id,text,text,"",0\n1,"a\rb",é,{x},\n2,\u202bשלום,😀,"=1",x\n3,,,,\nbroken\n'
    dataset = read(content, id="id", label="0", group=["text (2)"])
    stored = to_parquet(dataset)
    again = from_parquet(stored)
    assert stored == to_parquet(again)
    for name in ("ids", "texts", "refusals", "digest", "label", "groups", "details"):
        assert getattr(again, name) == getattr(dataset, name), name
    pd.testing.assert_frame_equal(again.fields, dataset.fields)
    assert again.duplicates.tolist() == dataset.duplicates.tolist()


@pytest.mark.parametrize("damage", [lambda c: b"", lambda c: c[:-9], lambda c: b"PAR1" + bytes(90) + b"PAR1"])
def test_a_damaged_stored_dataset_is_an_error(damage):
    with pytest.raises(CorruptFileError, match="damaged"):
        from_parquet(damage(to_parquet(read("text\na\n"))))


def test_a_parquet_file_of_other_origin_is_no_stored_dataset():
    stream = io.BytesIO()
    pd.DataFrame({"text": ["a"]}).to_parquet(stream)
    with pytest.raises(CorruptFileError):
        from_parquet(stream.getvalue())


def test_a_stored_dataset_with_other_content_is_an_error():
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(to_parquet(read("text\na\nb\n"))))
    stream = io.BytesIO()
    pq.write_table(table.slice(0, 1).replace_schema_metadata(table.schema.metadata), stream)
    with pytest.raises(CorruptFileError, match="digest"):
        from_parquet(stream.getvalue())


def test_refused_rows_as_a_file():
    dataset = read('text,n\n=cmd(),1,2\nok,1\n"a\nb"\n')
    frame = pd.read_csv(io.BytesIO(refusals_csv(dataset)), encoding="utf-8-sig")
    assert frame["row"].tolist() == [1, 3]
    assert frame["reason"].str.startswith(("Too many", "Too few")).all()
    assert frame["excerpt"][0] == "'=cmd(),1,2"


# ---------------------------------------------------------------- limits, speed, imports


def test_limits_come_from_the_settings(monkeypatch):
    monkeypatch.setenv("VOTEK_MAX_ROWS", "2")
    monkeypatch.setenv("VOTEK_MAX_TEXT_CHARS", "3")
    limits = Limits.from_settings()
    assert (limits.max_rows, limits.max_text_chars) == (2, 3)
    assert Limits.from_settings(Settings(max_upload_mb=1)).max_bytes == 1_000_000
    with pytest.raises(FileError, match="more than 2 rows"):
        read("text\na\nb\nc\n")


def test_ten_thousand_rows_take_well_under_a_second():
    content = "text,label\n" + "".join(f'"Where is my card, number {i}?",card\n' for i in range(10_003))
    read("text\nwarm\n")
    start = time.process_time()
    assert len(read(content)) == 10_003
    assert time.process_time() - start < 0.8


def test_many_broken_quotes_take_linear_time():
    content = "text,n\n" + '"a,1\n' * 20_000 + 'b "c",2\n' * 20_000 + '"d" e,3\n' * 20_000
    start = time.process_time()
    table = read_table(content.encode(), name="a.csv")
    assert table.column("text") == ['b "c"'] * 20_000
    assert time.process_time() - start < 5


def test_reading_loads_no_heavy_library():
    code = """
import sys, votek.datasets as d
assert not {"pandas", "pyarrow", "openpyxl", "charset_normalizer"} & set(sys.modules), "imported too early"
d.read_table(b"text\\na\\n", name="a.csv")
assert not {"pyarrow", "openpyxl", "torch", "sklearn"} & set(sys.modules), "not needed for CSV"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# ---------------------------------------------------------------- real files


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "text", "label", "rows", "labels"),
    [
        ("banking77_train.csv", "text", "intent", 10_003, 77),
        ("clinc150_train.csv", "text", "intent", 15_000, 150),
        ("geoquery_train.csv", "question", "query", 391, None),
    ],
)
def test_real_files(real_data, name, text, label, rows, labels):
    path = real_data(name)
    dataset = read_dataset(path, text=text, label=label)
    reference = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert (len(dataset), dataset.refusals) == (rows, ())
    assert list(dataset.texts) == reference[text].tolist()
    assert dataset.fields[label].nunique() == (labels or reference[label].nunique())
    assert from_parquet(to_parquet(dataset)).digest == dataset.digest
    found = suggest_columns(read_table(path))
    assert (found.text, found.labels[0]) == (text, label)
