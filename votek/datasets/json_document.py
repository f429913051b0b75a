"""JSON documents: a list of objects, an object of lists, or either of these under "data"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from votek.datasets.encodings import decode
from votek.datasets.json_cells import NotReadable, parse, record_cells, rows_from_records
from votek.datasets.jsonl import records_from_lines
from votek.datasets.table import Options, RawRows, excerpt
from votek.datatypes import Refusal
from votek.errors import FileError

__all__ = ["read_json"]

_SHAPES = 'Give a list of objects, an object of lists of equal length, or one of these under the key "data".'


def read_json(content: bytes, options: Options) -> RawRows:
    """A whole JSON document; a document that is one object a line is read as JSON Lines, which is noted."""
    decoded = decode(content, options.encoding)
    notes = decoded.notes
    text = decoded.text.strip(" \t\r\n")
    if not text:
        raise FileError(f"the file is empty. {_SHAPES}")
    try:
        document = parse(text)
    except NotReadable as error:
        if not _is_json_lines(text):
            raise FileError(f"{error} {_SHAPES}") from None
        notes.append("The document is one object a line, and is read as JSON Lines.")
        return rows_from_records(records_from_lines(text), options, dict(decoded.details), notes)
    return rows_from_records(_records(document), options, dict(decoded.details), notes)


def _is_json_lines(text: str) -> bool:
    first = text.splitlines()[0]
    try:
        return isinstance(parse(first), dict) and first != text
    except NotReadable:
        return False


def _records(document: Any) -> Iterator[Refusal | tuple[int, dict[str, str]]]:
    if isinstance(document, dict) and isinstance(document.get("data"), list | dict):
        document = document["data"]
    if isinstance(document, dict):
        document = _transposed(document)
    if not isinstance(document, list):
        raise FileError(f"the document is neither a list nor an object. {_SHAPES}")
    for number, value in enumerate(document, start=1):
        try:
            yield number, record_cells(value)
        except NotReadable as error:
            yield Refusal(number, str(error), excerpt(str(value)) if isinstance(value, str) else "")


def _transposed(columns: dict[str, Any]) -> list[dict[str, Any]]:
    lengths = {name: len(values) for name, values in columns.items() if isinstance(values, list)}
    if not columns or len(lengths) != len(columns):
        wrong = next((name for name in columns if name not in lengths), None)
        raise FileError(
            f"the document is one object, and {wrong!r} is not a list. {_SHAPES}"
            if wrong
            else f"{{}} is empty. {_SHAPES}"
        )
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name!r}: {length:,}" for name, length in list(lengths.items())[:10])
        raise FileError(f"the lists are not equally long ({counts}). {_SHAPES}")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
