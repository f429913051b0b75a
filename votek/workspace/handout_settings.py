"""How texts are handed out: the owner's settings, where the hand-out stands, and where a second opinion pays."""

from __future__ import annotations

import time
from collections.abc import Collection, Container, Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np

from votek.annotation import Overlap
from votek.annotation.overlap_plan import OverlapPlan, followers, plan_overlap
from votek.datatypes import LOCAL, HandoutSettings, Project, QueueItem
from votek.errors import InputError
from votek.jobs.context import now
from votek.store import people as people_rows
from votek.store import projects as project_rows
from votek.store import seats as seat_rows
from votek.workspace.handout import HandOut

__all__ = ["HandoutProgress", "HandoutWork", "PersonProgress"]

MAX_OVERLAP, MAX_MINUTES, MAX_PART = 20, 7 * 24 * 60, 1000
_ASSIGNMENTS = ("open", "shares", "named")


@dataclass(frozen=True)
class PersonProgress:
    """Texts that one person has decided about, holds now, and has reserved besides."""

    done: int
    held: int
    reserved: int


@dataclass(frozen=True)
class HandoutProgress:
    """Where the hand-out stands.

    `people`: by person id. Of `texts` in the queue, `closed` are decided by as many people as asked for (`disputed`
    of these without a majority), `begun` by some of them, the rest by nobody yet.
    """

    people: Mapping[str, PersonProgress]
    texts: int
    closed: int
    disputed: int
    begun: int


class HandoutWork(HandOut):
    """The part of the workspace with which an owner says who gets what."""

    def set_handout(self, project_id: str, settings: HandoutSettings, *, who: str = LOCAL.id) -> Project:
        """Say how texts are handed out from now on; equal settings make no new version.

        What is decided stays. A text that is named to more people than its overlap is decided by all of them. Texts
        and people that have gone since they were named may stay in the settings.

        Raises:
            InputError: the settings cannot be used; the message says which and what is allowed.
            NotFoundError: there is no such project.
        """
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.pool(tx, project_id)
            members = {one.person.id for one in people_rows.members(tx, project_id) if one.person is not None}
            before = project_rows.get(tx, project_id).handout
            wanted = _whole(_checked(settings, pool.row_of if pool is not None else {}, members, before))
            if wanted != before:
                project_rows.add_revision(tx, project_id, "handout", asdict(wanted), time=now(), who=who)
            return project_rows.get(tx, project_id)

    def handout_progress(self, project_id: str) -> HandoutProgress:
        """Who has done and holds how much, and how many texts are closed."""
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            project = project_rows.get(tx, project_id)
            pool = self.pool(tx, project_id)
            if pool is None:
                return HandoutProgress({}, 0, 0, 0, 0)
            self.team(tx, project, pool)
            counts = seat_rows.counts(tx, project_id, moment=time.time())
            state = self.labelling(tx, project_id)
            queue = self.build_queue(tx, project_id)
            found = [state.resolution(entry.item) for entry in queue.items if entry.row not in queue.skipped]
        there = [one for one in found if one is not None]
        return HandoutProgress(
            {person: PersonProgress(*numbers) for person, numbers in sorted(counts.items())},
            texts=len(found),
            closed=sum(one.closed for one in there),
            disputed=sum(one.status == "disputed" for one in there),
            begun=sum(not one.closed for one in there),
        )

    def overlap_plan(self, project_id: str, *, budget: int) -> OverlapPlan:
        """Which of the texts that one person decides about to give to a second, for `budget` extra labels.

        Raises:
            InputError: a budget below 1, or the texts have not been compared yet.
        """
        if isinstance(budget, bool) or not isinstance(budget, int) or budget < 1:
            raise InputError(f"The budget of extra labels was {budget!r}; give a whole number of at least 1.")
        with self.labelling_lock, self.store.read() as tx:
            pool = self.needed_pool(tx, project_id)
            asked = self.labelling(tx, project_id).overlap
            queue = self.build_queue(tx, project_id)
            prepared = self.prepared_in_force(tx, project_id)
        if prepared is None:
            raise InputError("The texts have not been compared yet. Pick texts on the Select page first.")
        entries = [entry for entry in queue.items if entry.row not in queue.skipped]
        follows = followers(prepared.embeddings.vectors, [entry.row for entry in entries]) if entries else np.zeros(0)
        single = [(entry, int(count)) for entry, count in zip(entries, follows, strict=True) if _alone(asked, entry)]
        return plan_overlap(
            [entry.item for entry, _ in single],
            [count for _, count in single],
            texts=len(pool.dataset),
            budget=budget,
        )

    def apply_overlap_plan(self, project_id: str, *, budget: int, who: str = LOCAL.id) -> Project:
        """Let one more person decide about what `overlap_plan` names. Raises the same errors."""
        plan = self.overlap_plan(project_id, budget=budget)
        with self.store.read() as tx:
            settings = project_rows.get(tx, project_id).handout
        more = {choice.item: 2 for choice in plan.choices}
        return self.set_handout(project_id, replace(settings, items={**settings.items, **more}), who=who)


def _alone(asked: Overlap, entry: QueueItem) -> bool:
    return asked.needed(entry.item) == 1


def _checked(
    settings: HandoutSettings, known: Container[str], members: Collection[str], before: HandoutSettings
) -> HandoutSettings:
    """The settings, or an error that says what cannot be used."""
    _number(settings.overlap, MAX_OVERLAP, "The number of people for each text")
    _number(settings.minutes, MAX_MINUTES, "The minutes that a text stays with somebody")
    if settings.assignment not in _ASSIGNMENTS:
        raise InputError(f"There is no assignment {settings.assignment!r}: use {', '.join(_ASSIGNMENTS)}.")
    for item, needed in settings.items.items():
        _number(needed, MAX_OVERLAP, f"The number of people for the text {item!r}")
    for person, part in settings.shares.items():
        _number(part, MAX_PART, f"The share of {person!r}")
    texts = {*settings.items, *settings.named} - {*before.items, *before.named}
    unknown = next((item for item in sorted(texts) if item not in known), None)
    if unknown is not None:
        raise InputError(f"There is no text with the id {unknown!r} in this project. Take it out of the settings.")
    stranger = next(
        (one for one in sorted(_people(settings) - _people(before)) if members and one not in members), None
    )
    if stranger is not None:
        raise InputError(f"{stranger!r} is not among the people of this project. Invite them first, or leave them out.")
    most = max([settings.overlap, *settings.items.values()])
    if settings.assignment == "shares" and len(settings.shares) < most:
        raise InputError(
            f"Shares are given to {len(settings.shares)} people, and a text is to be decided by {most} different ones. "
            "Give shares to more people, or ask for fewer on each text."
        )
    return settings


def _people(settings: HandoutSettings) -> set[str]:
    return {*settings.shares, *(person for people in settings.named.values() for person in people)}


def _whole(settings: HandoutSettings) -> HandoutSettings:
    """The settings with as many people for each text as it is named to, and nothing that says what holds anyway."""
    named = {item: tuple(dict.fromkeys(people)) for item, people in settings.named.items() if people}
    items = {item: needed for item, needed in settings.items.items() if needed != settings.overlap}
    if settings.assignment == "named":
        for item, people in named.items():
            if len(people) > items.get(item, settings.overlap):
                items[item] = len(people)
    return replace(settings, named=named, items=items, shares=dict(settings.shares))


def _number(value: object, most: int, what: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise InputError(f"{what} was {value!r}; give a whole number from 1 to {most:,}.")
