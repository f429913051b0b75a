"""Seats: one for each decision that is wanted about a text; free, held by a person for a while, or done.

A seat whose lease has run out counts as free, but stays its person's until somebody else takes it.

Reason for the length: every statement over seats stands here once, and they share what free and fitting mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from votek.store.database import Transaction
from votek.store.schema import dataset, given, handout, membership, queue_action, revision, seat, selection_round

__all__ = [
    "Seat",
    "claim",
    "claimable",
    "counts",
    "finish",
    "forget_given",
    "give_up",
    "held",
    "listed",
    "renew",
    "reopen",
    "replace",
    "set_signature",
    "shorten",
    "signature",
    "sources",
    "take_free",
    "waiting",
    "was_given",
]

MAX_RACES = 20
_KEY = (seat.c.pool_row, seat.c.slot)

# Every label asks these questions, and putting a statement together takes longer than running it: each is made once,
# with its values named here.
_PROJECT = sa.bindparam("of_project", type_=sa.String())
_PERSON = sa.bindparam("of_person", type_=sa.String())
_ROW = sa.bindparam("at_row", type_=sa.Integer())
_MOMENT = sa.bindparam("moment", type_=sa.Float())
_LEASE = sa.bindparam("until", type_=sa.Float())


class Seat(NamedTuple):
    """One seat at the row `pool_row`; `reserved`: the only person it may go to. `lease`: seconds since 1970."""

    pool_row: int
    slot: int
    rank: int
    reserved: str | None = None
    person: str | None = None
    lease: float | None = None
    done: bool = False


# ---------------------------------------------------------------- what seats are made from


def sources(tx: Transaction, project_id: str) -> tuple[int, ...]:
    """Numbers of which at least one grows when seats may have to be made anew.

    In order: data set, round, change of the queue by hand, hand-out settings, membership.
    """
    return tuple(int(number or 0) for number in tx.execute(_sources(), {"of_project": project_id}).one())


@cache
def _sources() -> sa.Select[Any]:
    newest = (
        (dataset.c.version, (dataset.c.project == _PROJECT) & (dataset.c.role == "pool")),
        (selection_round.c.number, selection_round.c.project == _PROJECT),
        (queue_action.c.sequence, queue_action.c.project == _PROJECT),
        (revision.c.version, (revision.c.project == _PROJECT) & (revision.c.kind == "handout")),
        (membership.c.sequence, membership.c.project == _PROJECT),
    )
    return sa.select(*(sa.select(sa.func.max(column)).where(mine).scalar_subquery() for column, mine in newest))


def signature(tx: Transaction, project_id: str) -> str | None:
    """What the stored seats were made from."""
    found = tx.execute(_SIGNATURE, {"of_project": project_id}).scalar()
    return None if found is None else str(found)


_SIGNATURE = sa.select(handout.c.signature).where(handout.c.project == _PROJECT)


def set_signature(tx: Transaction, project_id: str, made_from: str) -> None:
    """Record what the stored seats were made from. Hold the project's lock."""
    changed = tx.execute(sa.update(handout).where(handout.c.project == project_id).values(signature=made_from))
    if not changed.rowcount:
        tx.execute(sa.insert(handout).values(project=project_id, signature=made_from))


def listed(tx: Transaction, project_id: str) -> list[Seat]:
    """Every seat of the project."""
    query = sa.select(*(seat.c[name] for name in Seat._fields)).where(seat.c.project == project_id)
    return [Seat._make(row) for row in tx.execute(query)]


def replace(tx: Transaction, project_id: str, before: Iterable[Seat], after: Iterable[Seat]) -> None:
    """Let `after` be the seats instead of `before`, touching only those that differ. Hold the project's lock."""
    gone, come = set(before), set(after)
    gone, come = gone - come, come - gone
    if gone:
        mine = (seat.c.project == project_id) & (_KEY[0] == sa.bindparam("row")) & (_KEY[1] == sa.bindparam("place"))
        tx.execute(sa.delete(seat).where(mine), [{"row": one.pool_row, "place": one.slot} for one in gone])
    if come:
        tx.execute(sa.insert(seat), [{"project": project_id, **one._asdict()} for one in come])


# ---------------------------------------------------------------- taking and giving back


def _free(table: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.done.is_(False), sa.or_(table.c.person.is_(None), table.c.lease < _MOMENT))


def _for_person(table: Any) -> sa.ColumnElement[bool]:
    """Seats that this person may sit on: reserved for nobody else, at a text they have no seat of."""
    other = seat.alias("other")
    sits = sa.exists().where(
        other.c.project == _PROJECT, other.c.pool_row == table.c.pool_row, other.c.person == _PERSON
    )
    mine = sa.or_(table.c.reserved.is_(None), table.c.reserved == _PERSON)
    return sa.and_(table.c.project == _PROJECT, mine, ~sits.correlate(table))


def _held_by() -> sa.ColumnElement[bool]:
    return (seat.c.project == _PROJECT) & (seat.c.person == _PERSON) & seat.c.done.is_(False)


def _seat_at() -> sa.ColumnElement[bool]:
    return (seat.c.project == _PROJECT) & (seat.c.pool_row == _ROW) & (seat.c.person == _PERSON)


def claim(tx: Transaction, project_id: str, person: str, *, moment: float, lease: float) -> int | None:
    """Seat a person at the next free text by one conditional UPDATE; returns its row, None when nothing is left.

    The earliest in rank comes first, so that texts close early. One that another transaction takes meanwhile is
    passed over.
    """
    for _ in range(MAX_RACES):
        row = _sit(tx, project_id, person, moment=moment, done=False, lease=lease)
        if row is not None:
            _remember(tx, project_id, row, person)
            return row
        if not claimable(tx, project_id, person, moment=moment):
            return None
    return None


def take_free(tx: Transaction, project_id: str, row: int, person: str, *, moment: float) -> bool:
    """Seat a person for good at a free seat of this very text; False when there is none."""
    return _sit(tx, project_id, person, moment=moment, done=True, lease=None, row=row) is not None


def _sit(
    tx: Transaction,
    project_id: str,
    person: str,
    *,
    moment: float,
    done: bool,
    lease: float | None,
    row: int | None = None,
) -> int | None:
    values = {"of_project": project_id, "of_person": person, "moment": moment, "until": lease, "is_done": done}
    if row is not None:
        values["at_row"] = row
    try:
        with tx.begin_nested():
            found = tx.execute(_sitting(at_row=row is not None), values).scalar()
    except IntegrityError:  # the same person was seated at this text from elsewhere, at the same moment
        return None
    return None if found is None else int(found)


@cache
def _sitting(*, at_row: bool) -> Any:
    open_seat = seat.alias("open_seat")
    wanted = sa.and_(_for_person(open_seat), _free(open_seat))
    if at_row:
        wanted = sa.and_(wanted, open_seat.c.pool_row == _ROW)
    first = (
        sa.select(open_seat.c.pool_row, open_seat.c.slot)
        .where(wanted)
        .order_by(open_seat.c.rank, open_seat.c.slot)
        .limit(1)
        .with_for_update(skip_locked=True, of=open_seat)
        .scalar_subquery()
    )
    return (
        sa.update(seat)
        .where(seat.c.project == _PROJECT, sa.tuple_(*_KEY) == first, _free(seat))
        .values(person=_PERSON, done=sa.bindparam("is_done", type_=sa.Boolean()), lease=_LEASE)
        .returning(seat.c.pool_row)
    )


def renew(tx: Transaction, project_id: str, person: str, *, lease: float) -> None:
    """Let a person keep all that is theirs still, run out or not."""
    tx.execute(_renewal(), {"of_project": project_id, "of_person": person, "until": lease})


@cache
def _renewal() -> sa.Update:
    return sa.update(seat).where(_held_by()).values(lease=_LEASE)


def shorten(tx: Transaction, project_id: str, person: str, *, lease: float) -> None:
    """Let what a person holds run out at `lease` at the latest."""
    mine = (seat.c.project == project_id) & (seat.c.person == person) & seat.c.done.is_(False)
    tx.execute(sa.update(seat).where(mine, seat.c.lease > lease).values(lease=lease))


def finish(tx: Transaction, project_id: str, row: int, person: str) -> bool:
    """The person has decided about the text they hold; False when they do not hold it (any more)."""
    return tx.execute(_finishing(), {"of_project": project_id, "of_person": person, "at_row": row}).rowcount == 1


@cache
def _finishing() -> sa.Update:
    return sa.update(seat).where(_seat_at()).values(done=True, lease=None)


def reopen(tx: Transaction, project_id: str, row: int, person: str, *, lease: float) -> None:
    """The person has taken their decision back: the text is theirs to do again."""
    mine = (seat.c.project == project_id) & (seat.c.pool_row == row) & (seat.c.person == person)
    tx.execute(sa.update(seat).where(mine).values(done=False, lease=lease))


def give_up(tx: Transaction, project_id: str, row: int, person: str) -> None:
    """The person has taken their decision back, and nobody is asked in their stead."""
    mine = (seat.c.project == project_id) & (seat.c.pool_row == row) & (seat.c.person == person)
    tx.execute(sa.delete(seat).where(mine))


# ---------------------------------------------------------------- who was handed what


def _remember(tx: Transaction, project_id: str, row: int, person: str) -> None:
    if not was_given(tx, project_id, row, person):
        tx.execute(sa.insert(given).values(project=project_id, pool_row=row, person=person))


def was_given(tx: Transaction, project_id: str, row: int, person: str) -> bool:
    """Whether this text was ever handed to this person."""
    mine = (given.c.project == project_id) & (given.c.pool_row == row) & (given.c.person == person)
    return tx.execute(sa.select(given.c.pool_row).where(mine)).first() is not None


def forget_given(tx: Transaction, project_id: str) -> None:
    """Rows mean other texts from now on."""
    tx.execute(sa.delete(given).where(given.c.project == project_id))


# ---------------------------------------------------------------- looking


def held(tx: Transaction, project_id: str, person: str) -> list[int]:
    """The rows that a person is to decide about now, in order."""
    return [int(row) for row in tx.execute(_holding(), {"of_project": project_id, "of_person": person}).scalars()]


@cache
def _holding() -> sa.Select[Any]:
    return sa.select(seat.c.pool_row).where(_held_by()).order_by(seat.c.rank, seat.c.slot)


def claimable(tx: Transaction, project_id: str, person: str, *, moment: float) -> int:
    """How many more texts this person could be given now."""
    values = {"of_project": project_id, "of_person": person, "moment": moment}
    return int(tx.execute(_counting(free=True), values).scalar() or 0)


@cache
def _counting(*, free: bool) -> sa.Select[Any]:
    """Counts the texts, not the seats, that a person may sit at; those with a free seat, or with one that is held."""
    held_by_others = sa.and_(seat.c.done.is_(False), seat.c.lease >= _MOMENT)
    mine = sa.or_(seat.c.reserved.is_(None), seat.c.reserved == _PERSON)
    open_to_them = sa.select(seat.c.pool_row).where(seat.c.project == _PROJECT, mine)
    taken = sa.select(seat.c.pool_row).where(seat.c.project == _PROJECT, seat.c.person == _PERSON)
    # As a difference of two sets, the seats are read once; asking for each of them whether the person sits there
    # takes several times as long.
    texts = sa.except_(open_to_them.where(_free(seat) if free else held_by_others), taken).subquery()
    return sa.select(sa.func.count()).select_from(texts)


def waiting(tx: Transaction, project_id: str, person: str, *, moment: float) -> int:
    """How many texts others hold that would come to this person if those left them."""
    values = {"of_project": project_id, "of_person": person, "moment": moment}
    return int(tx.execute(_counting(free=False), values).scalar() or 0)


def counts(tx: Transaction, project_id: str, *, moment: float) -> dict[str, tuple[int, int, int]]:
    """person -> (done, held, reserved for them and still free); a person has only entries that are not all zero."""
    is_held = sa.and_(seat.c.done.is_(False), seat.c.lease >= moment, seat.c.person.is_not(None))
    result: dict[str, list[int]] = {}
    groups: Sequence[tuple[Any, Any]] = (
        (seat.c.person, sa.and_(seat.c.done.is_(True), seat.c.person.is_not(None))),
        (seat.c.person, is_held),
        (seat.c.reserved, sa.and_(_free(seat), seat.c.reserved.is_not(None))),
    )
    for place, (column, condition) in enumerate(groups):
        query = sa.select(column, sa.func.count()).where(seat.c.project == project_id, condition).group_by(column)
        for person, count in tx.execute(query, {"moment": moment}):
            result.setdefault(person, [0, 0, 0])[place] = int(count)
    return {person: (done, busy, free) for person, (done, busy, free) in result.items()}
