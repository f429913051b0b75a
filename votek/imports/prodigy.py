"""Prodigy: JSON Lines of `db-out`, one line for each answer of a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from votek.datatypes import Refusal
from votek.imports.draft import Draft
from votek.imports.fields import cells, labels_of, mapping
from votek.imports.files import Files
from votek.imports.format import LabelFormat

__all__ = ["FORMAT"]

_ANSWERS = ("accept", "reject", "ignore")
_USED = {"text", "label", "options", "accept", "answer", "spans", "relations", "meta", "user_input", "flagged"}
_CHOICE, _LABEL, _INPUT = "choice", "label", "user_input"


def _looks(files: Files) -> str:
    """Lines with an `answer` (accept, reject, ignore), and one of Prodigy's own fields ("_...") or no other answer."""
    for path in files.named(".jsonl", ".json"):
        values = files.objects(path, most=20)
        for value in values[:5]:
            if value.get("answer") in _ANSWERS and any(str(name).startswith("_") for name in value):
                return 'its lines have "answer" and "_input_hash" or the like, as Prodigy writes them'
        # As a table, a label that was rejected would count as one that was given.
        if values and all(value.get("answer") in _ANSWERS for value in values):
            return 'the "answer" of its lines is accept, reject or ignore, as Prodigy writes them'
    return ""


def _read(files: Files, draft: Draft) -> None:
    """One answer for each accepted line; an ignored one is a skip, a rejected one tells no label."""
    for path in files.named(".jsonl", ".json"):
        for record in files.records(path):
            if isinstance(record, Refusal):
                draft.refuse(record.row, record.reason, record.excerpt)
            elif not isinstance(record[1], dict):
                draft.refuse(record[0], "Not an answer: an object was expected.", str(record[1]))
            else:
                _read_line(record[0], record[1], draft)


def _read_line(row: int, line: Mapping[str, Any], draft: Draft) -> None:
    meta = mapping(line.get("meta"))
    own = draft.options.id or "id"
    text = draft.options.text or "text"
    others = {name: value for name, value in line.items() if name not in _USED | {text} and not name.startswith("_")}
    fields = cells(meta, without=("id",)) | cells(others, without=("html", "tokens", "config", "image", "id"))
    item = draft.add_text(row, line.get(text), id=line.get(own, meta.get(own)), fields=fields)
    draft.no_place(row, (name for name in line if name.startswith("_") and name not in _ABOUT))
    draft.no_place(row, (name for name in ("html", "tokens", "config", "image") if name in line))
    for kind in ("spans", "relations"):
        found = line.get(kind)
        if isinstance(found, list) and found:
            draft.losses.add(kind, row, count=len(found))
    if item is not None:
        _read_answer(row, item, line, draft)


_ABOUT = ("_annotator_id", "_session_id", "_timestamp")


def _read_answer(row: int, item: str, line: Mapping[str, Any], draft: Draft) -> None:
    about: dict[str, Any] = {
        "who": line.get("_annotator_id") or line.get("_session_id"),
        "time": line.get("_timestamp"),
        "flagged": line.get("flagged") is True,
    }
    answer = line.get("answer", "accept")
    options, accepted = line.get("options"), labels_of(line.get("accept"))
    if answer == "ignore":
        draft.add_answer(row, item, **about)
        return
    if answer != "accept":
        draft.losses.add("rejected", row, str(line.get("label", "")))
        return
    if accepted is None and isinstance(line.get("accept"), list):
        accepted = [str(one) for one in line["accept"]]
    if accepted is not None:
        draft.multi |= mapping(line.get("config")).get("choice_style") == "multiple"
        shown = _options(options, draft)
        draft.add_answer(row, item, question=_CHOICE, labels=[shown.get(one, one) for one in accepted], **about)
    elif (label := labels_of(line.get("label"))) is not None:
        draft.add_answer(row, item, question=_LABEL, labels=label, **about)
    elif not isinstance(line.get("user_input"), str) and not line.get("spans") and not line.get("relations"):
        draft.losses.add("empty", row)
    if isinstance(line.get("user_input"), str):
        draft.add_answer(row, item, question=_INPUT, text=line["user_input"], **about)


def _options(options: Any, draft: Draft) -> dict[str, str]:
    """id -> label of the options: the id, unless it is only a number."""
    found = [mapping(one) for one in options] if isinstance(options, list) else []
    shown = {}
    for one in found:
        key = str(one.get("id", one.get("text", "")))
        number = key.lstrip("-").isdecimal()
        shown[key] = str(one["text"]) if number and one.get("text") else key
    draft.known_labels += [name for name in shown.values() if name not in draft.known_labels]
    return shown


FORMAT = LabelFormat(
    name="prodigy",
    title="Prodigy",
    sentence="JSON Lines of db-out: accepted labels, choices and written input of every annotator.",
    looks=_looks,
    read=_read,
)
