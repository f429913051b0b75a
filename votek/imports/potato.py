"""Potato: the annotation_output folder (a folder for each user), one of its files, or its CSV and TSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from votek.datasets.reading import read_table
from votek.datatypes import Refusal
from votek.imports.draft import Draft
from votek.imports.fields import labels_of, mapping
from votek.imports.files import Files
from votek.imports.format import LabelFormat

__all__ = ["FORMAT"]

_LINE = {"id", "displayed_text", "label_annotations", "span_annotations", "user", "user_id", "instance_id"}
_STATE = "instance_id_to_label_to_value"
_NOT_CHOSEN = ("", "false", "none", "null", "0")


def _looks(files: Files) -> str:
    """Lines with `label_annotations`, a user's state, or columns named schema:::label."""
    for path in files.named(".jsonl", ".json"):
        for value in files.objects(path, most=5):
            if "label_annotations" in value or _STATE in value:
                return 'it holds "label_annotations" or a user state, as Potato writes them'
    for path in files.named(".csv", ".tsv"):
        if b":::" in files.parts[path][:4000].split(b"\n", 1)[0]:
            return 'its columns are named "schema:::label", as Potato writes them'
    return ""


def _read(files: Files, draft: Draft) -> None:
    """The answers of every user, who is named by the folder, the state or the column."""
    texts = _texts(files)
    for path in files.named(".jsonl", ".json"):
        user = PurePosixPath(path).parent.name if len(PurePosixPath(path).parts) > 1 else ""
        for record in files.records(path) if path not in texts.sources else []:
            if isinstance(record, Refusal):
                draft.refuse(record.row, record.reason, f"{path}: {record.excerpt}")
            elif "label_annotations" in mapping(record[1]):
                _read_line(record[0], record[1], user, draft)
            elif _STATE in mapping(record[1]):
                _read_state(record[0], record[1], user, texts, draft)
            else:
                draft.losses.add("file", record[0], path)
    for path in files.named(".csv", ".tsv"):
        if b":::" in files.parts[path][:4000].split(b"\n", 1)[0]:
            _read_table(path, files.parts[path], draft)


class _Texts(dict[str, str]):
    """id -> text of the data files beside the answers, and the paths of these."""

    sources: frozenset[str] = frozenset()


def _texts(files: Files) -> _Texts:
    found, sources = _Texts(), set()
    for path in files.named(".jsonl", ".json"):
        values = files.objects(path, most=files.limits.max_rows)
        if values and all("id" in value and "text" in value and "label_annotations" not in value for value in values):
            found |= {str(value["id"]): str(value["text"]) for value in values}
            sources.add(path)
    found.sources = frozenset(sources)
    return found


def _read_line(row: int, line: Mapping[str, Any], user: str, draft: Draft) -> None:
    item = draft.add_text(row, line.get("displayed_text"), id=line.get("id") or line.get("instance_id"))
    draft.no_place(row, (name for name in line if name not in _LINE))
    who = user or line.get("user_id") or line.get("user")
    _spans(row, line.get("span_annotations"), draft)
    if item is not None:
        _read_schemas(row, item, who, mapping(line.get("label_annotations")), draft)


def _read_state(row: int, state: Mapping[str, Any], user: str, texts: _Texts, draft: Draft) -> None:
    who = state.get("user_id") or user
    draft.no_place(row, (name for name in state if name not in ("user_id", _STATE, "instance_id_to_span_to_value")))
    for spans in mapping(state.get("instance_id_to_span_to_value")).values():
        _spans(row, spans, draft)
    for id, schemas in mapping(state[_STATE]).items():
        if not texts:
            draft.has_texts = False
        elif id not in texts:
            draft.losses.add("unnamed-text", row, id)
            continue
        item = draft.add_text(row, texts.get(id, id), id=id)
        if item is not None:
            _read_schemas(row, item, who, _by_schema(row, schemas, draft), draft)


def _by_schema(row: int, given: Any, draft: Draft) -> dict[str, Any]:
    """The answers of a state: the server saves pairs of ({"schema", "name"}, value), other programs nested objects."""
    if not isinstance(given, list):
        return mapping(given)
    found: dict[str, Any] = {}
    for pair in given:
        about = mapping(pair[0]) if isinstance(pair, list) and len(pair) == 2 else {}
        if "schema" in about and "name" in about:
            found.setdefault(str(about["schema"]), {})[str(about["name"])] = pair[1]
        else:
            draft.losses.add("kind", row, str(pair))
    return found


def _spans(row: int, spans: Any, draft: Draft) -> None:
    values = list(spans.values()) if isinstance(spans, dict) else [spans] if isinstance(spans, list) else []
    count = sum(len(one) if isinstance(one, list | dict) else 1 for one in values)
    if count:
        draft.losses.add("spans", row, count=count)


def _read_schemas(row: int, item: str, who: Any, schemas: Mapping[str, Any], draft: Draft) -> None:
    for schema, given in schemas.items():
        answers = mapping(given)
        labels, text = _chosen(mapping(answers.get("labels", answers)))
        if not isinstance(given, dict):
            labels = labels_of(given) or []
        if labels:
            draft.add_answer(row, item, who=who, question=schema, labels=labels)
        elif text:
            draft.add_answer(row, item, who=who, question=schema, text=text)
        else:
            draft.losses.add("empty", row, schema)


def _chosen(answers: Mapping[str, Any]) -> tuple[list[str], str]:
    """(labels, text): a label that was chosen has its own name, its number or "true" as value; else it is a text."""
    labels, text = [], ""
    for label, value in answers.items():
        shown = str(value).strip()
        if value is False or value is None or shown.lower() in _NOT_CHOSEN:
            continue
        if value is True or shown.lower() in ("true", "on") or shown == label:
            labels.append(label)
        elif shown.isdecimal() and label != "text_box":
            labels.append(shown if label.startswith("scale_") else label)
        else:
            text = str(value)
    return labels, text


def _read_table(path: str, content: bytes, draft: Draft) -> None:
    """One row for each user and text; a column for each label of each schema."""
    table = read_table(content, name=path, limits=draft.limits, encoding=draft.options.encoding)
    columns = dict(zip(table.columns, table.cells, strict=True))
    text, id = columns.get("displayed_text"), columns.get("instance_id") or columns.get("id")
    draft.has_texts = text is not None
    for refusal in table.refusals:
        draft.refuse(refusal.row, refusal.reason, refusal.excerpt)
    for at, row in enumerate(table.numbers):
        key = id[at] if id else None
        item = draft.add_text(row, text[at] if text else key, id=key)
        schemas: dict[str, dict[str, str]] = {}
        for name, cells in columns.items():
            schema, mark, label = name.partition(":::")
            if mark and cells[at].strip():
                schemas.setdefault(schema, {})[label] = cells[at]
        users = columns.get("user") or columns.get("user_id")
        if item is not None:
            _read_schemas(row, item, users[at] if users else "", schemas, draft)


FORMAT = LabelFormat(
    name="potato",
    title="Potato",
    sentence="annotation_output, or one of its files: radio, multi-select, Likert and text answers of every user.",
    looks=_looks,
    read=_read,
)
