"""Labelled set as an Excel workbook: every text a string, and what a cell cannot hold refused with its row.

A workbook is XML, and Excel has rules of its own, so some texts would come back changed. Measured by reading back with
openpyxl: more than 32,767 characters are cut, control characters and U+FFFE and U+FFFF cannot be written, a carriage
return comes back as a line feed (unless lxml is there). Excel itself reads `_x000D_` as a character. Each of these is
refused.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from votek.errors import InputError
from votek.exports.bundle import ZipWriter
from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import Format
from votek.exports.labelled import TABLE, cell_text, labelled_records

__all__ = ["FORMAT", "why_not"]

CELL, ROWS, COLUMNS = 32_767, 1_048_576, 16_384
_NUMBERS = frozenset({"guideline_version", "rank", "row", "agreed", "people"})
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LISTED = 20
_IN_MEMORY = 8 << 20
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def why_not(text: str) -> str:
    """Why a cell of a workbook cannot hold `text` letter for letter; "" where it can.

    >>> why_not("=1+1"), why_not("a\\rb")
    ('', 'a carriage return')
    """
    if "\r" in text:
        return "a carriage return"
    found = _CONTROL.search(text)
    if found:
        return f"the character U+{ord(found[0]):04X}"
    if _ESCAPE.search(text):
        return "letters that Excel reads as one character, such as _x000D_"
    length = len(text) + sum(char > "\uffff" for char in text)
    return f"{length:,} characters, and a cell holds {CELL:,}" if length > CELL else ""


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One sheet, "labelled": a header, then a row per text; several labels as JSON; times as ISO 8601 texts."""
    _check(request)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as made:
        _workbook(request).save(made)
        made.seek(0)
        _without_clock(cast(BinaryIO, made), out)


def _workbook(request: ExportRequest) -> Any:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("labelled")

    def cell(value: str | int | None) -> Any:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value)
        made.data_type = "s"  # else what begins with "=" becomes a formula
        return made

    for cells in _rows(request):
        sheet.append([cell(value) for value in cells])
    return book


def _rows(request: ExportRequest) -> Iterator[list[str | int | None]]:
    yield [*TABLE, *(f"field:{name}" for name in request.columns)]
    for record in labelled_records(request):
        yield [_value(name, value) for name, value in record.items()]


def _value(name: str, value: Any) -> str | int | None:
    return value if name in _NUMBERS else cell_text(value)


def _check(request: ExportRequest) -> None:
    if len(request.labelled) >= ROWS or len(TABLE) + len(request.columns) > COLUMNS:
        raise InputError(
            f"A sheet of Excel holds {ROWS - 1:,} rows and {COLUMNS:,} columns, less than there is. "
            "Take the labelled set as Parquet, CSV or JSON lines."
        )
    found = [f"the name of column {name!r}: {why}" for name in request.columns if (why := why_not(name))]
    for record in labelled_records(request):
        found += [
            f"{_place(record)}, column {name!r}: {why}" for name, value in record.items() if (why := _why(name, value))
        ]
    if found:
        more = f"\n… and {len(found) - _LISTED:,} more" if len(found) > _LISTED else ""
        raise InputError(
            f"An Excel workbook cannot hold {len(found):,} of the cells letter for letter, so none was written. "
            "Take the labelled set as Parquet, CSV or JSON lines, which hold everything.\n"
            + "\n".join(found[:_LISTED])
            + more
        )


def _place(record: Mapping[str, Any]) -> str:
    return f"row {record['row']} ({record['id'][:60]!r})"


def _why(name: str, value: Any) -> str:
    if name in _NUMBERS:
        return ""
    text = cell_text(value)
    json_bytes(text)  # names the text that cannot be encoded
    return why_not(text)


def _without_clock(made: BinaryIO, out: BinaryIO) -> None:
    """The same workbook without the time of writing, so that the same labels give the same bytes."""
    with zipfile.ZipFile(made) as archive, ZipWriter(out) as again:
        for name in archive.namelist():
            if name == "docProps/core.xml":
                again.add(name, _TIME.sub(b"1980-01-01T00:00:00Z", archive.read(name)))
                continue
            with archive.open(name) as member:
                again.add(name, cast(BinaryIO, member), size=archive.getinfo(name).file_size)


FORMAT = Format(
    name="labelled-xlsx",
    title="Labelled set, Excel",
    sentence="Labelled set as an Excel workbook, texts never formulas; what a cell cannot hold is refused by row.",
    file="labelled.xlsx",
    mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    group="labelled",
    needs="labels",
    order="pick order",
    load="pandas.read_excel(FILE, dtype=str, keep_default_na=False)",
    write=_write,
)
