"""Reviewing: progress, agreement, disagreements, history, and what is to be looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from votek.annotation import IMPORT, Labelling
from votek.annotation.agreement import Agreement, agreement
from votek.annotation.history import HistoryEntry, history
from votek.annotation.krippendorff import Level
from votek.annotation.pace import Pace, pace
from votek.annotation.recheck import Recheck, rechecks
from votek.annotation.review import (
    Confusion,
    Disagreement,
    LabelCount,
    PartProgress,
    PersonProgress,
    Remark,
    Voice,
    confusions,
    disagreement,
    label_counts,
    part_progress,
    person_progress,
    remarks,
    voices,
)
from votek.datatypes import LOCAL, TaskSpec
from votek.jobs.context import Context
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import events as event_rows
from votek.store import projects as project_rows
from votek.store.projects import Revision

__all__ = ["Review", "Reviewing", "Revision", "ToSettle"]


@dataclass(frozen=True)
class Review:
    """Where the labelling of a project stands, at one moment.

    `texts`: text of each item that is mentioned. `needed`: how many people decide about a text unless said otherwise.
    """

    people: tuple[PersonProgress, ...]
    parts: tuple[PartProgress, ...]
    labels: tuple[LabelCount, ...]
    pace: tuple[Pace, ...]
    remarks: tuple[Remark, ...]
    confusions: tuple[Confusion, ...]
    texts: dict[str, str]
    needed: int
    sequence: int


@dataclass(frozen=True)
class ToSettle:
    """One text to settle or to look at again, with what everybody said; `why_again` is None for a disagreement."""

    item: str
    text: str
    difference: Disagreement | None
    voices: tuple[Voice, ...]
    value: Any
    why_again: Recheck | None


class Reviewing(Context):
    """The part of the workspace that shows everybody's work to those who review it."""

    def review(self, project_id: str) -> Review:
        """Progress, labels, pace, remarks and confusion of everybody."""
        with self.labelling_lock, self.store.read() as tx:
            project = project_rows.get(tx, project_id)
            state = self.labelling(tx, project_id)
            events = event_rows.since(tx, project_id)
            people = person_progress(state, events)
            noted = remarks(state, [one.who for one in people])
            return Review(
                people=people,
                parts=self._parts(tx, project_id, state),
                labels=label_counts(state, project.task),
                pace=pace(events),
                remarks=noted,
                confusions=confusions(state, project.task),
                texts=self._texts(tx, project_id, [one.item for one in noted]),
                needed=project.handout.overlap,
                sequence=state.sequence,
            )

    def agreement(self, project_id: str, *, level: Literal["auto"] | Level = "auto", seed: int = 0) -> Agreement:
        """How far people agree about the texts that several of them labelled.

        `level`: "ordinal" takes the labels to be ranked as the task lists them. Adjudications do not count: they are
        made in sight of the labels.

        Raises:
            InputError: the labels do not fit the level.
        """
        with self.labelling_lock, self.store.read() as tx:
            task = project_rows.get(tx, project_id).task
            rows = answers_of(self.labelling(tx, project_id))
        order = [label.name for label in task.labels] if level == "ordinal" and task.type == "single" else None
        return agreement(rows, level=level, order=order, seed=seed)

    def answers(self, project_id: str) -> list[tuple[str, str, Any]]:
        """(item, person, label) of every label in force that a person gave: what `votek.agreement` takes."""
        with self.labelling_lock, self.store.read() as tx:
            project_rows.get(tx, project_id)
            return answers_of(self.labelling(tx, project_id))

    def disagreements(self, project_id: str, *, settled: bool = False) -> list[ToSettle]:
        """The texts that people labelled differently and nobody has settled; `settled`: those that are, as well.

        In the order of the queue, disputed ones first. Texts that wait for more people are left out: they stay blind.
        """
        with self.labelling_lock, self.store.read() as tx:
            state = self.labelling(tx, project_id)
            found = [one for item in state.items() if (one := disagreement(state, item)) and one.status != "open"]
            wanted = [one for one in found if settled or one.status == "disputed"]
            ranks = self._ranks(tx, project_id)
            wanted.sort(key=lambda one: (one.settled, ranks.get(one.item, len(ranks))))
            texts = self._texts(tx, project_id, [one.item for one in wanted])
        return [
            ToSettle(one.item, texts[one.item], one, one.voices, one.value, None) for one in wanted if one.item in texts
        ]

    def to_recheck(self, project_id: str) -> list[ToSettle]:
        """The texts whose label is older than the definition of that label, or than the guidelines; in queue order."""
        with self.labelling_lock, self.store.read() as tx:
            state = self.labelling(tx, project_id)
            found = state.resolutions()
            marked = [one for one in self._rechecks(tx, project_id, state) if found[one.item].closed]
            ranks = self._ranks(tx, project_id)
            marked.sort(key=lambda one: ranks.get(one.item, len(ranks)))
            texts = self._texts(tx, project_id, [one.item for one in marked])
            return [
                ToSettle(
                    one.item, texts[one.item], disagreement(state, one.item), voices(state, one.item),
                    found[one.item].value, one,
                )
                for one in marked
                if one.item in texts
            ]  # fmt: skip

    def my_rechecks(self, project_id: str, *, who: str = LOCAL.id) -> list[Recheck]:
        """The texts that this person is to look at again, because definitions or guidelines changed since.

        Of other people's labels nothing is told: the texts may still wait for them.
        """
        with self.labelling_lock, self.store.read() as tx:
            state = self.labelling(tx, project_id)
            return self._rechecks(tx, project_id, state, who=who)

    def history(self, project_id: str) -> tuple[HistoryEntry, ...]:
        """The whole log, oldest first: who did what when, and what was in force before and after."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return history(event_rows.since(tx, project_id))

    def revisions(self, project_id: str, kind: Literal["task", "guidelines"]) -> list[Revision]:
        """Every version of the labels or of the guidelines, oldest first, with who made it when."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return project_rows.revisions(tx, project_id, kind)

    # ------------------------------------------------------------ inside

    def _rechecks(self, tx: Transaction, project_id: str, state: Labelling, *, who: str | None = None) -> list[Recheck]:
        tasks: dict[int, TaskSpec] = {
            made.version: project_rows.task_of(made) for made in project_rows.revisions(tx, project_id, "task")
        }
        words = {made.version: str(made.value) for made in project_rows.revisions(tx, project_id, "guidelines")}
        return list(rechecks(state, tasks=tasks, guidelines=words, who=who))

    def _parts(self, tx: Transaction, project_id: str, state: Labelling) -> tuple[PartProgress, ...]:
        if data_rows.current(tx, project_id, "pool") is None:
            return ()
        queue = self.build_queue(tx, project_id)
        return part_progress(queue.items, self.rounds_in_force(tx, project_id), state)

    def _ranks(self, tx: Transaction, project_id: str) -> dict[str, int]:
        if data_rows.current(tx, project_id, "pool") is None:
            return {}
        return {item.item: item.rank for item in self.build_queue(tx, project_id).items}

    def _texts(self, tx: Transaction, project_id: str, items: Sequence[str]) -> dict[str, str]:
        pool = self.pool(tx, project_id)
        if pool is None:
            return {}
        return {item: pool.dataset.texts[pool.row_of[item]] for item in items if item in pool.row_of}


def answers_of(state: Labelling) -> list[tuple[str, str, Any]]:
    """(item, person, label) of every label in force that a person gave."""
    return [
        (item, event.who, event.value)
        for item, found in state.resolutions().items()
        for event in found.decisions
        if event.kind == "label" and event.source != IMPORT
    ]
