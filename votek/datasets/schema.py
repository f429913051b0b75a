"""Columns to texts: which column is what, ids, templates, and which rows cannot be used."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from votek.datasets.limits import Limits
from votek.datasets.table import Table, excerpt, is_blank, listed
from votek.datatypes import Dataset, Refusal
from votek.errors import FileError, InputError

__all__ = ["dataset_digest", "first_of_copies", "make_dataset", "map_columns"]

_FIELD = re.compile(r"\{([^{}]*)\}")
_SEPARATOR = " / "


def map_columns(
    table: Table,
    *,
    text: str | Sequence[str] = "text",
    template: str | None = None,
    label: str | None = None,
    id: str | None = None,
    group: str | Sequence[str] | None = None,
    limits: Limits | None = None,
) -> Dataset:
    """The texts of a table, one per row, with the rows that have none refused.

    `text`: a column, or several, which are joined by " / ". `template` (such as
    "{premise} / {hypothesis}") renders columns by plain substitution in one pass and takes the place of
    `text`. Without `id`, ids are row numbers. Raises FileError when a named column is not there, or when
    no row can be used.
    """
    limits = limits or Limits.from_settings()
    parts, sources = _text_parts(table, text, template)
    groups = tuple(dict.fromkeys([group] if isinstance(group, str) else group or ()))
    for name in (*groups, *([label] if label else [])):
        table.column(name)
    texts = _rendered(parts, len(table))
    refused = _refused_texts(table, texts, sources, limits)
    ids = _ids(table, id, refused)
    if len(refused) == len(table):
        raise FileError(_nothing_left(table, refused.values()))
    keep = [position for position in range(len(table)) if position not in refused]
    refusals = sorted([*table.refusals, *refused.values()], key=lambda refusal: refusal.row)
    return make_dataset(
        [ids[position] for position in keep],
        [texts[position] for position in keep],
        {name: [cells[p] for p in keep] for name, cells in zip(table.columns, table.cells, strict=True)},
        refusals=refusals,
        label=label,
        groups=groups,
        details={**table.details, "text": sources, "template": template, "id": id},
    )


def make_dataset(
    ids: Sequence[str],
    texts: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    *,
    refusals: Iterable[Refusal] = (),
    label: str | None = None,
    groups: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
) -> Dataset:
    """A Dataset of n unique ids, n texts and columns of n strings, with its duplicates and digest."""
    import pandas as pd

    return Dataset(
        ids=tuple(ids),
        texts=tuple(texts),
        fields=pd.DataFrame({name: list(cells) for name, cells in columns.items()}, dtype="str"),
        refusals=tuple(refusals),
        duplicates=first_of_copies(texts),
        digest=dataset_digest(ids, texts, columns),
        label=label,
        groups=tuple(groups),
        details=dict(details or {}),
    )


def first_of_copies(texts: Sequence[str]) -> NDArray[np.int64]:
    """For each text the position of the first text that is exactly the same, int64 (n,)."""
    first: dict[str, int] = {}
    return np.fromiter((first.setdefault(text, i) for i, text in enumerate(texts)), np.int64, len(texts))


def dataset_digest(ids: Sequence[str], texts: Sequence[str], columns: Mapping[str, Sequence[str]]) -> str:
    """SHA-256 over ids, texts and columns by name, whatever the file format or the order of columns."""
    state = hashlib.sha256(b"votek dataset 1")
    _update(state, ids)
    _update(state, texts)
    for name in sorted(columns):
        _update(state, [name])
        _update(state, columns[name])
    return state.hexdigest()


def _update(state: Any, values: Sequence[str]) -> None:
    # Lengths first, so that no two lists of values give the same bytes.
    state.update(len(values).to_bytes(8, "little"))
    state.update(np.fromiter(map(len, values), "<i8", len(values)).tobytes())
    state.update("".join(values).encode())


def _text_parts(
    table: Table, text: str | Sequence[str], template: str | None
) -> tuple[list[str | list[str]], tuple[str, ...]]:
    """The literal strings and the columns that make up a text, in order, and the columns' names."""
    if template is None:
        names = (text,) if isinstance(text, str) else tuple(text)
        if not names:
            raise InputError(f"No text column is named. The columns are: {listed(table.columns)}. Choose one or more.")
        parts: list[str | list[str]] = []
        for name in names:
            parts += [_SEPARATOR, table.column(name)] if parts else [table.column(name)]
        return parts, names
    pieces = _FIELD.split(template)
    names = tuple(dict.fromkeys(pieces[1::2]))
    if not names:
        raise InputError(
            f"The template {template!r} names no column. Write a column's name in braces; "
            f"the columns are: {listed(table.columns)}."
        )
    return [table.column(piece) if i % 2 else piece for i, piece in enumerate(pieces)], names


def _rendered(parts: list[str | list[str]], n: int) -> list[str]:
    if len(parts) == 1 and isinstance(parts[0], list):
        return parts[0]
    columns = [part if isinstance(part, list) else [part] * n for part in parts]
    return list(map("".join, zip(*columns, strict=True)))


def _refused_texts(table: Table, texts: list[str], sources: tuple[str, ...], limits: Limits) -> dict[int, Refusal]:
    columns = [table.column(name) for name in sources]
    what = f"Column {sources[0]!r} is" if len(sources) == 1 else f"The columns {listed(sources)} are all"
    refused: dict[int, Refusal] = {}
    for position, text in enumerate(texts):
        if len(text) > limits.max_text_chars:
            allowed = f"at most {limits.max_text_chars:,} are allowed (VOTEK_MAX_TEXT_CHARS)"
            reason = f"The text has {len(text):,} characters; {allowed}."
            refused[position] = Refusal(table.numbers[position], reason, excerpt(text))
        elif is_blank(columns[0][position]) and all(is_blank(column[position]) for column in columns):
            refused[position] = Refusal(table.numbers[position], f"{what} empty: there is no text.")
    return refused


def _ids(table: Table, id: str | None, refused: dict[int, Refusal]) -> list[str]:
    """Ids per row; rows without one, or with one that an earlier row has, are added to `refused`."""
    if id is None:
        return list(map(str, table.numbers))
    ids = table.column(id)
    first: dict[str, int] = {}
    for position, value in enumerate(ids):
        if position in refused:
            continue
        number = table.numbers[position]
        if is_blank(value):
            refused[position] = Refusal(number, f"Column {id!r} is empty: there is no id.", excerpt(ids[position]))
        elif value in first:
            reason = f"The id {excerpt(value)!r} is already used by row {first[value]:,}."
            refused[position] = Refusal(number, reason, excerpt(value))
        else:
            first[value] = number
    return ids


def _nothing_left(table: Table, refused: Iterable[Refusal]) -> str:
    every = sorted([*table.refusals, *refused], key=lambda refusal: refusal.row)
    common = Counter(refusal.reason for refusal in every).most_common(3)
    reasons = " ".join(f"{reason} ({count:,} row(s))" for reason, count in common)
    none = f"{table.name}: none of the {len(every):,} row(s) can be used."
    return f"{none} {reasons} Correct the file, or map other columns."
