"""What an event must look like to be accepted."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from votek.annotation.records import NewEvent
from votek.annotation.state import Labelling
from votek.datatypes import Project, TaskSpec

__all__ = ["check_event", "check_value"]

MAX_COMMENT = 10_000
MAX_SOURCE = 32
MAX_EVENT_ID = 100
_KINDS = ("label", "skip", "flag", "comment", "undo", "adjudicate")


def check_value(task: TaskSpec, value: Any, *, max_chars: int) -> tuple[Any, str]:
    """(the value as it is stored, "") or (None, why it is not allowed), by the type of the task."""
    names = [label.name for label in task.labels]
    if task.type == "text":
        return _text(value, max_chars, what="answer")
    if task.type == "single":
        if isinstance(value, str) and value in names:
            return value, ""
        return None, f"{_shown(value)} is not one of the labels of this task"
    if not isinstance(value, list) or not value:
        return None, "at least one label must be chosen"
    unknown = [part for part in value if not isinstance(part, str) or part not in names]
    if unknown:
        return None, f"{_shown(unknown[0])} is not one of the labels of this task"
    if len(set(value)) != len(value):
        return None, "a label can be chosen only once"
    return sorted(value, key=names.index), ""


def check_event(
    event: NewEvent, *, project: Project, items: Container[str], state: Labelling, who: str, max_chars: int
) -> tuple[Any, str]:
    """(the value as it is stored, "") or (None, why the event is not accepted)."""
    if not _is_name(event.event_id, MAX_EVENT_ID):
        return None, f"an event id must have 1 to {MAX_EVENT_ID} printable characters"
    if not _is_name(event.source, MAX_SOURCE):
        return None, f"a source must have 1 to {MAX_SOURCE} printable characters"
    if event.kind not in _KINDS:
        return None, f"{_shown(event.kind)} is not a kind of event; there are {', '.join(_KINDS)}"
    for name, version, newest in (
        ("task", event.task_version, project.task.version),
        ("guideline", event.guideline_version, project.guidelines_version),
    ):
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= newest:
            return None, f"there is no {name} version {_shown(version)}; the newest is {newest}"
    if not isinstance(event.item, str) or event.item not in items:
        return None, f"there is no text with the id {_shown(event.item)} in this project"
    return _by_kind(event, project.task, state, who, max_chars)


def _by_kind(event: NewEvent, task: TaskSpec, state: Labelling, who: str, max_chars: int) -> tuple[Any, str]:
    if event.kind == "label":
        return check_value(task, event.value, max_chars=max_chars)
    if event.kind == "adjudicate":
        return _ruling(event.value, task, max_chars)
    if event.kind == "skip":
        return (None, "") if event.value is None else (None, "a skip has no value")
    if event.kind == "flag":
        return (event.value, "") if isinstance(event.value, bool) else (None, "a flag is true or false")
    if event.kind == "comment":
        if event.value == "":
            return "", ""
        return _text(event.value, MAX_COMMENT, what="comment")
    wanted = event.value.get("event") if isinstance(event.value, dict) else None
    undone = state.can_undo(who, wanted) if isinstance(wanted, str) else None
    if undone is None:
        return None, "there is nothing of yours to undo with that id (any more)"
    if undone.item != event.item:
        return None, f"that event belongs to the text {_shown(undone.item)}"
    return {"event": wanted}, ""


def _ruling(value: Any, task: TaskSpec, max_chars: int) -> tuple[Any, str]:
    if not isinstance(value, dict) or set(value) != {"label", "why"} or not isinstance(value["why"], str):
        return None, 'an adjudication is {"label": the label or null for none, "why": the reason}'
    label, reason = value["label"], ""
    if label is not None:
        label, reason = check_value(task, label, max_chars=max_chars)
    if not reason and value["why"]:
        _, reason = _text(value["why"], MAX_COMMENT, what="reason")
    return (None, reason) if reason else ({"label": label, "why": value["why"]}, "")


def _text(value: Any, limit: int, *, what: str) -> tuple[str | None, str]:
    if not isinstance(value, str) or not value.strip():
        return None, f"the {what} is empty"
    if len(value) > limit:
        return None, f"the {what} has {len(value):,} characters; {limit:,} are allowed"
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        return None, f"the {what} holds characters that no file can carry (NUL or half an emoji)"
    return value, ""


def _is_name(value: Any, limit: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= limit and value.isprintable()


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
