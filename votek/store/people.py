"""Rows about people: who has signed in, who may do what in a project, and what they did besides labelling."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from votek.datatypes import Member, Person, Role
from votek.store.database import Transaction
from votek.store.schema import audit, membership, person

__all__ = [
    "AuditEntry",
    "PersonRow",
    "add_imported",
    "by_email",
    "by_id",
    "by_subject",
    "end_sessions",
    "members",
    "note",
    "notes",
    "owned",
    "people",
    "record_sign_in",
    "roles",
    "set_role",
]


@dataclass(frozen=True)
class PersonRow:
    """Somebody who has signed in. `signed_in`: the latest sign-in; sessions up to `valid_from` count no more."""

    id: str
    issuer: str
    subject: str
    email: str | None
    name: str
    signed_in: dt.datetime
    valid_from: dt.datetime | None

    @property
    def person(self) -> Person:
        """As the rest of the program knows them."""
        return Person(self.id, self.email or "", self.name)


@dataclass(frozen=True)
class AuditEntry:
    """One thing that somebody did besides labelling."""

    id: int
    project: str | None
    who: str
    action: str
    details: Mapping[str, Any]
    time: dt.datetime


# ---------------------------------------------------------------- people

_BY_ID = sa.select(person).where(person.c.id == sa.bindparam("wanted", type_=sa.String()))


def _one(tx: Transaction, condition: sa.ColumnElement[bool]) -> PersonRow | None:
    return _row(tx.execute(sa.select(person).where(condition)).first())


def _row(row: Any) -> PersonRow | None:
    if row is None:
        return None
    return PersonRow(row.id, row.issuer, row.subject, row.email, row.name, row.signed_in, row.valid_from)


def by_subject(tx: Transaction, issuer: str, subject: str) -> PersonRow | None:
    """The person that this provider calls so."""
    return _one(tx, (person.c.issuer == issuer) & (person.c.subject == subject))


def by_email(tx: Transaction, email: str) -> PersonRow | None:
    """The person who signed in with this address last."""
    return _one(tx, person.c.email == email)


def by_id(tx: Transaction, person_id: str) -> PersonRow | None:
    """The person with this id."""
    return _row(tx.execute(_BY_ID, {"wanted": person_id}).first())


def people(tx: Transaction, ids: Iterable[str]) -> dict[str, Person]:
    """id -> person, of those there are."""
    query = sa.select(person.c.id, person.c.email, person.c.name).where(person.c.id.in_(list(ids)))
    return {row.id: Person(row.id, row.email or "", row.name) for row in tx.execute(query)}


def record_sign_in(
    tx: Transaction, person_id: str | None, *, issuer: str, subject: str, email: str, name: str, time: dt.datetime
) -> bool:
    """Record a sign-in of a known person (by id) or of a new one (None), who takes over the address.

    Returns False when another transaction was faster; look again then.
    """
    values = {"email": email, "name": name, "signed_in": time}
    try:
        with tx.begin_nested():
            tx.execute(
                sa.update(person).where(person.c.email == email, person.c.id != (person_id or "")).values(email=None)
            )
            if person_id is not None:
                tx.execute(sa.update(person).where(person.c.id == person_id).values(**values))
            else:
                known = {"id": secrets.token_hex(8), "issuer": issuer, "subject": subject, "created": time}
                tx.execute(sa.insert(person).values(**known, **values, valid_from=None))
    except sa.exc.IntegrityError:
        return False
    return True


def add_imported(tx: Transaction, *, issuer: str, subject: str, name: str, time: dt.datetime) -> str:
    """The id of somebody who labelled elsewhere, who is added when new: without an address, so that nobody signs in.

    Hold the lock of the project that the subject belongs to.
    """
    known = by_subject(tx, issuer, subject)
    if known is not None:
        return known.id
    added = {"id": secrets.token_hex(8), "issuer": issuer, "subject": subject, "email": None, "name": name}
    tx.execute(sa.insert(person).values(**added, created=time, signed_in=time, valid_from=None))
    return str(added["id"])


def end_sessions(tx: Transaction, person_id: str, *, until: dt.datetime) -> None:
    """Let sessions and tokens from up to `until` count no more."""
    tx.execute(sa.update(person).where(person.c.id == person_id).values(valid_from=until))


# ---------------------------------------------------------------- roles


def _in_force() -> sa.Select[Any]:
    latest = (
        sa.select(membership.c.project, membership.c.email, sa.func.max(membership.c.sequence).label("sequence"))
        .group_by(membership.c.project, membership.c.email)
        .subquery()
    )
    return (
        sa.select(membership.c.project, membership.c.email, membership.c.role)
        .join(
            latest,
            (latest.c.project == membership.c.project) & (latest.c.sequence == membership.c.sequence),
        )
        .where(membership.c.role != "")
    )


def members(tx: Transaction, project_id: str) -> list[Member]:
    """The addresses that have a role in the project, by address, with the people behind them."""
    found = _in_force().where(membership.c.project == project_id).subquery()
    query = (
        sa.select(found.c.email, found.c.role, person.c.id, person.c.name)
        .join(person, person.c.email == found.c.email, isouter=True)
        .order_by(found.c.email)
    )
    return [
        Member(
            project_id,
            row.email,
            cast(Role, row.role),
            None if row.id is None else Person(row.id, row.email, row.name),
        )
        for row in tx.execute(query)
    ]


def roles(tx: Transaction, email: str) -> dict[str, Role]:
    """project -> the role of this address, where it has one."""
    return {row.project: cast(Role, row.role) for row in tx.execute(_roles(), {"address": email})}


@cache  # every label asks who may give it
def _roles() -> sa.Select[Any]:
    mine = membership.c.email == sa.bindparam("address", type_=sa.String())
    latest = (
        sa.select(membership.c.project, sa.func.max(membership.c.sequence).label("sequence"))
        .where(mine)
        .group_by(membership.c.project)
        .subquery()
    )
    return (
        sa.select(membership.c.project, membership.c.role)
        .join(latest, (latest.c.project == membership.c.project) & (latest.c.sequence == membership.c.sequence))
        .where(membership.c.role != "")
    )


def owned(tx: Transaction, project_ids: Iterable[str]) -> set[str]:
    """Those of the projects that have an owner."""
    query = _in_force().where(membership.c.role == "owner", membership.c.project.in_(list(project_ids)))
    return {row.project for row in tx.execute(query)}


def set_role(tx: Transaction, project_id: str, email: str, role: Role | None, *, who: str, time: dt.datetime) -> None:
    """Give an address a role in the project, or take it away (None). Hold the project's lock."""
    query = sa.select(sa.func.max(membership.c.sequence)).where(membership.c.project == project_id)
    sequence = (tx.execute(query).scalar() or 0) + 1
    values = {"project": project_id, "sequence": sequence, "email": email, "role": role or "", "who": who}
    tx.execute(sa.insert(membership).values(**values, time=time))


# ---------------------------------------------------------------- audit


def note(
    tx: Transaction,
    *,
    who: str,
    action: str,
    project: str | None = None,
    details: Mapping[str, Any] | None = None,
    time: dt.datetime,
) -> None:
    """Record something that somebody did besides labelling."""
    values = {"project": project, "who": who, "action": action, "details": dict(details or {}), "time": time}
    tx.execute(sa.insert(audit).values(**values))


def notes(
    tx: Transaction, project_id: str | None = None, *, action: str | None = None, limit: int = 200
) -> list[AuditEntry]:
    """What was done in a project (None: anywhere), newest first; `action`: only this."""
    query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    if action is not None:
        query = query.where(audit.c.action == action)
    if project_id is not None:
        query = query.where(audit.c.project == project_id)
    return [AuditEntry(row.id, row.project, row.who, row.action, row.details, row.time) for row in tx.execute(query)]
