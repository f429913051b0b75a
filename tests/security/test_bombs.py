"""Small files that grow: each is refused quickly and with little memory, in a process that is held to both."""

import gzip
import io
import json
import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
MB = 1_000_000
MOST_MEMORY = 300 * MB
"""Above what a process has once it has read a small file: an ordinary file of 200 MB needs more than that."""
SECONDS = 20

_READ = """
import sys
from votek.datasets import Limits, read_dataset, read_table
from votek.errors import VotekError
import pyarrow.parquet, openpyxl, pandas
read_table(b"text\\na\\n", name="a.csv")
def most():
    (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
before = most()
try:
    found = read_dataset(sys.argv[1], text="text", limits=Limits(max_unpacked_bytes=200_000_000))
    said = f"loaded {len(found)}, refused {len(found.refusals)}: {[r.reason[:90] for r in found.refusals[:3]]}"
except VotekError as error:
    said = f"{type(error).__name__}: {error}"
print(most() - before)
print(said)
"""


def read(path):
    """(bytes of memory it took at most, what was said) of reading a file in a process of its own."""
    limit = 6_000 * MB  # address space: a reader that asks for much more than it may fails at once
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    used, _, said = done.stdout.partition("\n")
    return int(used), said.strip()


def zipped(parts):
    """A zip archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            with archive.open(name, "w") as file:
                for part in content:
                    file.write(part)
    return stream.getvalue()


def zeros(size):
    """So many bytes, in parts."""
    part = bytes(10 * MB)
    return (part for _ in range(size // len(part)))


def gzip_bomb():
    """A third of a megabyte that unpacks to 300 MB."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=9) as file:
        for part in zeros(300 * MB):
            file.write(part)
    return stream.getvalue()


def book(sheet):
    """A workbook around the XML of one sheet, given in parts."""
    kinds = "http://schemas.openxmlformats.org"
    relation = f"{kinds}/officeDocument/2006/relationships"
    main = f"{kinds}/spreadsheetml/2006/main"
    types = f"{kinds}/package/2006/content-types"
    sheets = '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship Id="r" '
        f'Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relation}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship '
        f'Id="r1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    raw = {name: [text.encode()] for name, text in parts.items()}
    return zipped({**raw, "xl/worksheets/sheet1.xml": sheet})


def sheet_that_lies():
    """An Excel file whose archive declares a hundred bytes for a sheet of 150 MB."""
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    content = book([head, *zeros(150 * MB)])
    name = b"xl/worksheets/sheet1.xml"
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.rindex(name) if signature == b"PK\x01\x02" else content.index(name)
        start = content.rindex(signature, 0, start) + offset
        content = content[:start] + struct.pack("<I", 100) + content[start + 4 :]
    return content


def entities():
    """XML entities that stand for each other, a billion times."""
    rules = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{rules}]><worksheet xmlns="{main}"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    )
    return book([sheet.encode()])


def outside_entity():
    """An XML entity that stands for a file of the server."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet xmlns="{main}">'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    )
    return book([sheet.encode()])


def far_cell():
    """A cell at the last row and column that a sheet can have."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "".join(
        f'<row r="{row}"><c r="XFD{row}" t="inlineStr"><is><t>x</t></is></c></row>' for row in (1, 2, 1_048_576)
    )
    return book([f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'.encode()])


def parquet(table, **options):
    """The table as a Parquet file."""
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


def nested_parquet():
    """Four lists of two million zeros each, as a few bytes."""
    inner = pa.array(np.zeros(8 * MB, dtype=np.int8))
    offsets = pa.array([0, 2 * MB, 4 * MB, 6 * MB, 8 * MB], type=pa.int32())
    return parquet(pa.table({"text": pa.ListArray.from_arrays(offsets, inner)}), compression="zstd")


def same_text():
    """One long text, which every one of 40,000 rows refers to."""
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(40_000, dtype=np.int32)), ["x" * 90_000])
    return parquet(pa.table({"text": texts}))


BOMBS = {
    "gzip.csv.gz": (gzip_bomb, "which no ordinary text does"),
    "sheet.xlsx": (lambda: zipped({"xl/workbook.xml": [b"<w/>"], "xl/w/s.xml": zeros(150 * MB)}), "grows from"),
    "sum.xlsx": (lambda: zipped({f"xl/{n}.xml": zeros(30 * MB) for n in range(8)}), "240 MB"),
    "lies.xlsx": (sheet_that_lies, "damaged"),
    "entities.xlsx": (entities, "damaged"),
    "entity.xlsx": (outside_entity, ""),
    "far.xlsx": (far_cell, ""),
    "same.parquet": (same_text, "more than 200 MB"),
    "rows.parquet": (lambda: parquet(pa.table({"text": pa.nulls(30 * MB, pa.string())})), "30,000,000 rows"),
    "lists.parquet": (nested_parquet, "lists of up to 2,000,000 values"),
    "deep.json": (lambda: b"[" * (5 * MB), "nested too deeply"),
    "deep.jsonl": (lambda: b'{"text": ' + b'{"a":' * MB + b"\n" + b'{"text": "ok"}\n', "refused 1"),
    "cell.csv": (lambda: b"text,n\n" + b"x" * (10 * MB) + b",1\nok,2\n", "loaded 1, refused 1"),
    "keys.json": (lambda: json.dumps([{f"k{n}": 1} for n in range(30_000)]).encode(), "different keys"),
    "quotes.csv": (lambda: b'text\n"' + b"a\n" * (5 * MB), "not closed"),
    "columns.csv": (lambda: b"text" + b"," * (2 * MB) + b"\n" + b"," * (2 * MB), "columns"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_it_is_refused_or_read_in_part_with_little_memory(tmp_path, name):
    make, words = BOMBS[name]
    content = make()
    assert len(content) < 20 * MB
    (tmp_path / name).write_bytes(content)
    used, said = read(tmp_path / name)
    assert words in said
    assert "root:" not in said
    assert used < MOST_MEMORY, f"{used / MB:,.0f} MB for a file of {len(content) / MB:,.1f} MB: {said}"


def test_an_array_that_declares_a_huge_shape_is_taken_for_damaged(space):
    cache = space.store.cache
    cache.put("stage", {"a": np.zeros(3, dtype=np.float32)})
    (array,) = (cache.folder / "arrays").glob("*.npy")
    for shape in ("(1000000000000,)", "(4000000000, 4000000000)", "(-1,)"):
        about = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        array.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(about)) + about.encode())
        cache.put("other", {"b": np.ones(1)})
        listed = {"a": array.stem}
        (cache.folder / "keys" / "stage.json").write_text(json.dumps(listed))
        assert cache.get("stage") is None


def test_an_array_of_objects_is_taken_for_damaged_and_never_opened(space, tmp_path):
    cache = space.store.cache
    cache.put("stage", {"a": np.zeros(3, dtype=np.float32)})
    (array,) = (cache.folder / "arrays").glob("*.npy")

    class Planted:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "opened",))

    with array.open("wb") as file:
        np.save(file, np.array([Planted()], dtype=object), allow_pickle=True)
    assert cache.get("stage") is None
    assert not (tmp_path / "opened").exists()
