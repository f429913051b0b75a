"""Which delimiter and which line ends a delimited text uses."""

from __future__ import annotations

import csv
import io
import re

__all__ = ["DELIMITERS", "detect_delimiter", "line_ends_with_return", "unused_character"]

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 65_536
_RECORDS = 200
_LINE_END = re.compile(r'"(?:[^"]|"")*"|([\r\n]+)')


def line_ends_with_return(text: str) -> bool:
    """Whether the first line outside quotes ends with carriage returns alone (old Macintosh files)."""
    for found in _LINE_END.finditer(text.lstrip("\r\n"), 0, _SAMPLE):
        if found[1]:
            return "\n" not in found[1]
    return False


def detect_delimiter(text: str) -> str:
    """The delimiter that splits the header and agrees best with the rows; "" when the header has one column.

    >>> detect_delimiter("id;text\\n1;Hello, you\\n2;So, what, now\\n")
    ';'
    >>> detect_delimiter("text\\nHello, you\\n")
    ''
    """
    best, best_score = "", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        if not widths or widths[0] < 2:
            continue
        rows = widths[1:]
        agreement = sum(width == widths[0] for width in rows) / len(rows) if rows else 1.0
        if (agreement, widths[0]) > best_score:
            best, best_score = delimiter, (agreement, widths[0])
    # A header that holds a delimiter which no row agrees with is still the better reading than one column:
    # the rows are then refused with their counts, in sight.
    return best or next((mark for mark in DELIMITERS if (_widths(text, mark) or [1])[0] > 1), "")


def _widths(text: str, delimiter: str) -> list[int]:
    sample = text[:_SAMPLE]
    widths: list[int] = []
    stream = io.StringIO(sample, newline="" if line_ends_with_return(sample) else "\n")
    try:
        for record in csv.reader(stream, delimiter=delimiter):
            if record:
                widths.append(len(record))
            if len(widths) > _RECORDS:
                return widths
    except csv.Error:
        return widths
    return widths[:-1] if len(text) > _SAMPLE and len(widths) > 1 else widths


def unused_character(text: str) -> str:
    """A character that `text` does not hold, to read it as one column."""
    codes = (0x1F, 0x1E, *range(0xE000, 0xF8FF), *range(0xF0000, 0xFFFFD))
    return next(chr(code) for code in codes if chr(code) not in text)
