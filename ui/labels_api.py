"""What the labeler and the server say to each other, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from votek.annotation import Ack, Hand, NewEvent
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.workspace import Workspace

__all__ = ["MAX_EVENTS", "answer_json", "queue_json", "read_events"]

MAX_EVENTS = 500
_FIELDS = {"event_id": str, "item": str, "kind": str, "task_version": int, "guideline_version": int}


def read_events(body: object) -> list[NewEvent]:
    """The events of one batch, their shape checked; whether they make sense is the workspace's to say.

    Raises:
        InputError: `body` is not `{"token": …, "events": [{event_id, item, kind, value, …}, …]}`.
    """
    events = body.get("events") if isinstance(body, Mapping) else None
    if not isinstance(events, list) or not events:
        raise InputError('The body must be {"token": "…", "events": […]} with at least one event.')
    if len(events) > MAX_EVENTS:
        raise InputError(f"{len(events)} events were sent at once; at most {MAX_EVENTS} are taken. Send fewer.")
    return [_read_event(position, event) for position, event in enumerate(events)]


def _read_event(position: int, event: object) -> NewEvent:
    if not isinstance(event, Mapping):
        raise InputError(f"Event {position} is not an object.")
    for name, kind in _FIELDS.items():
        if type(event.get(name)) is not kind:
            wanted = "a whole number" if kind is int else "a string"
            raise InputError(f"Event {position}: {name!r} must be {wanted}.")
    if not event["event_id"].isascii():  # it comes back in the answer, which half an emoji would break
        raise InputError(f"Event {position}: 'event_id' must be plain ASCII.")
    return NewEvent(
        event_id=event["event_id"],
        item=event["item"],
        kind=event["kind"],
        value=event.get("value"),
        task_version=event["task_version"],
        guideline_version=event["guideline_version"],
        source="browser",
    )


def answer_json(acks: Sequence[Ack], hand: Hand | None = None) -> dict[str, Any]:
    """Which events are stored, and which were not accepted and why; in a team also what to do next (`hand`)."""
    answer: dict[str, Any] = {
        "acknowledged": [{"event_id": ack.event_id, "sequence": ack.sequence} for ack in acks if ack.accepted],
        "rejected": [{"event_id": ack.event_id, "reason": ack.reason} for ack in acks if not ack.accepted],
    }
    if hand is not None:
        answer["hand"] = hand.to_json()
    return answer


def queue_json(workspace: Workspace, project: str, person: str) -> dict[str, Any]:
    """The state to draw, as plain JSON values."""
    return workspace.annotation_state(project, person).to_json()
