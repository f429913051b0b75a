"""Excel workbooks: the first sheet that holds anything, with the sizes that the archive declares checked first."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

from votek.datasets.table import BLANK_ROW, Options, RawRow, RawRows, excerpt
from votek.datatypes import Refusal
from votek.errors import FileError

__all__ = ["read_excel"]

_SAFE_PART = 32_000_000
_MOST_RATIO = 100
_DAMAGED = "the Excel file is damaged ({}). Open and save it again, or save it as CSV."


def read_excel(content: bytes, options: Options) -> RawRows:
    """Cells as strings: numbers in their shortest form, dates in ISO form, formulas by their stored result."""
    _check_declared(content, options)
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    notes: list[str] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet, header, lines = _first_filled(book, notes)
        if not options.header:
            lines = chain([header], lines)
            header = [f"column {position}" for position in range(1, len(header) + 1)]
        # All rows are read here: a damaged sheet shows only while it is read.
        rows = list(_rows(lines, header, options))
    except FileError:
        raise
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, OSError, NotImplementedError) as error:
        raise FileError(_DAMAGED.format(error)) from None
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, EOFError) as error:
        # What openpyxl and the XML parser raise on a workbook that is no workbook.
        raise FileError(_DAMAGED.format(f"{type(error).__name__}: {error}")) from None
    return RawRows(header, rows, {"sheet": sheet}, notes)


def _check_declared(content: bytes, options: Options) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileError(_DAMAGED.format(error)) from None
    if any(part.flag_bits & 1 for part in parts):
        raise FileError("the Excel file is protected by a password. Save it without one, or as CSV.")
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise FileError("an Excel file of the binary .xlsb kind. Save it as .xlsx or CSV.")
    if not any(name.startswith("xl/") for name in names):
        raise FileError("this is a zip archive, but no Excel file. Unpack it and give the file inside.")
    most = options.limits.max_unpacked_bytes
    unpacked = sum(part.file_size for part in parts)
    if unpacked > most:
        raise FileError(
            f"the Excel file holds {unpacked / 1e6:,.0f} MB when unpacked; at most {most / 1e6:,.0f} MB can be read. "
            "Save it as CSV, or raise VOTEK_MAX_UNPACKED_MB."
        )
    for part in parts:
        # Real sheets shrink ten to thirty times; a part that shrinks far more is made to fill the memory.
        if part.file_size > _SAFE_PART and part.file_size > _MOST_RATIO * max(part.compress_size, 1):
            raise FileError(
                f"a part of the Excel file ({part.filename}) grows from {part.compress_size:,} to {part.file_size:,} "
                "bytes when unpacked, which no ordinary sheet does. Save it as CSV."
            )


def _first_filled(book: Any, notes: list[str]) -> tuple[str, list[str], Iterator[list[str]]]:
    """Title, first row and following rows of the first visible sheet that is not empty."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    for sheet in sheets:
        sheet.reset_dimensions()  # the size a sheet declares may be wrong
        lines = map(_cells, sheet.iter_rows(values_only=True))
        for header in lines:
            if header:
                others = [other.title for other in book.worksheets if other is not sheet]
                if others:
                    notes.append(f"Sheet {sheet.title!r} was read; not read: {', '.join(map(repr, others[:10]))}.")
                return str(sheet.title), header, lines
    raise FileError("the Excel file is empty. Give a sheet with a header and one row per text.")


def _rows(lines: Iterator[list[str]], header: list[str], options: Options) -> Iterator[RawRow]:
    number = blanks = 0
    limits = options.limits
    budget = limits.max_cells
    for cells in lines:
        budget -= max(len(cells), 1)
        if budget < 0:
            raise FileError(f"more than {limits.max_cells:,} cells. Leave out columns that are not needed.")
        if number > limits.max_rows:
            return  # the table that is made of these says so
        if not any(cell.strip() for cell in cells):
            blanks += 1 if number else 0
            continue
        for _ in range(blanks):
            number += 1
            yield Refusal(number, BLANK_ROW)
        blanks = 0
        number += 1
        if len(cells) > len(header):
            found = f"{len(cells):,}, where the header has {len(header):,}"
            yield Refusal(number, f"Too many cells: {found}.", excerpt(" ".join(filter(None, cells))))
        else:
            yield number, cells + [""] * (len(header) - len(cells))
        if options.first is not None and number >= options.first:
            return


def _cells(values: tuple[Any, ...]) -> list[str]:
    """The cells of one row up to its last filled one."""
    end = len(values)
    while end and values[end - 1] in (None, ""):
        end -= 1
    return [_rendered(value) for value in values[:end]]


def _rendered(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("_x000D_", "\r")  # how Excel writes a carriage return
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
