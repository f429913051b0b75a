"""Takes a project over from the store it was unpacked into: files first, then all rows in one transaction."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from votek.store import suggestions as suggestion_rows
from votek.store.bundle import NEVER, PEOPLE_COLUMNS, TABLES, people_named, stage_keys
from votek.store.database import Transaction
from votek.store.files import write_whole
from votek.store.schema import (
    audit,
    dataset,
    membership,
    person,
    project,
    result,
    revision,
    selection_round,
    suggestion,
)
from votek.store.store import Store

__all__ = ["TakenOver", "take_over"]

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class TakenOver:
    """A project as it is here now.

    `copied`: the project was here already, so this one is another. `known`, `new`: people who were here before, and
    who were made.
    """

    project: str
    copied: bool
    known: int
    new: int


def take_over(
    source: Store, project_id: str, target: Store, *, roles: bool, then: Callable[[Transaction, TakenOver], None]
) -> TakenOver:
    """Put the only project of `source` into `target`; all of it is there when this returns, or nothing.

    Ids stay as they are where nothing here has them. People are known by issuer and subject; what is stored about
    those who are here already does not change.

    roles: with the roles of its people's addresses. then: what else belongs to the same transaction.
    """
    files, keys = _put_files(source, project_id, target)
    try:
        for attempt in (1, 2):
            try:
                with source.read() as given, target.write() as tx:
                    made = _Rows(given, tx, project_id, new_ids=attempt > 1).put(roles=roles)
                    then(tx, made)
                return made
            except IntegrityError:
                if attempt > 1:  # the first time, another process may have taken the same ids at the same moment
                    raise
        raise AssertionError("unreachable")
    except BaseException:
        _remove_unused(target, files, keys)
        raise


# ---------------------------------------------------------------- files


def _put_files(source: Store, project_id: str, target: Store) -> tuple[list[str], list[str]]:
    """The data files and stage keys that were not here before. What is here stays: both are named by content."""
    with source.read() as tx:
        wanted = sorted(set(tx.execute(sa.select(dataset.c.file)).scalars()))
        keys = stage_keys(tx, project_id)
    files, made = [], []
    try:
        for file in wanted:
            if not target.dataset_path(file).exists():
                files.append(file)
                _copy(source.dataset_path(file), target.dataset_path(file))
        for key in keys:
            arrays = source.cache.get(key)
            if arrays is not None and target.cache.get(key) is None:
                made.append(key)
                target.cache.put(key, arrays)
    except BaseException:
        _remove_unused(target, files, made)
        raise
    return files, made


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as stream:
        write_whole(target, lambda out: [out.write(part) for part in iter(lambda: stream.read(1 << 20), b"")])


def _remove_unused(target: Store, files: list[str], keys: list[str]) -> None:
    """Files of a project that did not come about, unless another has begun to use them."""
    with target.read() as tx:
        used = set(tx.execute(sa.select(dataset.c.file).where(dataset.c.file.in_(files))).scalars())
        used |= set(tx.execute(sa.select(result.c.key).where(result.c.key.in_(keys))).scalars())
    target.remove_files([file for file in files if file not in used], [], [key for key in keys if key not in used])


# ---------------------------------------------------------------- rows


class _Rows:
    """The rows of one project on their way from one database into another."""

    def __init__(self, given: Transaction, tx: Transaction, project_id: str, *, new_ids: bool) -> None:
        self.given, self.tx = given, tx
        self.before = project_id
        self.copied = _there(tx, project, project_id)
        self.new_ids = new_ids or self.copied
        self.after = secrets.token_hex(8) if self.new_ids else project_id
        self.people: dict[str, str] = {}
        self.known = self.new = 0

    def put(self, *, roles: bool) -> TakenOver:
        self._put_people()
        for table in TABLES:
            if table is person or (table is membership and not roles):
                continue
            rows = self.given.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()
            for part in rows.partitions(ROWS_AT_ONCE):
                self.tx.execute(sa.insert(table), [self._changed(table, dict(row)) for row in part])
        return TakenOver(self.after, self.copied, self.known, self.new)

    def _put_people(self) -> None:
        named = people_named(self.given, self.before)
        for row in self.given.execute(sa.select(person).order_by(person.c.id)).mappings():
            same = (person.c.issuer == row["issuer"]) & (person.c.subject == row["subject"])
            known = self.tx.execute(sa.select(person.c.id).where(same)).scalar()
            self.people[row["id"]] = self._new_person(dict(row)) if known is None else known
            self.known, self.new = self.known + (known is not None), self.new + (known is None)
        # Somebody without a row must not come out as the person who has their id here.
        for who in sorted(named - self.people.keys()):
            if _there(self.tx, person, who):
                self.people[who] = f"{who[:180]}-{secrets.token_hex(4)}"

    def _new_person(self, row: Mapping[str, Any]) -> str:
        """Somebody who can only sign in by themselves: an address that another person has here stays theirs."""
        taken = row["email"] is not None and (
            self.tx.execute(sa.select(person.c.id).where(person.c.email == row["email"])).first() is not None
        )
        made = secrets.token_hex(8) if _there(self.tx, person, row["id"]) else row["id"]
        values = {**row, "id": made, "signed_in": NEVER, "valid_from": None}
        self.tx.execute(sa.insert(person).values(**{**values, "email": None if taken else row["email"]}))
        return str(made)

    def _changed(self, table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
        if "project" in table.c:
            row["project"] = self.after
        for name in PEOPLE_COLUMNS:
            if name in table.c and row[name] is not None:
                row[name] = self.people.get(row[name], row[name])
        if table is project:
            row["id"] = self.after
            if self.copied:  # another project than the one it was
                row |= {"sample": False, "created": dt.datetime.now(dt.UTC)}
        elif table is audit:
            del row["id"]
        elif table is selection_round and (self.new_ids or _there(self.tx, table, row["id"])):
            row["id"] = secrets.token_hex(8)
        elif table is suggestion:
            row["id"] = suggestion_rows.proposal_id(self.after, row["item"], row["who"])
        elif table is revision and row["kind"] == "handout":
            row["value"] = self._handed(row["value"])
        return row

    def _handed(self, value: dict[str, Any]) -> dict[str, Any]:
        def renamed(who: str) -> str:
            return self.people.get(who, who)

        shares = {renamed(who): share for who, share in value["shares"].items()}
        named = {item: [renamed(who) for who in people] for item, people in value["named"].items()}
        return {**value, "shares": shares, "named": named}


def _there(tx: Transaction, table: sa.Table, given: str) -> bool:
    return tx.execute(sa.select(table.c.id).where(table.c.id == given)).first() is not None
