"""Argilla: records of version 2 (`to_json`, `to_disk`, rows of `to_datasets`) and of version 1's feedback data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from votek.datatypes import Refusal
from votek.imports.draft import Draft
from votek.imports.fields import cells, labels_of, main_field, mapping
from votek.imports.files import Files
from votek.imports.format import LabelFormat

__all__ = ["FORMAT", "is_flat", "read_flat"]

_RECORD = {"id", "external_id", "fields", "metadata", "responses", "suggestions", "vectors", "status", "_server_id"}
_SETTINGS = ".argilla/settings.json"


def _looks(files: Files) -> str:
    """Records with `fields` and `responses`, or rows with columns that end in ".responses"."""
    for path in _parts(files):
        for value in files.objects(path, most=5):
            if isinstance(value.get("fields"), dict) and isinstance(value.get("responses"), dict | list):
                return 'its records have "fields" and "responses", as Argilla writes them'
            if is_flat(value):
                return 'its columns end in ".responses", as Argilla writes them'
    return ""


def is_flat(names: Mapping[str, Any] | list[str]) -> bool:
    """Whether these are the columns of records that were written as a table."""
    return any(str(name).endswith(".responses") for name in names)


def _read(files: Files, draft: Draft) -> None:
    """Every submitted response; a discarded one is a skip."""
    draft.undecided = True
    _read_settings(files, draft)
    for path in _parts(files):
        records = files.records(path)
        values = [record[1] for record in records if not isinstance(record, Refusal) and isinstance(record[1], dict)]
        flat = bool(values) and is_flat(values[0])
        text = "" if flat or not values else main_field([mapping(value.get("fields")) for value in values], draft)
        for record in records:
            if isinstance(record, Refusal):
                draft.refuse(record.row, record.reason, record.excerpt)
            elif not isinstance(record[1], dict):
                draft.refuse(record[0], "Not a record: an object was expected.", str(record[1]))
            elif flat:
                read_flat(record[0], record[1], draft)
            else:
                _read_record(record[0], record[1], text, draft)


def _parts(files: Files) -> list[str]:
    return [path for path in files.named(".json", ".jsonl") if not path.startswith(".argilla/")]


def _read_settings(files: Files, draft: Draft) -> None:
    """The labels in their order, where the settings lie beside the records."""
    for settings in files.objects(_SETTINGS) if _SETTINGS in files.parts else []:
        questions = settings.get("questions")
        for question in questions if isinstance(questions, list) else []:
            about = mapping(mapping(question).get("settings"))
            if draft.options.question not in (None, mapping(question).get("name")):
                continue
            options = about.get("options")
            draft.known_labels += [
                str(one["value"]) for one in (options if isinstance(options, list) else []) if "value" in mapping(one)
            ]
            draft.undecided &= about.get("type") not in ("label_selection", "multi_label_selection")
            draft.multi |= about.get("type") == "multi_label_selection"


def _read_record(row: int, record: Mapping[str, Any], text: str, draft: Draft) -> None:
    fields = mapping(record.get("fields"))
    others = cells(fields, without=(text,)) | cells(mapping(record.get("metadata")))
    own = record.get("external_id") or record.get("id")
    item = draft.add_text(row, fields.get(text), id=own, fields=others)
    draft.no_place(row, (name for name in record if name not in _RECORD))
    if record.get("vectors"):
        draft.no_place(row, ["vectors"])
    suggestions = record.get("suggestions")
    if suggestions:
        draft.losses.add("prediction", row, count=len(suggestions) if isinstance(suggestions, dict | list) else 1)
    for question, who, status, value in _responses(record.get("responses")) if item is not None else ():
        _answer(row, str(item), question, who, status, value, draft)


def _responses(responses: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """(question, user, status, value) of either version."""
    if isinstance(responses, dict):
        for question, answers in responses.items():
            for answer in map(mapping, answers if isinstance(answers, list) else []):
                yield str(question), answer.get("user_id"), answer.get("status"), answer.get("value")
        return
    for answer in map(mapping, responses if isinstance(responses, list) else []):
        values = mapping(answer.get("values"))
        for question, value in values.items() or [("", None)]:
            yield str(question), answer.get("user_id"), answer.get("status"), mapping(value).get("value")


def read_flat(row: int, record: Mapping[str, Any], draft: Draft) -> None:
    """A record as a row: for each question lists of its responses, of their users and their status."""
    questions = [str(name).removesuffix(".responses") for name in record if str(name).endswith(".responses")]
    answers = {name for question in questions for name in record if name == question or name.startswith(f"{question}.")}
    plain = {name: value for name, value in record.items() if name not in answers and name not in _RECORD}
    text = main_field([plain], draft)
    others = cells(plain, without=(text,)) | cells(mapping(record.get("metadata")))
    item = draft.add_text(row, plain.get(text), id=record.get("id"), fields=others)
    for question in questions if item is not None else []:
        values, users, status = (_list(record.get(f"{question}.responses{part}")) for part in ("", ".users", ".status"))
        if record.get(f"{question}.suggestion") is not None:
            draft.losses.add("prediction", row)
        for at, value in enumerate(values):
            who = users[at] if at < len(users) else ""
            _answer(row, str(item), question, who, status[at] if at < len(status) else None, value, draft)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _answer(row: int, item: str, question: str, who: Any, status: Any, value: Any, draft: Draft) -> None:
    if status == "discarded":
        draft.add_answer(row, item, who=who, question=question)
    elif status in ("draft", "pending"):
        draft.losses.add("draft", row, str(value))
    elif (labels := labels_of(value)) is not None:
        draft.multi |= isinstance(value, list)
        draft.add_answer(row, item, who=who, question=question, labels=labels)
    elif isinstance(value, list) and any("start" in mapping(one) for one in value):
        draft.losses.add("spans", row, question, count=len(value))
    else:
        draft.losses.add("kind", row, question)


FORMAT = LabelFormat(
    name="argilla",
    title="Argilla",
    sentence="Records as JSON or as a data set: submitted responses of every user to label, rating and text questions.",
    looks=_looks,
    read=_read,
)
