"""What the labeler draws: the whole queue, or for a person of a team what they have done and hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from votek.annotation import AnnotationItem, AnnotationState, Hand, Labelling, UndoStep
from votek.datatypes import Project, QueueItem
from votek.jobs.context import Pool
from votek.store import Transaction
from votek.store import projects as project_rows
from votek.workspace.handout import Desk, HandOut
from votek.workspace.reasons import Reasons
from votek.workspace.suggesting import Suggesting

__all__ = ["LabelerState"]

SHOWN_BACK = 200
"""So many of their latest texts a person of a team can leaf back through."""


class LabelerState(HandOut, Reasons, Suggesting):
    """The part of the workspace that says what a person has before them."""

    def annotation_state(self, project_id: str, who: str) -> AnnotationState:
        """Everything the labeler needs for this person; who labels in a team is handed texts by it.

        People see nothing of what others decided.
        """
        if self.by_seats(who):
            with self.writing() as tx:
                project_rows.lock(tx, project_id)
                project = project_rows.get(tx, project_id)
                pool = self.pool(tx, project_id)
                state = self.labelling(tx, project_id)
                if pool is not None:
                    return self._of_team(tx, project, pool, state, who)
                return _state(project, state, who, [])
        with self._looking(project_id) as tx:
            project = project_rows.get(tx, project_id)
            pool = self.pool(tx, project_id)
            state = self.labelling(tx, project_id)
            if pool is None:
                return _state(project, state, who, [])
            entries = self.build_queue(tx, project_id).items
            stand = self._stand(tx, project_id) if entries else None
            items = self._items(tx, project, pool, state, who, entries)
            return _state(project, state, who, items, to_come=stand.to_come if stand is not None else 0)

    def hand(self, project_id: str, who: str) -> Hand:
        """What this person of a team has to do now; they keep it for the time that texts stay with somebody.

        Nothing where texts do not come by seats.
        """
        if not self.by_seats(who):
            return Hand((), 0, 0)
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            return self.hand_out(tx, project_id, who)

    def hand_out(self, tx: Transaction, project_id: str, who: str) -> Hand:
        """The same within a transaction that has the project's lock. Hold `labelling_lock`."""
        project = project_rows.get(tx, project_id)
        pool = self.pool(tx, project_id)
        if pool is None:
            return Hand((), 0, 0)
        desk = self.desk(tx, project, pool, who)
        items = self._items(tx, project, pool, desk.state, who, _entries(desk, desk.hand()))
        left = desk.left()
        return Hand(tuple(items), left, 0 if items or left else desk.waiting())

    def _of_team(self, tx: Transaction, project: Project, pool: Pool, state: Labelling, who: str) -> AnnotationState:
        desk = self.desk(tx, project, pool, who)
        decided = [pool.row_of[item] for item in state.decided_by(who) if item in pool.row_of]
        held = [row for row in desk.hand() if row not in set(decided)]
        shown = _entries(desk, [*decided[-SHOWN_BACK:], *held])
        labelled = sum(state.state_for(pool.dataset.ids[row], who) == "labelled" for row in decided[:-SHOWN_BACK])
        return _state(
            project,
            state,
            who,
            self._items(tx, project, pool, state, who, shown),
            to_come=desk.team.to_come,
            team=True,
            earlier=labelled,
            left=desk.left(),
            waiting=desk.waiting(),
        )

    def _items(
        self,
        tx: Transaction,
        project: Project,
        pool: Pool,
        state: Labelling,
        who: str,
        entries: Sequence[QueueItem],
    ) -> list[AnnotationItem]:
        reasons = self.reasons(tx, project.id, entries)
        items = [_item(entry, pool, state, reasons[entry.row], who) for entry in entries]
        return self._suggest(tx, project, pool, state, who, items)


def _entries(desk: Desk, rows: Sequence[int]) -> list[QueueItem]:
    """The texts as the queue has them; one that has left it since it was labelled is not shown any more."""
    return [desk.team.entries[row] for row in rows if row in desk.team.entries]


def _state(
    project: Project,
    state: Labelling,
    who: str,
    items: list[AnnotationItem],
    *,
    to_come: int = 0,
    team: bool = False,
    earlier: int = 0,
    left: int = 0,
    waiting: int = 0,
) -> AnnotationState:
    counted = [item for item in items if item.state != "skipped"]
    return AnnotationState(
        task=project.task,
        guidelines=project.guidelines,
        guidelines_version=project.guidelines_version,
        items=items,
        undoable=state.undoable(who),
        cursor=next((item.id for item in items if item.state == "todo"), None),
        done=sum(item.state == "labelled" for item in counted) + earlier,
        total=len(counted) + earlier + left,
        history=_history(state, who),
        to_come=to_come,
        team=team,
        earlier=earlier,
        left=left,
        waiting=waiting,
        suggesting=project.suggestions.on and project.task.type != "text",
    )


def _history(state: Labelling, who: str) -> list[UndoStep]:
    steps = []
    before: dict[str, Any]
    for event, earlier in state.steps_back(who):
        if event.kind == "flag":
            before = {"flagged": bool(earlier and earlier.value)}
        elif event.kind == "comment":
            before = {"comment": str(earlier.value) if earlier else ""}
        else:
            kind = "todo" if earlier is None else "skipped" if earlier.kind == "skip" else "labelled"
            before = {"state": kind, "value": None if earlier is None else earlier.value}
        steps.append(UndoStep(event.event_id, event.item, event.kind, before))
    return steps


def _item(entry: QueueItem, pool: Pool, state: Labelling, reason: str, who: str) -> AnnotationItem:
    decision = state.seen_by(entry.item, who)
    return AnnotationItem(
        id=entry.item,
        row=entry.row,
        text=pool.dataset.texts[entry.row],
        rank=entry.rank,
        origin=entry.origin,
        reason=reason,
        state=state.state_for(entry.item, who),
        value=decision.value if decision is not None else None,
        flagged=state.flagged(entry.item, who),
        comment=state.comment(entry.item, who),
    )
