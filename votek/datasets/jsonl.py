"""JSON Lines: one object a line."""

from __future__ import annotations

import io
from collections.abc import Iterator

from votek.datasets.encodings import decode
from votek.datasets.json_cells import NotReadable, parse, record_cells, rows_from_records
from votek.datasets.table import BLANK_ROW, Options, RawRows, excerpt
from votek.datatypes import Refusal
from votek.errors import FileError

__all__ = ["read_jsonl", "records_from_lines"]


def read_jsonl(content: bytes, options: Options) -> RawRows:
    """One JSON object a line; a line that is none is refused, keys may differ from line to line."""
    decoded = decode(content, options.encoding)
    if not decoded.text.strip():
        raise FileError("the file is empty. Give one JSON object per line.")
    return rows_from_records(records_from_lines(decoded.text), options, dict(decoded.details), decoded.notes)


def records_from_lines(text: str) -> Iterator[Refusal | tuple[int, dict[str, str]]]:
    """Number and cells of each line, or why it is refused."""
    number = blanks = 0
    for line in io.StringIO(text, newline=""):  # a raw line end cannot be part of a JSON text
        if not line.strip():
            blanks += 1 if number else 0
            continue
        for _ in range(blanks):
            number += 1
            yield Refusal(number, BLANK_ROW)
        blanks = 0
        number += 1
        try:
            yield number, record_cells(parse(line.strip(" \t\r\n")))
        except NotReadable as error:
            yield Refusal(number, str(error), excerpt(line.strip()))
