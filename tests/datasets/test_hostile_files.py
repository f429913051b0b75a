"""Files as people and attackers really send them: every row is loaded or refused with its reason, or the
file is refused with a message that says what to do. Nothing is changed or dropped in silence.
"""

import gzip
import io
import json
import pickle
import random
import zipfile
from dataclasses import dataclass, field

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from votek.datasets import Limits, read_dataset, read_table
from votek.errors import FileError, InputError

LIMITS = Limits(max_unpacked_bytes=50_000_000)


@dataclass(frozen=True)
class Good:
    """A file that can be read: its texts, its refused rows by number with a part of the reason."""

    name: str
    content: bytes
    texts: list[str]
    refused: dict[int, str] = field(default_factory=dict)
    text: str | list[str] = "text"
    options: dict = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Bad:
    """A file that cannot be read: parts of the message."""

    name: str
    content: bytes
    message: tuple[str, ...]
    text: str = "text"
    options: dict = field(default_factory=dict)
    limits: Limits = LIMITS


def xlsx(*rows, sheets=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, lines in sheets:
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(columns, **options):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream, **options)
    return stream.getvalue()


def jsonl(*values):
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def zipped(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def encrypted_zip():
    content = bytearray(zipped({"xl/workbook.xml": b"<workbook/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


RUSSIAN = "text,label\nГде моя карта и когда она придёт?,карта\nЯ хочу вернуть деньги за покупку,деньги\n"
RUSSIAN_TEXTS = ["Где моя карта и когда она придёт?", "Я хочу вернуть деньги за покупку"]
JAPANESE = "text\nカードはどこですか\n返金してください\nありがとうございます\n"
CHINESE = "text\n我的卡在哪里\n请退款\n"
LONG = "x" * 10_000_000
RANDOM = random.Random(7).randbytes(4000)

GOOD = {
    # --- encodings
    "utf-8 with mark": Good("a.csv", b"\xef\xbb\xbftext\ncaf\xc3\xa9\n", ["café"], encoding="utf-8"),
    "utf-16 with mark, little": Good("a.csv", RUSSIAN.encode("utf-16"), RUSSIAN_TEXTS, encoding="utf-16-le"),
    "utf-16 with mark, big": Good(
        "a.csv", b"\xfe\xff" + RUSSIAN.encode("utf-16-be"), RUSSIAN_TEXTS, encoding="utf-16-be"
    ),
    "utf-16 without mark, little": Good("a.csv", RUSSIAN.encode("utf-16-le"), RUSSIAN_TEXTS, encoding="utf-16-le"),
    "utf-16 without mark, big": Good("a.csv", RUSSIAN.encode("utf-16-be"), RUSSIAN_TEXTS, encoding="utf-16-be"),
    "utf-16 without mark, latin": Good("a.csv", "text\nhello\n".encode("utf-16-le"), ["hello"], encoding="utf-16-le"),
    "utf-16 without mark, chinese": Good(
        "a.csv", CHINESE.encode("utf-16-be"), ["我的卡在哪里", "请退款"], encoding="utf-16-be"
    ),
    "utf-32 with mark": Good("a.csv", "text\nhello\n".encode("utf-32"), ["hello"], encoding="utf-32-le"),
    "utf-32 without mark": Good("a.csv", "text\nhello\n".encode("utf-32-be"), ["hello"], encoding="utf-32-be"),
    "cp1252": Good("a.csv", "text\nnaïve café – “so”\nplain\n".encode("cp1252"), ["naïve café – “so”", "plain"],
                   encoding="cp1252"),
    "one accent in cp1252": Good("a.csv", "text\ncafé\n".encode("cp1252"), ["café"], encoding="cp1252"),
    "cp1251": Good("a.csv", RUSSIAN.encode("cp1251"), RUSSIAN_TEXTS, encoding="cp1251"),
    "shift_jis": Good("a.csv", JAPANESE.encode("shift_jis"), JAPANESE.splitlines()[1:]),
    "iso-2022-jp, all of it ASCII": Good(
        "a.csv", JAPANESE.encode("iso2022_jp"), JAPANESE.splitlines()[1:], encoding="iso2022_jp"
    ),
    "accents only at the end": Good(
        "a.csv", b"text\n" + b"plain\n" * 20_000 + "é à è\n".encode("cp1252"), ["plain"] * 20_000 + ["é à è"]
    ),
    "mostly utf-8 with one bad byte": Good(
        "a.csv", "text\né\nè\nà\nü\n".encode() + b"caf\xe9 x\nok\n", ["é", "è", "à", "ü", "ok"],
        {5: "byte (0xE9)"}, note="not UTF-8",
    ),
    "mark in the middle": Good("a.csv", "text\none\n\ufefftwo\n".encode(), ["one", "\ufefftwo"]),
    "given encoding": Good("a.csv", b"text\n\xe9\n", ["й"], options={"encoding": "cp1251"}, encoding="cp1251"),
    # --- delimiters, quotes, line ends
    "semicolon": Good("a.csv", b"text;n\nhello, you;a\nso, it, is;b\n", ["hello, you", "so, it, is"], delimiter=";"),
    "pipe": Good("a.csv", b"id|text\n1|a, b; c\n2|d\n", ["a, b; c", "d"], delimiter="|"),
    "tabs named csv": Good("a.csv", b"id\ttext\n1\ta, b\n", ["a, b"], delimiter="\t"),
    "tsv": Good("a.tsv", b"text\tlabel\na,b\tc\n", ["a,b"], delimiter="\t"),
    "one column with commas": Good(
        "a.csv", b'text\nhello, you\n"quoted, too"\nsemi; colon\n', ["hello, you", "quoted, too", "semi; colon"],
        delimiter="", note="one column",
    ),
    "sep line of Excel": Good("a.csv", b"sep=;\r\ntext;n\r\na,b;1\r\n", ["a,b"], delimiter=";", note="the delimiter"),
    "given delimiter": Good("a.csv", b"text;b,c\nx,y;2\n", ["x,y"], options={"delimiter": "semicolon"}, delimiter=";"),
    "quoted newlines and quotes": Good("a.csv", b'text,n\n"a\nb",1\n"a ""b"" c",2\n', ["a\nb", 'a "b" c']),
    "quoted lone carriage return": Good("a.csv", b'text,n\n"a\rb",1\n"c\r\nd",2\n', ["a\rb", "c\r\nd"]),
    "carriage returns alone": Good("a.csv", b'text,n\ra,1\r"b\rc",2\r', ["a", "b\rc"]),
    "mixed line ends": Good("a.csv", b"text,n\r\na,1\nb,2\r\nc,3\rd,4\n", ["a", "b", "c", "d"]),
    "doubled carriage returns": Good("a.csv", b"text,n\r\r\na,1\r\r\nb,2\r\r\n", ["a", "b"]),
    "lone carriage return outside quotes, certainly content": Good(
        "a.csv", b'text,n\na,1\nb\rc,"2\n3"\nd,3\n', ["a", "b\rc", "d"]
    ),
    "lone carriage return outside quotes, content or row end": Good(
        "a.csv", b"text\na\nb\rc\nd\n", ["a", "d"], {2: "lone carriage return"}
    ),
    "some rows with other line ends": Good("a.csv", b"text\na\nb\r\n", ["a", "b"], note="1 row(s) end in a carriage"),
    "unclosed quote": Good(
        "a.csv", b'text,n\na,1\n"b,2\nc,3\nd,4\n', ["a", "c", "d"], {2: "is not closed there"}
    ),
    "unclosed quote before a quoted row": Good(
        "a.csv", b'text,n\n"b,2\nc,3\n"d, e",4\nf,5\n', ["c", "d, e", "f"], {1: "is not closed there"}
    ),
    "unclosed quote in the last row": Good("a.csv", b'text,n\na,1\n"b,2\n', ["a"], {2: "never closed"}),
    "quote that is not doubled": Good(
        "a.csv", b'text,n\n"he said "hi" to me",1\nb,2\n', ["b"], {1: "not doubled"}
    ),
    "quote that is not doubled, over lines": Good(
        "a.csv", b'text,n\n"one\ntwo "x" three",1\nb,2\n', ["b"], {1: "lines 2 to 3"}
    ),
    "quote inside a bare cell": Good("a.csv", b'text,n\n5" pipe,1\n', ['5" pipe']),
    "ragged rows": Good(
        "a.csv", b"text,n\na,1\nb\nc,3,4\nd,5\n", ["a", "d"], {2: "Too few cells: 1", 3: "Too many cells: 3"}
    ),
    "no line end at the end": Good("a.csv", b"text,n\na,1\nb,2", ["a", "b"]),
    "blank lines around and between": Good("a.csv", b"\n\ntext,n\na,1\n\nb,2\n\n\n", ["a", "b"], {2: "blank"}),
    "blank and invisible texts": Good(
        "a.csv", "text,n\na,1\n,2\n   ,3\n\u200b\ufeff \u200d,4\n".encode(), ["a"],
        {2: "empty", 3: "empty", 4: "empty"},
    ),
    "one row": Good("a.csv", b"text\nonly\n", ["only"]),
    # --- headers
    "duplicate headers": Good("a.csv", b"text,text,text (2)\na,b,c\n", ["b"], text="text (3)", note="second 'text'"),
    "unnamed column": Good("a.csv", b",text\n0,a\n", ["a"], note="has no name"),
    "spaces around headers": Good("a.csv", b"id, text \n1,a\n", ["a"], note="White space"),
    "non-latin columns": Good("a.csv", "текст,标签\nпривет,好\n".encode(), ["привет"], text="текст"),
    "very wide": Good(
        "a.csv", (",".join(["text", *(f"c{i}" for i in range(5000))]) + "\n" + ",".join(["x"] * 5001) + "\n").encode(),
        ["x"],
    ),
    # --- content
    "NUL": Good("a.csv", b"text\na\0b\nok\n", ["ok"], {1: "NUL"}),
    "NUL in another column": Good("a.csv", b"text,n\na,\0\nok,1\n", ["ok"], {1: "NUL"}),
    "10 MB cell": Good("a.csv", f"text,n\n{LONG},1\nok,2\n".encode(), ["ok"], {1: "10,000,000 characters"}),
    "10 MB cell in JSON Lines": Good("a.jsonl", jsonl({"text": LONG}, {"text": "ok"}), ["ok"], {1: "10,000,000"}),
    "longest allowed text": Good("a.csv", f"text\n{'é' * 100_000}\n{'é' * 100_001}\n".encode(), ["é" * 100_000],
                                 {2: "100,001 characters"}),
    "formula-like cells": Good("a.csv", b'text\n"=1+1"\n@x\n+1\n-1\n', ["=1+1", "@x", "+1", "-1"]),
    "values that look like other types": Good(
        "a.csv", b"text\n007\nNA\nnull\n1e5\nTrue\nNaN\n", ["007", "NA", "null", "1e5", "True", "NaN"]
    ),
    "emoji": Good("a.csv", "text\n👩‍👩‍👧 ok 🇩🇪\n".encode(), ["👩‍👩‍👧 ok 🇩🇪"]),
    "right to left": Good("a.csv", "text\n\u202bשלום \u202c\n".encode(), ["\u202bשלום \u202c"]),
    "line separators of Unicode": Good("a.csv", "text\na\u2028b\x85c\x0bd\n".encode(), ["a\u2028b\x85c\x0bd"]),
    "combining marks stay apart": Good("a.csv", "text\ne\u0301\né\n".encode(), ["e\u0301", "é"]),
    "braces and dollars": Good("a.csv", b"text\n{text} $x$ %s\n", ["{text} $x$ %s"]),
    # --- JSON
    "JSON Lines with broken lines": Good(
        "a.jsonl", b'{"text": "a"}\n{"text": \n[1]\n"x"\n\n{"text": "b", "text": "c"}\n{"text": "d"}\n', ["a", "d"],
        {2: "not JSON", 3: "a list", 4: "a text", 5: "blank", 6: "twice"},
    ),
    "JSON Lines with other keys": Good(
        "a.jsonl", jsonl({"text": "a"}, {"other": 1}, {"text": None}, {"text": "b", "n": 2}), ["a", "b"],
        {2: "empty", 3: "empty"},
    ),
    "JSON Lines with a lone surrogate": Good(
        "a.jsonl", b'{"text": "a \\ud800"}\n{"text": "ok \\ud83d\\ude00"}\n', ["ok 😀"], {1: "surrogate"}
    ),
    "JSON Lines with a NUL": Good("a.jsonl", b'{"text": "a\\u0000"}\n{"text": "ok"}\n', ["ok"], {1: "NUL"}),
    "JSON Lines nested too deeply": Good(
        "a.jsonl", b'{"text": ' + b"[" * 200_000 + b'}\n{"text": "ok"}\n', ["ok"], {1: ""}
    ),
    "nested JSON": Good("a.jsonl", jsonl({"text": {"a": [1, "ü", None, True]}}), ['{"a": [1, "ü", null, true]}']),
    "numbers as texts": Good(
        "a.jsonl", b'{"text": 1.10}\n{"text": 10000000000000000000001}\n{"text": false}\n{"text": 1e400}\n',
        ["1.10", "10000000000000000000001", "false", "1e400"],
    ),
    "JSON list": Good("a.json", b'[{"text": "a"}, 3, {"text": "b"}, null]', ["a", "b"], {2: "a number", 4: "null"}),
    "JSON of columns": Good("a.json", b'{"text": ["a", "b"], "n": [1, 2]}', ["a", "b"]),
    "JSON under data": Good("a.json", b'{"version": 1, "data": [{"text": "a"}]}', ["a"]),
    "JSON Lines named json": Good("a.json", b'{"text": "a"}\n{"text": "b"}\n', ["a", "b"], note="JSON Lines"),
    "JSON in UTF-16": Good("a.json", '[{"text": "é"}]'.encode("utf-16"), ["é"]),
    "JSON Lines with carriage returns": Good("a.jsonl", b'{"text": "a\\rb"}\r{"text": "c"}\r', ["a\rb", "c"]),
    # --- the others
    "plain text": Good("a.txt", b"\none, two\r\n\r\n\"three\"\n  \n four \n\n", ["one, two", '"three"', " four "],
                       {2: "blank", 4: "blank"}),
    "plain text with carriage returns": Good("a.txt", b"a\rb\r", ["a", "b"]),
    "gzip of CSV": Good("a.csv.gz", gzip.compress(b"text\na\n"), ["a"]),
    "gzip in two members": Good("a.csv.gz", gzip.compress(b"text\na\n") + gzip.compress(b"b\n"), ["a", "b"]),
    "gzip named csv": Good("a.csv", gzip.compress(b"text\na\n"), ["a"]),
    "gzip of JSON Lines": Good("A.JSONL.GZ", gzip.compress(b'{"text": "a"}\n'), ["a"]),
    "Excel": Good(
        "a.xlsx", xlsx(["text", "n"], ["a", 1], [None, 2], [], ["b", 2.5], ["c", True, "x"], ["d"]), ["a", "b", "d"],
        {2: "empty", 3: "blank", 5: "Too many cells"},
    ),
    "Excel with a formula as text": Good("a.xlsx", xlsx(["text"], ["a"], ["'=1"]), ["a", "'=1"]),
    "Excel with several sheets": Good(
        "a.xlsx", xlsx(sheets=[("second", [["text"], ["a"]]), ("third", [["x"]])]), ["a"], note="'second' was read"
    ),
    "Excel without an ending": Good("upload", xlsx(["text"], ["a"]), ["a"]),
    "Parquet": Good(
        "a.parquet",
        parquet({"text": ["a", None, "b\rc", ""], "n": [1, 2, 3, 4], "list": [[1], None, ["ü"], []][:1] * 4}),
        ["a", "b\rc"], {2: "empty", 4: "empty"},
    ),
    "Parquet with pictures": Good(
        "a.parquet", parquet({"text": ["a"], "picture": pa.array([b"\xff\xd8"])}), ["a"], note="binary data"
    ),
    "Parquet with bytes that are text": Good("a.parquet", parquet({"text": pa.array(["é".encode()])}), ["é"]),
    "Parquet with strings that are not UTF-8": Good(
        "a.parquet",
        parquet({"text": pa.Array.from_buffers(
            pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"ok\xe9x")])}),
        ["ok"], {2: "byte (0xE9)"},
    ),
    "Parquet with NUL": Good("a.parquet", parquet({"text": ["a\0", "ok"]}), ["ok"], {1: "NUL"}),
}  # fmt: skip


def old_excel():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


SHEET_BOMB = zipped({"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": bytes(40_000_000)})
GZIP_BOMB = gzip.compress(bytes(60_000_000), 9)
WIDE_JSONL = b"".join(b'{"k%d": 1}\n' % i for i in range(9000))

BAD = {
    "empty": Bad("a.csv", b"", ("a.csv", "empty")),
    "only blank lines": Bad("a.csv", b"\n\r\n\n", ("empty",)),
    "only a mark": Bad("a.csv", b"\xef\xbb\xbf", ("empty",)),
    "header only": Bad("a.csv", b"text,label\n", ("header", "no row")),
    "header and blank lines only": Bad("a.csv", b"text,label\n\n\n", ("no row",)),
    "empty JSON Lines": Bad("a.jsonl", b"\n \n", ("empty",)),
    "empty JSON list": Bad("a.json", b"[]", ("no rows",)),
    "empty JSON object": Bad("a.json", b"{}", ("empty",)),
    "empty lists in JSON": Bad("a.json", b'{"text": []}', ("no rows",)),
    "empty plain text": Bad("a.txt", b"\n\n", ("empty",)),
    "blank plain text": Bad("a.txt", b"  \n \n", ("no row",)),
    "empty Excel": Bad("a.xlsx", xlsx(), ("empty",)),
    "header only in Excel": Bad("a.xlsx", xlsx(["text"]), ("no row",)),
    "empty Parquet": Bad("a.parquet", parquet({"text": pa.array([], pa.string())}), ("no row",)),
    "empty gzip": Bad("a.csv.gz", gzip.compress(b""), ("empty",)),
    "all rows refused": Bad("a.csv", b"text,n\n,1\n,2\na\n", ("none of the 3", "empty", "Too few")),
    "missing column": Bad("a.csv", b"body,label\na,b\n", ("no column 'text'", "'body', 'label'")),
    "missing column in another case": Bad("a.csv", b"Text\na\n", ("no column 'text'", "'Text'")),
    "PNG named csv": Bad("a.csv", b"\x89PNG\r\n\x1a\n" + RANDOM, ("PNG",)),
    "zip named csv": Bad("a.csv", zipped({"a.csv": b"text\na\n"}), ("zip archive",)),
    "zip named xlsx": Bad("a.xlsx", zipped({"a.csv": b"text\na\n"}), ("zip archive",)),
    "Excel named csv": Bad("a.csv", xlsx(["text"], ["a"]), ("content is Excel", ".xlsx")),
    "Parquet named jsonl": Bad("a.jsonl", parquet({"text": ["a"]}), ("content is Parquet",)),
    "CSV named xlsx": Bad("a.xlsx", b"text\na\n", ("damaged",)),
    "CSV named parquet": Bad("a.parquet", b"text\na\n", ("damaged",)),
    "CSV named gz": Bad("a.csv.gz", b"text\na\n", ("not gzip",)),
    "pickle": Bad("a.pkl", pickle.dumps({"text": ["a"]}), ("pickle",)),
    "pickle named csv": Bad("a.csv", pickle.dumps({"text": ["a"]}), ("pickle",)),
    "PDF": Bad("a.txt", b"%PDF-1.7\n", ("PDF",)),
    "program": Bad("a.csv", b"\x7fELF" + RANDOM, ("program",)),
    "random bytes": Bad("a.csv", b"\x07" + RANDOM, ("not a text file",)),
    "zeros": Bad("a.csv", bytes(5000), ("not a text file",)),
    "control bytes": Bad("a.csv", bytes(range(1, 9)) * 50, ("not a text file",)),
    "unknown ending": Bad("a.docx", b"text\na\n", ("does not tell the format", ".csv")),
    "no ending": Bad("upload", b"text\na\n", ("does not tell the format",)),
    "wrong given encoding": Bad(
        "a.csv", b"text\nok\nok\nok\ncaf\xe9\nok\n", ("you chose utf-8", "line 5", "row 4", "E9"),
        options={"encoding": "utf8"},
    ),
    "unknown encoding": Bad("a.csv", b"text\na\n", ("no encoding called 'utf-9'",), options={"encoding": "utf-9"}),
    "codec that is no encoding": Bad("a.csv", b"text\na\n", ("cannot be read as 'hex'",), options={"encoding": "hex"}),
    "odd bytes after a UTF-16 mark": Bad("a.csv", b"\xff\xfet\0e", ("byte order mark", "utf-16-le")),
    "encoding that shows NULs in the header": Bad(
        "a.csv", "text,n\nab,1\n".encode("utf-16-le"), ("column 1", "encoding"), options={"encoding": "latin-1"}
    ),
    "broken quote in the header": Bad("a.csv", b'"te"xt",n\na,1\n', ("header", "not doubled")),
    "truncated gzip": Bad("a.csv.gz", gzip.compress(b"text\n" + RANDOM)[:-20], ("cut off",)),
    "damaged gzip": Bad("a.csv.gz", gzip.compress(b"text\nabc\n")[:-8] + bytes(8), ("damaged",)),
    "gzip of nothing known": Bad("a.gz", gzip.compress(b"text\na\n"), ("does not tell the format",)),
    "gzip in gzip": Bad("a.csv.gz.gz", gzip.compress(gzip.compress(b"text\na\n")), ("inside a gzip",)),
    "gzip bomb": Bad("a.csv.gz", GZIP_BOMB, ("grows from 58,349", "no ordinary text")),
    "gzip that is too large": Bad(
        "a.csv.gz", gzip.compress(b"text\n" + b"a\n" * 99), ("VOTEK_MAX_UNPACKED_MB",),
        limits=Limits(max_unpacked_bytes=100),
    ),
    "CSV with a quote that is open over too many lines": Bad(
        "a.csv", b'text\n"' + b"a\n" * 99, ("line 2", "not closed in the 50 lines"), limits=Limits(max_rows=50)
    ),
    "Parquet of too many values in lists": Bad(
        "a.parquet", parquet({"text": [list(range(2000))]}), ("more than 1,000 cells",), limits=Limits(max_cells=1000)
    ),
    "Parquet of a list that is too long to be a text": Bad(
        "a.parquet", parquet({"text": [list(range(2000))]}), ("lists of up to 2,000 values",),
        limits=Limits(max_text_chars=1000),
    ),
    "Excel bomb by size": Bad(
        "a.xlsx", zipped({"xl/workbook.xml": b"", **{f"xl/{i}.xml": bytes(20_000_000) for i in range(3)}}),
        ("60 MB", "50 MB"),
    ),
    "Excel bomb by ratio": Bad("a.xlsx", SHEET_BOMB, ("sheet1.xml", "40,000,000")),
    "Excel bomb of one cell far away": Bad(
        "a.xlsx", xlsx(["text"], *([[None] * 999 + ["x"]] * 3)), ("none of the 3", "1,000, where the header has 1")
    ),
    "Excel with a password": Bad("a.xlsx", encrypted_zip(), ("password",)),
    "old Excel or Excel with a password": Bad("a.xls", old_excel(), ("password", ".xls", "Save it as .xlsx")),
    "truncated Excel": Bad("a.xlsx", xlsx(["text"], ["a"])[:-200], ("damaged",)),
    "Excel without a workbook": Bad("a.xlsx", zipped({"xl/other.xml": b"<x/>"}), ("damaged",)),
    "Excel with broken XML": Bad("a.xlsx", zipped({"[Content_Types].xml": b"<", "xl/workbook.xml": b""}), ("damaged",)),
    "Parquet cut off": Bad("a.parquet", parquet({"text": ["a"] * 99})[:-30], ("damaged",)),
    "Parquet bomb by rows": Bad(
        "a.parquet", parquet({"text": pa.array(["x"] * 2000)}), ("2,000 rows", "VOTEK_MAX_ROWS"),
        limits=Limits(max_rows=1000),
    ),
    "Parquet bomb by declared size": Bad(
        "a.parquet", parquet({"text": [str(i) * 50 for i in range(9999)]}), ("VOTEK_MAX_UNPACKED_MB",),
        limits=Limits(max_unpacked_bytes=1_000_000),
    ),
    "Parquet bomb by dictionary": Bad(
        "a.parquet", parquet({"text": ["x" * 99_000] * 5000}), ("more than 50 MB", "VOTEK_MAX_UNPACKED_MB"),
    ),
    "Parquet of pictures only": Bad("a.parquet", parquet({"p": pa.array([b"\xff"])}), ("no column of text",)),
    "not JSON": Bad("a.json", b"{'text': 1}", ("not JSON", "list of objects")),
    "JSON number": Bad("a.json", b"3", ("neither a list nor an object",)),
    "JSON object without lists": Bad("a.json", b'{"text": "a"}', ("'text' is not a list",)),
    "JSON lists of different lengths": Bad("a.json", b'{"text": ["a"], "n": []}', ("not equally long", "'n': 0")),
    "JSON too deep": Bad("a.json", b"[" * 200_000, ("JSON",)),
    "JSON Lines without a single object": Bad("a.jsonl", b"hello\nyou\n", ("none of the 2", "not JSON")),
    "JSON Lines without a single field": Bad("a.jsonl", b"{}\n{}\n", ("none of the 2", "no fields")),
    "Excel of a newer zip": Bad(
        "a.xlsx", xlsx(["text"], ["a"]).replace(b"PK\1\2\x14\x03\x14", b"PK\1\2\x14\x03\xff"), ("damaged",)
    ),
    "Excel with too many cells": Bad(
        "a.xlsx", xlsx(["text"], *([[None] * 999 + ["x"]] * 30)), ("more than 20,000 cells",),
        limits=Limits(max_cells=20_000),
    ),
    "Parquet with a column name that is not UTF-8": Bad(
        "a.parquet", parquet({"text": ["a"]}, store_schema=False).replace(b"text", b"te\xa4t"), ("damaged",)
    ),
    "JSON Lines with ever new keys": Bad(
        "a.jsonl", WIDE_JSONL, ("different keys",), limits=Limits(max_columns=5000)
    ),
    "JSON Lines spread over too many cells": Bad(
        "a.jsonl", WIDE_JSONL, ("cells",), limits=Limits(max_cells=100_000)
    ),
    "too many rows": Bad("a.csv", b"text\n" + b"a\n" * 9, ("more than 8 rows", "MAX_ROWS"), limits=Limits(max_rows=8)),
    "too many columns": Bad("a.csv", b"a,b,c,d\n1,2,3,4\n", ("4 columns",), limits=Limits(max_columns=3)),
    "too large": Bad("a.csv", b"text\n" + b"a\n" * 99, ("VOTEK_MAX_UPLOAD_MB",), limits=Limits(max_bytes=100)),
}  # fmt: skip


def test_there_are_at_least_forty_of_them():
    assert len(GOOD) + len(BAD) >= 40


@pytest.mark.parametrize("case", GOOD.values(), ids=GOOD.keys())
def test_every_row_is_loaded_or_refused_with_its_reason(case):
    dataset = read_dataset(case.content, name=case.name, text=case.text, limits=LIMITS, **case.options)
    assert list(dataset.texts) == case.texts
    assert [refusal.row for refusal in dataset.refusals] == sorted(case.refused)
    for refusal in dataset.refusals:
        assert case.refused[refusal.row] in refusal.reason
        refusal.excerpt.encode()  # can be stored and shown
    assert len(dataset) + len(dataset.refusals) == dataset.details["rows"]
    expected_ids = [str(row) for row in range(1, dataset.details["rows"] + 1) if row not in case.refused]
    assert list(dataset.ids) == expected_ids
    assert case.encoding in (None, dataset.details["encoding"])
    assert case.delimiter in (None, dataset.details["delimiter"])
    assert case.note in " ".join(dataset.details["notes"])


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_file_that_cannot_be_read_says_why(case):
    with pytest.raises(FileError) as caught:
        read_dataset(case.content, name=case.name, text=case.text, limits=case.limits, **case.options)
    message = str(caught.value)
    assert message.startswith(f"{case.name}: ")
    assert "Error" not in message or "damaged" in case.message
    assert message.endswith((".", ")"))
    for part in case.message:
        assert part in message


def test_a_byte_that_no_encoding_explains_names_its_row_and_nothing_else_is_lost():
    content = b"text\n" + b"".join(f"tëxt number {i}\n".encode() for i in range(50)) + b"b\xfcd\n"
    dataset = read_dataset(content, name="a.csv")
    assert (len(dataset), dataset.refusals[0].row) == (50, 51)


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n"])
def test_an_impossible_delimiter_is_refused(delimiter):
    with pytest.raises(InputError, match="delimiter"):
        read_table(b"text\na\n", name="a.csv", delimiter=delimiter)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_dataset(tmp_path / "none.csv")
    with pytest.raises(FileError, match="folder"):
        read_dataset(tmp_path)
