"""Hand-out: the texts of a team come by seats, so that each is decided by exactly as many people as asked for."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from votek.annotation import Labelling, NewEvent, two_rounds
from votek.annotation.seating import Asked, Sitting, asked_of, seating
from votek.datatypes import LOCAL, LabelEvent, Project, QueueItem
from votek.jobs.context import Pool
from votek.jobs.requests import Requests
from votek.settings import Settings
from votek.store import Store, Transaction
from votek.store import people as people_rows
from votek.store import projects as project_rows
from votek.store import seats as seat_rows
from votek.store.seats import Seat

__all__ = ["Desk", "HandOut", "Team"]

HELD = 5
"""How many texts a person holds at most."""
LEAVING = 30.0
"""Seconds after which the texts of somebody who has left are free: a page that is only reloaded keeps them."""
_LOST = (
    "this text is not with you any more, and no more people are asked about it: it was settled or taken out, or handed "
    "to somebody else after it had been with you for {minutes:g} minutes without a sign of you"
)
_NEVER = "this text was not handed to you"


@dataclass(frozen=True)
class Team:
    """What the seats of a project were made from, and the queue they belong to."""

    signature: str
    entries: Mapping[int, QueueItem]
    to_come: int


class HandOut(Requests):
    """The part of the workspace that seats people at texts."""

    def __init__(self, settings: Settings, store: Store) -> None:
        super().__init__(settings, store)
        self._teams: dict[str, Team] = {}

    def by_seats(self, who: str) -> bool:
        """Whether texts come to this person by seats: where people sign in, to all of them."""
        return self.accounts and who != LOCAL.id

    def leave(self, project_id: str, who: str) -> None:
        """The person has closed the page: what they hold is free for others in half a minute, unless they come back."""
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)  # or this and a label of theirs could wait for each other's seats
            seat_rows.shorten(tx, project_id, who, lease=time.time() + LEAVING)

    def desk(self, tx: Transaction, project: Project, pool: Pool, who: str) -> Desk:
        """Where a person of a team gets texts and hands in decisions, within a transaction that has the project's lock.

        Hold `labelling_lock`.
        """
        return Desk(self.team(tx, project, pool), tx, project, pool, self.labelling(tx, project.id), who)

    def team(self, tx: Transaction, project: Project, pool: Pool) -> Team:
        """Seats that fit the queue as it stands, made anew where something has changed since."""
        state = self.labelling(tx, project.id)
        sources = seat_rows.sources(tx, project.id)
        content = repr((pool.dataset.digest, sources, state.turned, sorted(state.skipped())))
        signature = f"{sources[0]}-{hashlib.sha256(content.encode()).hexdigest()[:40]}"
        stored, kept = seat_rows.signature(tx, project.id), self._teams.get(project.id)
        if kept is not None and kept.signature == stored == signature:
            return kept
        queue = self.build_queue(tx, project.id)
        if stored != signature:
            new_data = stored is None or not _same_data(stored, signature)
            self._make_seats(tx, project, asked_of(queue, state, pool.row_of), new_data=new_data)
            seat_rows.set_signature(tx, project.id, signature)
        stand = two_rounds(self.rounds_in_force(tx, project.id), queue)
        entries = {entry.row: entry for entry in queue.items}
        kept = self._teams[project.id] = Team(signature, entries, stand.to_come if stand is not None else 0)
        return kept

    def _make_seats(self, tx: Transaction, project: Project, asked: Sequence[Asked], *, new_data: bool) -> None:
        before = seat_rows.listed(tx, project.id)
        if new_data:
            seat_rows.forget_given(tx, project.id)
        sitting: dict[int, list[Sitting]] = defaultdict(list)
        for seat in before:
            if seat.person is not None and not new_data:
                sitting[seat.pool_row].append(Sitting(seat.person, seat.slot, seat.lease))
        members = {member.person.id for member in people_rows.members(tx, project.id) if member.person is not None}
        places = seating(asked, project.handout, sitting=sitting, members=members or None, moment=time.time())
        seat_rows.replace(tx, project.id, before, map(Seat._make, places))


def _same_data(one: str, other: str) -> bool:
    return one.partition("-")[0] == other.partition("-")[0]


class Desk:
    """One person of a team in one transaction: what they are given, and what is taken from them."""

    def __init__(self, team: Team, tx: Transaction, project: Project, pool: Pool, state: Labelling, who: str) -> None:
        self.team, self.pool, self.state, self.who = team, pool, state, who
        self._tx, self._project = tx, project
        self._moment = time.time()
        self._lease = self._moment + 60 * project.handout.minutes

    def admit(self, event: NewEvent) -> str:
        """Why an event cannot be accepted, or "": its text is this person's, and a decision about it takes the seat."""
        tx, project_id = self._tx, self._project.id
        if event.kind in ("undo", "adjudicate") or self.state.decision(event.item, self.who) is not None:
            return ""
        row = self.pool.row_of[event.item]
        if event.kind in ("flag", "comment"):
            return "" if row in seat_rows.held(tx, project_id, self.who) else _NEVER
        if seat_rows.finish(tx, project_id, row, self.who):
            return ""
        if not seat_rows.was_given(tx, project_id, row, self.who):
            return _NEVER
        if seat_rows.take_free(tx, project_id, row, self.who, moment=self._moment):
            return ""
        return _LOST.format(minutes=self._project.handout.minutes)

    def settle(self, event: LabelEvent) -> None:
        """After an event was taken in: a decision that was taken back leaves its text with the same person.

        Unless nobody is asked about it any more: left free, the seat would go to one person too many.
        """
        if event.kind != "undo" or self.state.decision(event.item, self.who) is not None:
            return
        row, found = self.pool.row_of[event.item], self.state.resolution(event.item)
        if row in self.team.entries and (found is None or not found.closed):
            seat_rows.reopen(self._tx, self._project.id, row, self.who, lease=self._lease)
        else:
            seat_rows.give_up(self._tx, self._project.id, row, self.who)

    def hand(self) -> list[int]:
        """The rows this person holds, their time renewed, with new ones where no more than two are left."""
        tx, project_id = self._tx, self._project.id
        seat_rows.renew(tx, project_id, self.who, lease=self._lease)
        rows = seat_rows.held(tx, project_id, self.who)
        if len(rows) > HELD // 2:
            return rows
        # The last texts of a project are not parked with one person while others have nothing to do.
        wanted = min(HELD, max(2, self.left() // 8))
        while len(rows) < wanted:
            row = seat_rows.claim(tx, project_id, self.who, moment=self._moment, lease=self._lease)
            if row is None:
                break
            rows.append(row)
        return rows

    def left(self) -> int:
        """How many texts this person could be given besides those they hold."""
        return seat_rows.claimable(self._tx, self._project.id, self.who, moment=self._moment)

    def waiting(self) -> int:
        """How many texts others hold that may still come to this person."""
        return seat_rows.waiting(self._tx, self._project.id, self.who, moment=self._moment)
