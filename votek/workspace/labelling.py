"""Labelling: the queue, what people do with its texts, and what that adds up to."""

from __future__ import annotations

from collections.abc import Sequence

from votek.annotation import Ack, FinalLabel, Hand, NewEvent, check_event
from votek.datatypes import LabelEvent, Project, QueueItem
from votek.errors import InputError
from votek.jobs.context import now
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import events as event_rows
from votek.store import projects as project_rows
from votek.store import rounds as round_rows
from votek.store.rounds import ActionKind
from votek.workspace.labeler_state import LabelerState

__all__ = ["LabellingWork"]

MAX_WHO = 200
MAX_BATCH = 1000


class LabellingWork(LabelerState):
    """The part of the workspace that hands out texts and records what people do."""

    def queue(self, project_id: str) -> list[QueueItem]:
        """What is to be labelled, in order: picks, replacements, rows added by hand; skipped ones left out."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            if data_rows.current(tx, project_id, "pool") is None:
                return []
            queue = self.build_queue(tx, project_id)
        return [item for item in queue.items if item.row not in queue.skipped]

    def excluded(self, project_id: str) -> frozenset[int]:
        """The rows without a label that somebody excluded: they are never picked."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            if data_rows.current(tx, project_id, "pool") is None:
                return frozenset()
            return self.build_queue(tx, project_id).excluded

    def add_to_queue(self, project_id: str, rows: Sequence[int], *, who: str = "local") -> int:
        """Add rows to the end of the queue; returns how many were not in it."""
        return self._act(project_id, "add", rows, who)

    def exclude(self, project_id: str, rows: Sequence[int], *, who: str = "local") -> int:
        """Take rows that have no label out of the queue and never pick them; returns how many that changed."""
        return self._act(project_id, "exclude", rows, who)

    def include_again(self, project_id: str, rows: Sequence[int], *, who: str = "local") -> int:
        """Let excluded rows be picked again; returns how many were excluded."""
        return self._act(project_id, "include", rows, who)

    def _act(self, project_id: str, kind: ActionKind, rows: Sequence[int], who: str) -> int:
        who = _person(who)
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            wanted = list(dict.fromkeys(int(row) for row in rows))
            outside = [row for row in wanted if not 0 <= row < len(pool.dataset)]
            if outside:
                raise InputError(f"Row {outside[0]} is not there: rows go from 0 to {len(pool.dataset) - 1}.")
            queue = self.build_queue(tx, project_id)
            present = {item.row for item in queue.items}
            if kind == "add":
                changed = [row for row in wanted if row not in present]
            elif kind == "exclude":
                changed = [row for row in wanted if row not in queue.labelled and row not in queue.excluded]
            else:
                changed = [row for row in wanted if row in queue.excluded]
            if changed:
                round_rows.act(tx, project_id, kind, changed, digest=pool.dataset.digest, who=who, time=now())
                self.request_repair(tx, project_id)
            return len(changed)

    # ------------------------------------------------------------ events

    def record_events(self, project_id: str, who: str, events: Sequence[NewEvent]) -> list[Ack]:
        """Record what a person did, in order, in one durable transaction; one answer per event.

        An event that is already in the log is acknowledged again. One that cannot be accepted gets the
        reason and does not hold up the others. Where people sign in, they decide only about texts that were handed
        to them.

        Raises:
            NotFoundError: there is no such project.
            InputError: `who` is not a name, or there are more than 1,000 events at once.
        """
        return self._recorded(project_id, who, events, hand=False)[0]

    def label_and_hand(self, project_id: str, who: str, events: Sequence[NewEvent]) -> tuple[list[Ack], Hand | None]:
        """As `record_events`, and in the same transaction what this person of a team has to do next.

        None where texts do not come by seats. Raises the same errors.
        """
        return self._recorded(project_id, who, events, hand=True)

    def _recorded(
        self, project_id: str, who: str, events: Sequence[NewEvent], *, hand: bool
    ) -> tuple[list[Ack], Hand | None]:
        who = _person(who)
        if len(events) > MAX_BATCH:
            raise InputError(f"{len(events):,} events came at once; send at most {MAX_BATCH:,} and then the next.")
        with self.labelling_lock:
            try:
                with self.store.write() as tx:
                    acks = self._record(tx, project_id, who, events)
                    return acks, self.hand_out(tx, project_id, who) if hand and self.by_seats(who) else None
            except BaseException:
                self.forget_labelling(project_id)  # it may have taken in events that were not stored
                raise

    def _record(self, tx: Transaction, project_id: str, who: str, events: Sequence[NewEvent]) -> list[Ack]:
        project_rows.lock(tx, project_id)
        project = project_rows.get(tx, project_id)
        pool = self.pool(tx, project_id)
        row_of = pool.row_of if pool else {}
        state = self.labelling(tx, project_id)
        ids = [event.event_id for event in events if isinstance(event.event_id, str) and event.event_id.isprintable()]
        seen = event_rows.known(tx, project_id, ids)
        desk = self.desk(tx, project, pool, who) if pool is not None and self.by_seats(who) else None
        acks, added = [], []
        for event in events:
            earlier = seen.get(event.event_id) if isinstance(event.event_id, str) else None
            if earlier is not None:
                acks.append(_again(event, earlier, who))
                continue
            value, reason = check_event(
                event, project=project, items=row_of, state=state, who=who, max_chars=self.settings.max_text_chars
            )
            if not reason and desk is not None:
                reason = desk.admit(event)
            if reason:
                acks.append(Ack(event.event_id, 0, False, reason))
                continue
            recorded = _as_recorded(event, value, project, who, sequence=state.sequence + 1)
            state.apply(recorded)
            if desk is not None:
                desk.settle(recorded)
            seen[event.event_id] = recorded
            added.append(recorded)
            acks.append(Ack(event.event_id, recorded.sequence, True))
        event_rows.append(tx, added)
        if any(event.kind in ("skip", "undo") for event in added):
            self.request_repair(tx, project_id)
        return acks

    def events(self, project_id: str) -> list[LabelEvent]:
        """The whole log, oldest first."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return event_rows.since(tx, project_id)

    def labels(self, project_id: str) -> dict[str, FinalLabel]:
        """item id -> the label in force."""
        with self.labelling_lock, self.store.read() as tx:
            project_rows.get(tx, project_id)
            pool = self.pool(tx, project_id)
            known = pool.row_of if pool else {}
            labels = self.labelling(tx, project_id).labels()
        return {item: label for item, label in labels.items() if item in known}


def _as_recorded(event: NewEvent, value: object, project: Project, who: str, *, sequence: int) -> LabelEvent:
    return LabelEvent(
        project=project.id,
        sequence=sequence,
        event_id=event.event_id,
        who=who,
        item=event.item,
        task_version=event.task_version,
        value=value,
        kind=event.kind,
        source=event.source,
        guideline_version=event.guideline_version,
        time=now(),
    )


def _again(event: NewEvent, earlier: LabelEvent, who: str) -> Ack:
    """An event sent twice is fine; another one under the same id is not: it would pass for stored and is not there."""
    same = (earlier.who, earlier.item, earlier.kind) == (who, event.item, event.kind)
    if not same or _comparable(event.value) != _comparable(earlier.value):
        return Ack(event.event_id, 0, False, "this event id was used for something else already")
    return Ack(event.event_id, earlier.sequence, True)


def _comparable(value: object) -> object:
    """Labels that are chosen together are stored in the order of the task, whatever order they came in."""
    if isinstance(value, dict):
        return {name: _comparable(part) for name, part in value.items()}
    return sorted(map(repr, value)) if isinstance(value, list) else value


def _person(who: str) -> str:
    if not isinstance(who, str) or not who.strip() or len(who) > MAX_WHO or not who.isprintable():
        raise InputError(f"A person's name must have 1 to {MAX_WHO} printable characters; {who!r:.60} was given.")
    return who
