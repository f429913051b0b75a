"""Plain text: one item a line."""

from __future__ import annotations

import io
from collections.abc import Iterator

from votek.datasets.encodings import decode
from votek.datasets.table import BLANK_ROW, Options, RawRow, RawRows
from votek.datatypes import Refusal
from votek.errors import FileError

__all__ = ["read_text"]


def read_text(content: bytes, options: Options) -> RawRows:
    """One item a line, in the column "text"; there is no header."""
    decoded = decode(content, options.encoding)
    if not decoded.text.strip("\r\n"):
        raise FileError("the file is empty. Give one text per line.")
    return RawRows(["text"], _rows(decoded.text), dict(decoded.details), decoded.notes)


def _rows(text: str) -> Iterator[RawRow]:
    number = blanks = 0
    # A lone carriage return ends a line only where no line feed does.
    for line in io.StringIO(text, newline="\n" if "\n" in text else ""):
        item = line.removesuffix("\n").removesuffix("\r")
        if not item.strip():
            blanks += 1 if number else 0
            continue
        for _ in range(blanks):
            number += 1
            yield Refusal(number, BLANK_ROW)
        blanks = 0
        number += 1
        yield number, [item]
