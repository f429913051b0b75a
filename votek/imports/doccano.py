"""doccano: JSON Lines, JSON or CSV of text classification and of sequence to sequence; a zip has a file per person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from votek.datasets.reading import read_table
from votek.datatypes import Refusal
from votek.imports.draft import Draft
from votek.imports.fields import cells, labels_of
from votek.imports.files import Files
from votek.imports.format import LabelFormat

__all__ = ["FORMAT"]

_LABELS = ("label", "labels", "cats")
_USED = {"id", "text", "data", "Comments", "comments", "entities", "relations", *_LABELS}
_NOBODY = ("all", "unknown")
_JOINED_BY = "#"


def _looks(files: Files) -> str:
    """Entries with a text and a list of labels; in a zip, in every file that has any."""
    found = [files.objects(path, most=1) for path in files.named(".jsonl", ".json")]
    if any(found) and all(_is_entry(value) for values in found for value in values):
        return 'its entries have "text" and a list of labels, as doccano writes them'
    tables = files.named(".csv") if files.kind != "file" else []
    if tables and all(files.parts[path].startswith((b"id,text,label", b"id,data,label")) for path in tables):
        return 'its files begin with "id,text,label", as doccano writes them'
    return ""


def _is_entry(value: Mapping[str, Any]) -> bool:
    has_text = isinstance(value.get("text", value.get("data")), str)
    return has_text and any(isinstance(value.get(name), list) for name in (*_LABELS, "entities"))


def _read(files: Files, draft: Draft) -> None:
    """The labels of every file; in a zip the name of a file is that of a person."""
    draft.undecided = True
    several = len(files.named(".jsonl", ".json", ".csv")) > 1 or files.kind != "file"
    for path in files.named(".jsonl", ".json"):
        for record in files.records(path):
            if isinstance(record, Refusal):
                draft.refuse(record.row, record.reason, f"{path}: {record.excerpt}")
            elif not isinstance(record[1], dict):
                draft.refuse(record[0], "Not an entry: an object was expected.", str(record[1]))
            else:
                _read_entry(record[0], record[1], _person(path, several), draft)
    for path in files.named(".csv"):
        if b"\n" not in files.parts[path].strip():
            continue  # a header alone: this person confirmed nothing
        table = read_table(files.parts[path], name=path, limits=draft.limits, encoding=draft.options.encoding)
        for at, row in enumerate(table.numbers):
            entry: dict[str, Any] = {name: column[at] for name, column in zip(table.columns, table.cells, strict=True)}
            entry["label"] = [part for part in str(entry.get("label", "")).split(_JOINED_BY) if part]
            _read_entry(row, entry, _person(path, several), draft)


def _person(path: str, several: bool) -> str:
    stem = PurePosixPath(path).name.split(".")[0]
    return "" if not several or stem in _NOBODY else stem


def _read_entry(row: int, entry: Mapping[str, Any], who: str, draft: Draft) -> None:
    text = draft.options.text or ("text" if "text" in entry else "data")
    fields = cells(entry, without={*_USED, text})
    item = draft.add_text(row, entry.get(text), id=entry.get(draft.options.id or "id"), fields=fields)
    named = ("cats",) if "cats" in entry else ("label", "labels")
    given = next(filter(None, map(entry.get, named)), None)
    for kind, name in (("spans", "entities"), ("relations", "relations")):
        found = entry.get(name)
        if isinstance(found, list) and found:
            draft.losses.add(kind, row, count=len(found))
    if "cats" in entry and isinstance(entry.get("label"), list) and entry["label"]:
        draft.losses.add("spans", row, count=len(entry["label"]))
    labels = labels_of(given)
    if labels is None and isinstance(given, list):
        draft.losses.add("spans", row, str(given[0]), count=len(given))
    elif labels is None and given is not None:
        draft.losses.add("kind", row, str(given))
    elif labels and item is not None:
        draft.add_answer(row, item, who=who, labels=labels, comment=_comment(entry))


def _comment(entry: Mapping[str, Any]) -> str:
    found = labels_of(entry.get("Comments", entry.get("comments")))
    return "\n".join(found or ())


FORMAT = LabelFormat(
    name="doccano",
    title="doccano",
    sentence="JSON Lines, JSON or CSV, or the zip with a file for each person: categories and written answers.",
    looks=_looks,
    read=_read,
)
