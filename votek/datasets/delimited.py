"""CSV and its relatives: quotes, line ends, ragged rows, and what to do about broken quotes."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from votek.datasets.dialect import detect_delimiter, line_ends_with_return, unused_character
from votek.datasets.encodings import decode
from votek.datasets.table import BLANK_ROW, Options, RawRow, RawRows, excerpt
from votek.datatypes import Refusal
from votek.errors import FileError, InputError

__all__ = ["read_csv", "read_tsv"]

_LONE_RETURN = re.compile(r"\r(?!\r*\n|\r*\Z)")
_SEP_LINE = re.compile(r"\Asep=([^\r\n])\r?\n", re.IGNORECASE)


def read_csv(content: bytes, options: Options) -> RawRows:
    """Comma, semicolon, tab or pipe separated text; the delimiter is detected when not given."""
    return _read(content, options, None)


def read_tsv(content: bytes, options: Options) -> RawRows:
    """Tab separated text."""
    return _read(content, options, "\t")


def _read(content: bytes, options: Options, default: str | None) -> RawRows:
    # The limit is one per process and only ever raised; over-long cells are refused row by row instead.
    csv.field_size_limit(max(csv.field_size_limit(), min(sys.maxsize, 2**31 - 1)))
    decoded = decode(content, options.encoding)
    text, notes = decoded.text, decoded.notes
    delimiter = _checked_delimiter(options.delimiter) or default
    announced = _SEP_LINE.match(text)
    if announced:
        delimiter = delimiter or announced[1]
        text = text[announced.end() :]
        notes.append(f"The first line ({announced[0].strip()!r}) names the delimiter; it is no row.")
    if delimiter is None:
        delimiter = detect_delimiter(text)
        if not delimiter:
            notes.append("The file is read as one column.")
    details: dict[str, Any] = {**decoded.details, "delimiter": delimiter}
    reader = _Records(text, delimiter or unused_character(text), options, notes)
    header = reader.header()
    return RawRows(header, reader.rows(len(header)), details, notes)


def _checked_delimiter(delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    meant = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}.get(
        delimiter, delimiter
    )
    if len(meant) != 1 or meant in '"\r\n\0':
        raise InputError(f"The delimiter {delimiter!r} cannot be used: give one character, such as , ; | or tab.")
    return meant


class _Lines(Iterator[str]):
    """Physical lines, remembering those of the current record, so that they can be read again."""

    def __init__(self, stream: Iterable[str], most: int) -> None:
        self._stream = iter(stream)
        self._most = most
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0
        self.at_end = False

    def __next__(self) -> str:
        if self._again:
            line = self._again.popleft()
        else:
            try:
                line = next(self._stream)
            except StopIteration:
                self.at_end = True
                raise
        self.number += 1
        self.taken.append(line)
        if len(self.taken) > self._most:
            first = self.number - len(self.taken) + 1
            raise FileError(
                f"a quote opens in line {first:,} and is not closed in the {self._most:,} lines after it. Close it, or "
                "double it where it belongs to the text."
            )
        return line

    def read_again(self, lines: list[str], replaced: int) -> None:
        self._again.extendleft(reversed(lines))
        self.number -= replaced
        self.at_end = False


class _Records:
    """Records of one text. Strict about quotes: a record that cannot be read for sure is refused."""

    def __init__(self, text: str, delimiter: str, options: Options, notes: list[str]) -> None:
        # With "" every kind of line end separates lines; with "\n" a lone carriage return is content.
        self._lines = _Lines(
            io.StringIO(text, newline="" if line_ends_with_return(text) else "\n"), options.limits.max_rows
        )
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._delimiter = delimiter
        self._options = options
        self._notes = notes
        self._first: list[str] | None = None
        self._refused: list[str] = []
        # Takes the place of carriage returns outside quotes, which the csv module never accepts as content.
        self._stand_in = unused_character(text + delimiter)
        self._stood_in = False

    def header(self) -> list[str]:
        for record in self._records(width=None):
            if isinstance(record, str):
                raise FileError(f"the header cannot be read. {record}")
            if _is_blank_line(record, self._lines.taken):
                continue
            if self._options.header:
                return record
            self._first = record
            return [f"column {position}" for position in range(1, len(record) + 1)]
        raise FileError("the file is empty. Give a file with a header and one row per text.")

    def rows(self, width: int) -> Iterator[RawRow]:
        number = blanks = returns = 0
        plain_ends = not self._lines.taken[-1].endswith("\r\n")
        if self._first is not None:
            number = 1
            yield number, self._first
        for record in self._records(width):
            taken = self._lines.taken
            if not isinstance(record, str) and _is_blank_line(record, taken):
                blanks += 1 if number else 0
                continue
            for _ in range(blanks):
                number += 1
                yield Refusal(number, BLANK_ROW)
            blanks = 0
            number += 1
            returns += plain_ends and taken[-1].endswith("\r\n")
            if isinstance(record, str):
                yield Refusal(number, record, excerpt("".join(self._refused)))
            elif len(record) != width:
                yield Refusal(number, _ragged(len(record), width), excerpt("".join(taken).rstrip("\r\n")))
            else:
                yield number, record
        if returns:
            self._notes.append(
                f"{returns:,} row(s) end in a carriage return and a line feed, the header in a line feed alone; "
                "both were taken for the end of a row."
            )

    def _records(self, width: int | None) -> Iterator[list[str] | str]:
        """Cells of each record, or the reason why a record is refused."""
        lines = self._lines
        while True:
            lines.taken.clear()
            try:
                record = next(self._reader)
                if self._stood_in:
                    record = [cell.replace(self._stand_in, "\r") for cell in record]
                    lines.taken[:] = [line.replace(self._stand_in, "\r") for line in lines.taken]
                yield record
            except StopIteration:
                return
            except csv.Error:
                reason = self._recover(list(lines.taken), width)
                if reason:
                    yield reason

    def _recover(self, taken: list[str], width: int | None) -> str:
        """Decides how much of a broken record to refuse; the rest of its lines is read again."""
        lines = self._lines
        first, last = lines.number - len(taken) + 1, lines.number
        self._refused = [line.replace(self._stand_in, "\r") for line in taken]
        if _LONE_RETURN.search(taken[-1]):
            again = self._without_returns(taken, width)
            if not again:
                return "A lone carriage return stands outside quotes: it is not clear whether the row ends there."
            lines.read_again(again, len(taken))
            return ""
        rest = taken[1:]
        fitting = [self._fits(line, width) for line in rest]
        if rest and (lines.at_end or fitting[-1]) and 2 * sum(fitting) >= len(rest):
            lines.read_again(rest, len(rest))
            self._refused = self._refused[:1]
            return f"A quote opens in line {first:,} and is not closed there; the lines after it are read as rows."
        if lines.at_end and not self._closed(taken):
            return f"A quote opens in line {first:,} and is never closed."
        where = f"line {first:,}" if first == last else f"lines {first:,} to {last:,}"
        return f'A quote mark inside a quoted cell is not doubled ("") in {where}.'

    def _without_returns(self, taken: list[str], width: int | None) -> list[str]:
        """The lines with their lone carriage returns read as row ends or as content; [] when it could be both."""
        pieces = [piece for line in taken for piece in io.StringIO(line, newline="")]
        if width is not None and width > 1 and all(self._fits(piece, width) for piece in pieces):
            return pieces
        replaced = [*taken[:-1], _LONE_RETURN.sub(self._stand_in, taken[-1])]
        if width == 1 and self._parses(replaced):
            return []
        self._stood_in = True
        return replaced

    def _parses(self, lines: list[str]) -> bool:
        try:
            return sum(1 for _ in csv.reader(lines, delimiter=self._delimiter, strict=True)) == 1
        except csv.Error:
            return False

    def _fits(self, line: str, width: int | None) -> bool:
        """Whether `line` alone is a faultless row of `width` cells."""
        separator = re.escape(self._delimiter)
        cell = rf'(?:"(?:[^"]|"")*"|[^"{separator}\r\n]*)'
        if not re.fullmatch(rf"{cell}(?:{separator}{cell})*\r*\n?", line):
            return False
        return width is None or sum(1 for _ in next(csv.reader([line], delimiter=self._delimiter), [])) == width

    def _closed(self, taken: list[str]) -> bool:
        return "".join(taken).count('"') % 2 == 0


def _is_blank_line(record: list[str], taken: list[str]) -> bool:
    return not record or (len(record) == 1 and not record[0].strip() and '"' not in taken[0])


def _ragged(found: int, width: int) -> str:
    many = "Too many" if found > width else "Too few"
    return f"{many} cells: {found:,}, where the header has {width:,}."
