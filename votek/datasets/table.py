"""A file as columns of strings, before anyone has said which column is the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from votek.datasets.limits import Limits
from votek.datatypes import Refusal
from votek.errors import FileError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BLANK_ROW", "Options", "RawRow", "RawRows", "Table", "assemble", "excerpt", "is_blank"]

RawRow = Refusal | tuple[int, list[str]]
"""One row as a reader yields it: its number and cells, or why it cannot be used."""

BLANK_ROW = "The row is blank."
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SURROGATE = re.compile("[\ud800-\udfff]")
_EXCERPT_LENGTH = 80


@dataclass(frozen=True)
class Options:
    """What a reader is told besides the bytes; None means: find out."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    first: int | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass
class RawRows:
    """What a reader gives back: column names as written, rows (lazily, in file order), how it read them."""

    columns: Sequence[str]
    rows: Iterable[RawRow]
    details: dict[str, Any]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of one file: all cells are strings, as written in the file, missing = "".

    `cells`: one list of n strings per column. `numbers`: the 1-based row number in the file of each of
    the n rows. `rows`: rows in the file, n + refusals. `details`: format, encoding, delimiter, notes.
    """

    name: str
    columns: tuple[str, ...]
    cells: tuple[list[str], ...]
    numbers: list[int]
    refusals: tuple[Refusal, ...]
    details: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def rows(self) -> int:
        """Rows in the file: loaded and refused."""
        return len(self.numbers) + len(self.refusals)

    def column(self, name: str) -> list[str]:
        """The n cells of one column; a FileError that lists the columns when there is no such one."""
        try:
            return self.cells[self.columns.index(name)]
        except ValueError:
            there = listed(self.columns)
            raise FileError(f"{self.name}: there is no column {name!r}. Choose one of the columns: {there}.") from None

    def head(self, n: int = 20) -> pd.DataFrame:
        """The first `n` rows as a DataFrame of strings, indexed by row number."""
        import pandas as pd

        data = {name: column[:n] for name, column in zip(self.columns, self.cells, strict=True)}
        return pd.DataFrame(data, index=pd.Index(self.numbers[:n], name="row"), dtype="str")


def listed(names: Sequence[str], most: int = 30) -> str:
    """Names for a message, quoted; long lists are cut and say so."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(repr(name) for name in names[:most]) + more


def is_blank(text: str) -> bool:
    """Whether `text` shows nothing: empty, white space, or characters of no width."""
    return not text.strip() or not text.strip(_INVISIBLE).strip().strip(_INVISIBLE)


def excerpt(text: str) -> str:
    """The start of `text`, safe to store and show: NULs and lone surrogates are replaced."""
    cut = text[:_EXCERPT_LENGTH] + ("…" if len(text) > _EXCERPT_LENGTH else "")
    return _SURROGATE.sub("\ufffd", cut).replace("\0", "\u2400")


def assemble(raw: RawRows, *, name: str, options: Options) -> Table:
    """Rows to columns; rows that hold what no text can hold are refused, limits are kept."""
    limits = options.limits
    numbers: list[int] = []
    rows: list[list[str]] = []
    refusals: list[Refusal] = []
    budget = limits.max_cells
    for row in islice(raw.rows, options.first):
        if isinstance(row, Refusal):
            refusals.append(row)
        else:
            numbers.append(row[0])
            rows.append(row[1])
            budget -= len(row[1])
        if len(numbers) + len(refusals) > limits.max_rows:
            raise FileError(f"more than {limits.max_rows:,} rows. {_SPLIT} (VOTEK_MAX_ROWS).")
        if budget < 0:
            raise FileError(f"more than {limits.max_cells:,} cells. Leave out columns that are not needed.")
    if not rows and not refusals:
        raise FileError("there is a header, but no row below it. Add rows, one text each.")
    if not raw.columns:
        why = refusals[0].reason if refusals else "The objects have no fields."
        raise FileError(
            f"none of the {len(rows) + len(refusals):,} row(s) can be used. {why} Give named fields per row."
        )
    notes = list(raw.notes)  # readers may add some until their last row is read
    columns = column_names(raw.columns, notes, limits)
    cells = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in columns]
    numbers, cells, unusable = _refuse_unusable(columns, cells, numbers, limits)
    refusals = sorted([*refusals, *unusable], key=lambda refusal: refusal.row)
    details = {**raw.details, "rows": len(numbers) + len(refusals), "notes": tuple(notes)}
    return Table(name, columns, tuple(cells), numbers, tuple(refusals), details)


_SPLIT = "Split the file, or ask whoever runs this server to raise the limit"


def column_names(written: Sequence[str], notes: list[str], limits: Limits) -> tuple[str, ...]:
    """Unique, trimmed, non-empty names; every change is stated in `notes`."""
    if len(written) > limits.max_columns:
        raise FileError(f"{len(written):,} columns; at most {limits.max_columns:,} can be read. Leave out some.")
    taken = {name.strip() for name in written}
    names: list[str] = []
    seen: set[str] = set()
    for position, original in enumerate(written, start=1):
        if "\0" in original or _SURROGATE.search(original):
            raise FileError(
                f"the name of column {position} ({excerpt(original)!r}) holds characters that no text has. "
                "The encoding is probably another one, or this is not a text file: choose the encoding."
            )
        name = original.strip().strip("\ufeff")
        if not name:
            name = _free_name(f"column {position}", taken | seen)
            notes.append(f"Column {position} has no name; it is called {name!r} here.")
        elif name in seen:
            first, name = name, _free_name(name, taken | seen)
            notes.append(f"Column {position} is a second {first!r}; it is called {name!r} here.")
        elif name != original:
            notes.append(f"White space around the name of column {position} ({name!r}) was dropped.")
        names.append(name)
        seen.add(name)
    return tuple(names)


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _refuse_unusable(
    columns: Sequence[str], cells: list[list[str]], numbers: list[int], limits: Limits
) -> tuple[list[int], list[list[str]], list[Refusal]]:
    """Takes out the rows with a NUL, a lone surrogate or an over-long cell in any column."""
    refused: dict[int, Refusal] = {}
    for name, column in zip(columns, cells, strict=True):
        joined = "".join(column)
        suspicious = "\0" in joined or (not joined.isascii() and _SURROGATE.search(joined) is not None)
        if not suspicious and max(map(len, column), default=0) <= limits.max_text_chars:
            continue
        for position, cell in enumerate(column):
            reason = _unusable(name, cell, limits.max_text_chars)
            if reason:
                refused.setdefault(position, Refusal(numbers[position], reason, excerpt(cell)))
    if not refused:
        return numbers, cells, []
    kept = [position for position in range(len(numbers)) if position not in refused]
    return (
        [numbers[position] for position in kept],
        [[column[position] for position in kept] for column in cells],
        list(refused.values()),
    )


def _unusable(name: str, cell: str, longest: int) -> str:
    if len(cell) > longest:
        return (
            f"Column {name!r} holds {len(cell):,} characters; at most {longest:,} are allowed (VOTEK_MAX_TEXT_CHARS)."
        )
    if "\0" in cell:
        return f"Column {name!r} holds a NUL character (at position {cell.index(chr(0)) + 1})."
    found = _SURROGATE.search(cell)
    if not found:
        return ""
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        return (
            f"Column {name!r} holds a byte (0x{code - 0xDC00:02X}) that is not part of any character in this encoding."
        )
    return f"Column {name!r} holds half of a surrogate pair (U+{code:04X}), which is no character."
