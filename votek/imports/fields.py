"""Values of JSON records as cells, and which field of a record is its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from votek.datasets.json_cells import render
from votek.errors import FileError
from votek.imports.draft import Draft

__all__ = ["cells", "labels_of", "main_field", "mapping", "texts_of"]

_TEXT = (
    "text",
    "sentence",
    "message",
    "question",
    "utterance",
    "content",
    "body",
    "review",
    "comment",
    "input",
    "prompt",
)


def cells(values: Mapping[str, Any], *, without: Iterable[str] = ()) -> dict[str, str]:
    """The values as strings, nested ones as JSON, but for those named."""
    left_out = set(without)
    return {str(name): render(value) for name, value in values.items() if name not in left_out}


def mapping(value: Any) -> dict[str, Any]:
    """`value` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def labels_of(value: Any) -> list[str] | None:
    """A label or a list of labels as strings; None for anything else."""
    if isinstance(value, str) and not value.strip():
        return []
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [str(one) for one in value]
    return None


def texts_of(values: Iterable[Mapping[str, Any]]) -> list[str]:
    """Names of the fields that hold a text in any of these records, in order of appearance."""
    found = {name: None for value in values for name, one in value.items() if type(one) is str and one.strip()}
    return list(found)


def main_field(records: Sequence[Mapping[str, Any]], draft: Draft) -> str:
    """The field that holds the text: the named one, one with a usual name, else the only one with text.

    Raises:
        FileError: it cannot be told.
    """
    there_are = texts_of(records)
    wanted = draft.options.text
    if wanted is not None:
        if not any(wanted in record for record in records):
            raise FileError(f"there is no field {wanted!r}; those with text are: {', '.join(there_are) or 'none'}.")
        return wanted
    lowered = {name.lower(): name for name in reversed(there_are)}
    usual = next((lowered[name] for name in _TEXT if name in lowered), None)
    if usual is None and len(there_are) != 1:
        raise FileError(f"which field holds the text is not clear; name it, one of: {', '.join(there_are) or 'none'}.")
    draft.details["text"] = usual or there_are[0]
    return usual or there_are[0]
