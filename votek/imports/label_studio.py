"""Label Studio: the JSON export (tasks with annotations), and JSON-MIN (a flat row for each annotation)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from votek.datatypes import Refusal
from votek.errors import FileError
from votek.imports.draft import Draft
from votek.imports.fields import cells, labels_of, main_field, mapping
from votek.imports.files import Files
from votek.imports.format import LabelFormat

__all__ = ["FORMAT"]

_TASK = {"id", "data", "annotations", "completions", "predictions", "drafts", "meta"}
_MIN = {"annotation_id", "annotator", "created_at", "updated_at", "lead_time", "id"}


def _looks(files: Files) -> str:
    """Tasks with a `data` object and a list of `annotations`, or flat rows with an annotation id."""
    for path in files.named(".json"):
        for value in files.objects(path, most=5):
            if isinstance(value.get("data"), dict) and isinstance(
                value.get("annotations", value.get("completions")), list
            ):
                return 'its entries have "data" and "annotations", as Label Studio writes them'
            if "annotation_id" in value and ("annotator" in value or "lead_time" in value):
                return 'its entries have "annotation_id" and "annotator", as JSON-MIN of Label Studio does'
    return ""


def _read(files: Files, draft: Draft) -> None:
    """Every annotation of every task; a cancelled one is a skip."""
    for path in files.named(".json"):
        records = files.records(path)
        values = [record[1] for record in records if not isinstance(record, Refusal) and isinstance(record[1], dict)]
        flat = bool(values) and "data" not in values[0]
        data = values if flat else [mapping(value.get("data")) for value in values]
        text = main_field(data, draft) if data else ""
        questions = _min_questions(values, text, draft) if flat else []
        names = _Names(_people(values))
        for record in records:
            if isinstance(record, Refusal):
                draft.refuse(record.row, record.reason, record.excerpt)
            elif not isinstance(record[1], dict):
                draft.refuse(record[0], "Not a task: an object was expected.", str(record[1]))
            elif flat:
                _read_min(record[0], record[1], text, questions, names, draft)
            else:
                _read_task(record[0], record[1], text, names, draft)


def _read_task(row: int, task: Mapping[str, Any], text: str, names: _Names, draft: Draft) -> None:
    data = mapping(task.get("data"))
    own = draft.options.id or "id"
    fields = cells(data, without=(text, own)) | cells(mapping(task.get("meta")))
    item = draft.add_text(row, data.get(text), id=data.get(own, task.get("id")), fields=fields)
    draft.no_place(row, (name for name in task if name not in _TASK))
    for kind, name in (("prediction", "predictions"), ("draft", "drafts")):
        found = task.get(name)
        if isinstance(found, list) and found:
            draft.losses.add(kind, row, count=len(found))
    given = task.get("annotations", task.get("completions"))
    for annotation in given if item is not None and isinstance(given, list) else []:
        if isinstance(annotation, dict):
            _read_annotation(row, str(item), annotation, names, draft)


def _read_annotation(row: int, item: str, annotation: Mapping[str, Any], names: _Names, draft: Draft) -> None:
    about: dict[str, Any] = {
        "who": names.of(annotation.get("completed_by")),
        "time": annotation.get("updated_at") or annotation.get("created_at"),
    }
    comments = annotation.get("comments")
    notes = (
        [str(one["text"]) for one in comments if isinstance(one, dict) and one.get("text")]
        if isinstance(comments, list)
        else []
    )
    about["comment"] = "\n".join(notes)
    if annotation.get("was_cancelled") is True:
        draft.add_answer(row, item, **about)
        return
    results = annotation.get("result")
    chosen: dict[str, list[str]] = {}
    written: dict[str, list[str]] = {}
    for result in results if isinstance(results, list) else []:
        _read_result(row, mapping(result), chosen, written, draft)
    if not chosen and not written:
        draft.losses.add("empty", row)
    for question, labels in chosen.items():
        draft.add_answer(row, item, question=question, labels=labels, **about)
    for question, texts in written.items():
        draft.add_answer(row, item, question=question, text="\n".join(texts), **about)


def _read_result(
    row: int, result: Mapping[str, Any], chosen: dict[str, list[str]], written: dict[str, list[str]], draft: Draft
) -> None:
    kind, value = result.get("type"), mapping(result.get("value"))
    question = str(result.get("from_name") or kind)
    if kind == "relation" or "from_id" in result:
        draft.losses.add("relations", row)
    elif "start" in value or "labels" in value:
        draft.losses.add("spans", row, str(value.get("text", "")))
    elif kind in ("choices", "rating") and (labels := labels_of(value.get(str(kind)))) is not None:
        chosen.setdefault(question, []).extend(labels)
    elif kind == "textarea" and (texts := labels_of(value.get("text"))) is not None:
        written.setdefault(question, []).extend(texts)
    else:
        draft.losses.add("kind", row, str(kind))


def _name(completed_by: Any) -> str:
    """What to call an annotator: an export names them by number, or with their name and address."""
    if isinstance(completed_by, dict):
        full = " ".join(str(completed_by.get(part) or "") for part in ("first_name", "last_name")).strip()
        shown = full or completed_by.get("username") or completed_by.get("email")
        return str(shown) if shown else _name(completed_by.get("id"))
    return f"annotator {completed_by}" if completed_by not in (None, "") else ""


def _people(values: Iterable[Mapping[str, Any]]) -> Iterable[Any]:
    """Everybody who is named in the tasks, or in the rows of JSON-MIN."""
    for value in values:
        yield value.get("annotator")
        given = value.get("annotations", value.get("completions"))
        for annotation in given if isinstance(given, list) else []:
            yield mapping(annotation).get("completed_by")


class _Names:
    """What to call the annotators of a file: two of the same name are told apart by their address or number."""

    def __init__(self, people: Iterable[Any]) -> None:
        self._known: defaultdict[str, set[str]] = defaultdict(set)
        for one in people:
            self._known[_name(one)].add(_mark(one))

    def of(self, person: Any) -> str:
        """The name of one of them."""
        name, mark = _name(person), _mark(person)
        return f"{name} ({mark})" if mark and len(self._known[name]) > 1 else name


def _mark(person: Any) -> str:
    """What only this one of several people of one name has."""
    about = mapping(person)
    return next((str(about[part]) for part in ("email", "id", "username") if about.get(part) not in (None, "")), "")


def _min_questions(values: list[dict[str, Any]], text: str, draft: Draft) -> list[str]:
    """The fields of JSON-MIN that hold answers: it does not say which they are, unless several were chosen."""
    wanted = draft.options.label or draft.options.question
    names = {name: None for value in values for name in value if name not in _MIN and name != text}
    if wanted is not None:
        return [wanted]
    plain = [name for name in names if name.lower() in ("label", "labels", "choice", "choices", "sentiment", "class")]
    found = [name for name in names if any("choices" in mapping(value.get(name)) for value in values)] or plain
    if not found:
        there_are = ", ".join(names) or "none"
        raise FileError(
            f"JSON-MIN does not say which field holds the answers; name it as the label, one of: {there_are}."
        )
    return found


def _read_min(row: int, value: Mapping[str, Any], text: str, questions: list[str], names: _Names, draft: Draft) -> None:
    fields = cells(value, without=(text, *_MIN, *questions))
    item = draft.add_text(row, value.get(text), id=value.get(draft.options.id or "id"), fields=fields)
    about: dict[str, Any] = {"who": names.of(value.get("annotator")), "time": value.get("updated_at")}
    for question in questions if item is not None else []:
        given = value.get(question)
        labels = labels_of(mapping(given).get("choices", given))
        if labels is not None:
            draft.add_answer(row, str(item), question=question, labels=labels, **about)
        elif given is not None:
            draft.losses.add("spans" if isinstance(given, list) else "kind", row, question)


FORMAT = LabelFormat(
    name="label-studio",
    title="Label Studio",
    sentence="JSON or JSON-MIN export: choices, ratings and text areas of every annotator.",
    looks=_looks,
    read=_read,
)
