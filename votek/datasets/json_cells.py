"""JSON values as cells: what is written in the file stays as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from votek.datasets.table import Options, RawRow, RawRows
from votek.datatypes import Refusal
from votek.errors import FileError

__all__ = ["NotReadable", "parse", "record_cells", "rows_from_records"]


class NotReadable(ValueError):
    """Text that is no JSON that can be used; the message is a reason in a person's words."""


class _Number(str):
    """A number as written, so that 1.10 and 10000000000000000000001 stay themselves."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotReadable(f"The key {twice!r} appears twice in one object.")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_Number)


def parse(text: str) -> Any:
    """The value of one JSON text; numbers keep their spelling. Raises NotReadable."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno:,}, " if "\n" in text.strip() else ""
        raise NotReadable(f"This is not JSON: {error.msg} ({where}character {error.colno:,}).") from None
    except RecursionError:
        raise NotReadable("This JSON is nested too deeply.") from None


def render(value: Any) -> str:
    """One cell: texts and numbers as they are, null as "", true and false, anything nested as JSON text."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return _nested(value)


def _nested(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_nested(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_nested, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def record_cells(value: Any) -> dict[str, str]:
    """The cells of one object, by column. Raises NotReadable when `value` is no object, or is too deep."""
    if not isinstance(value, dict):
        kind = {list: "a list", bool: "true or false", type(None): "null", _Number: "a number", str: "a text"}
        raise NotReadable(f"Not an object with named fields, but {kind.get(type(value), 'something else')}.")
    try:
        return {key: cell if type(cell) is str else render(cell) for key, cell in value.items()}
    except RecursionError:
        raise NotReadable("This JSON is nested too deeply.") from None


def rows_from_records(
    records: Iterable[Refusal | tuple[int, dict[str, str]]], options: Options, details: dict[str, Any], notes: list[str]
) -> RawRows:
    """Aligns records of differing keys: columns in order of first appearance, missing = ""."""
    limits = options.limits
    columns: dict[str, None] = {}
    kept: list[Refusal | tuple[int, dict[str, str]]] = []
    for record in records:
        kept.append(record)
        if not isinstance(record, Refusal):
            columns.update(dict.fromkeys(record[1]))
            if len(columns) > limits.max_columns:
                raise FileError(
                    f"more than {limits.max_columns:,} different keys. Leave out those that are not needed."
                )
        if options.first is not None and len(kept) >= options.first:
            break
        if len(kept) > limits.max_rows:
            break  # the table that is made of these says so
    if not kept:
        raise FileError("the file holds no rows. Give one object with named fields per text.")
    return RawRows(list(columns), _aligned(kept, list(columns)), details, notes)


def _aligned(records: list[Refusal | tuple[int, dict[str, str]]], columns: list[str]) -> Iterator[RawRow]:
    for record in records:
        if isinstance(record, Refusal):
            yield record
        else:
            number, cells = record
            yield number, [cells.get(column, "") for column in columns]
