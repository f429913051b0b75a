"""Texts come out of a file as they went in, whatever wrote the file."""

import csv
import io
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from votek.datasets import read_dataset
from votek.datasets.table import is_blank

CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
AWKWARD = st.sampled_from(
    ["\r", "\n", "\r\n", '"', '""', ",", ";", "\t", "|", "{", "}", "\ufeff", "\x85", "\u2028", "'"]
)
TEXTS = st.lists(st.one_of(CHARACTERS, AWKWARD), min_size=1).map("".join).filter(lambda text: not is_blank(text))
ROWS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8)


def check(dataset, rows):
    assert dataset.refusals == ()
    assert list(dataset.texts) == [text for text, _ in rows]
    assert list(dataset.fields["other"]) == [other for _, other in rows]


@settings(max_examples=150, deadline=None)
@example(rows=[("a\rb", "c\rd"), ("e\r\nf", "\rg")], quoting=csv.QUOTE_MINIMAL, line_end="\n", delimiter=";").via(
    "returns"
)
@given(
    rows=ROWS,
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_csv(rows, quoting, line_end, delimiter):
    if (quoting, line_end) == (csv.QUOTE_MINIMAL, "\n"):
        # Such a writer leaves "\r" bare; at the end of a row that is a line end of another kind, which is noted.
        rows = [(text, other.rstrip("\r") + ".") for text, other in rows]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=quoting, lineterminator=line_end, delimiter=delimiter)
    writer.writerows([("text", "other"), *rows])
    check(read_dataset(stream.getvalue().encode(), name="a.csv", delimiter=delimiter, encoding="utf-8"), rows)


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=8))
def test_csv_of_one_column_with_everything_detected(texts):
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["text"], *([text] for text in texts)])
    assert list(read_dataset(stream.getvalue().encode(), name="a.csv", encoding="utf-8").texts) == texts


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, ascii_only=st.booleans())
def test_json_lines(rows, ascii_only):
    lines = [json.dumps({"text": text, "other": other}, ensure_ascii=ascii_only) for text, other in rows]
    check(read_dataset("\n".join(lines).encode(), name="a.jsonl", encoding="utf-8"), rows)


@settings(max_examples=100, deadline=None)
@given(rows=ROWS)
def test_json(rows):
    document = json.dumps([{"text": text, "other": other} for text, other in rows])
    check(read_dataset(document.encode(), name="a.json"), rows)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_parquet(rows):
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table({"text": [text for text, _ in rows], "other": [other for _, other in rows]}), stream)
    check(read_dataset(stream.getvalue(), name="a.parquet"), rows)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_hold_everything(encoding):
    text = "Ünïcödé, «ок», 字, \U0001f600, a\rb"
    content = f'text,other\r\n"{text}",x\r\n'.encode(encoding)
    assert read_dataset(content, name="a.csv").texts == (text,)


@settings(max_examples=300, deadline=None)
@given(content=st.lists(st.sampled_from(['"', ",", "a", "b", "\n", "\r", " "]), max_size=40).map("".join))
def test_rows_are_never_lost_however_broken_the_quotes(content):
    """Broken CSV: numbers of loaded and refused rows are 1, 2, … without a gap, and no text is made up."""
    from votek.datasets import read_table

    table = read_table(f"text,n\nfirst,1\n{content}\n".encode(), name="a.csv", delimiter=",")
    numbers = sorted([*table.numbers, *(refusal.row for refusal in table.refusals)])
    assert numbers == list(range(1, table.rows + 1))
    for text in table.column("text"):
        assert text in f"first{content}" or text.replace('"', '""') in content
