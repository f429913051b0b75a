"""Writes one project into an archive: its rows, its files, and who the people are that did something in it.

Left out: background work under way, the settings of a model (its address and way of asking belong to a machine), the
answers of models (which are kept for all projects together), and everything about sessions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from votek.store import projects as project_rows
from votek.store.archive import BUNDLE, Backup
from votek.store.archive_writer import ArchiveWriter, write_archive
from votek.store.database import Transaction
from votek.store.schema import (
    audit,
    dataset,
    label_event,
    membership,
    metadata,
    person,
    project,
    result,
    revision,
    selection_round,
)
from votek.store.store import Store

__all__ = ["LEFT_OUT", "NEVER", "PEOPLE_COLUMNS", "TABLES", "people_named", "stage_keys", "write_bundle"]

TABLES = tuple(table for table in metadata.sorted_tables if table.name != "job")
"""The tables of a bundle, those that others refer to first."""
PEOPLE_COLUMNS = ("who", "person", "reserved")
"""Columns that hold the id of a person."""
LEFT_OUT = ("model",)
"""Kinds of revisions that belong to a machine, not to the project."""
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When a person of a bundle signed in last: any real sign-in is newer."""
ROWS_AT_ONCE = 1000
_ADDRESSED = ("role",)
"""Actions on record whose details name an address."""


def write_bundle(store: Store, project_id: str, path: Path, *, addresses: bool = True) -> Backup:
    """Write a project into one new archive at `path`; see `write_archive` for what else it raises.

    People may go on working: what they do after the first row was read is not in it. An unchanged project gives the
    same bytes.

    addresses: with the e-mail addresses of its people, and the roles, which belong to addresses. Without them there
    are still the names, and what the sign-in provider calls each person, so that it stays known who did what.

    Raises:
        NotFoundError: there is no such project.
    """
    return write_archive(store, path, BUNDLE, lambda writer: _fill(writer, project_id, addresses=addresses))


def _fill(writer: ArchiveWriter, project_id: str, *, addresses: bool) -> None:
    with writer.store.read() as tx:
        project_rows.get(tx, project_id)
        for table in TABLES:
            columns = tuple(column.name for column in table.columns)
            writer.table(table.name, columns, _rows(tx, table, project_id, addresses=addresses))
        files = sorted(set(tx.execute(sa.select(dataset.c.file).where(dataset.c.project == project_id)).scalars()))
        keys = stage_keys(tx, project_id)
    for file in files:
        writer.dataset(file)
    for key in keys:
        writer.stage(key)


def _rows(tx: Transaction, table: sa.Table, project_id: str, *, addresses: bool) -> Iterable[Any]:
    if table is person:
        return _people(tx, project_id, addresses=addresses)
    if table is membership and not addresses:
        return ()
    owner = table.c.id if table is project else table.c.project
    query = sa.select(table).where(owner == project_id).order_by(*table.primary_key.columns)
    if table is revision:
        query = query.where(revision.c.kind.not_in(LEFT_OUT))
    if table is audit:
        if not addresses:
            query = query.where(audit.c.action.not_in(_ADDRESSED))
        return _numbered(tx.execute(query))
    rows = tx.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
    if table is label_event:
        return rows
    # Databases order letters and signs each in a way of its own; the log is ordered by numbers alone.
    places = [list(table.columns).index(column) for column in table.primary_key.columns]
    return sorted(rows, key=lambda row: tuple(row[place] for place in places))


def _numbered(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Their numbers count what is done in all projects together; here they count this one's."""
    for number, row in enumerate(rows, 1):
        yield [number, *row[1:]]


def _people(tx: Transaction, project_id: str, *, addresses: bool) -> Iterator[list[Any]]:
    """Those who did something here or have a role; of a session nothing."""
    ids = people_named(tx, project_id)
    if addresses:
        known = sa.select(membership.c.email).where(membership.c.project == project_id)
        ids |= set(tx.execute(sa.select(person.c.id).where(person.c.email.in_(known))).scalars())
    wanted = sorted(ids)
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        part = wanted[start : start + ROWS_AT_ONCE]
        for row in tx.execute(sa.select(person).where(person.c.id.in_(part)).order_by(person.c.id)).mappings():
            values = {**row, "signed_in": NEVER, "valid_from": None}
            yield list({**values, "email": row["email"] if addresses else None}.values())


def people_named(tx: Transaction, project_id: str) -> set[str]:
    """The ids of all who did something in a project, hold a text of it, or are named in how it is handed out."""
    found: set[str] = set()
    for table in TABLES:
        for name in PEOPLE_COLUMNS:
            if name in table.c and "project" in table.c:
                query = sa.select(table.c[name]).where(table.c.project == project_id, table.c[name].is_not(None))
                found |= set(tx.execute(query.distinct()).scalars())
    handed = sa.select(revision.c.value).where(revision.c.project == project_id, revision.c.kind == "handout")
    for value in tx.execute(handed).scalars():
        found |= set(value.get("shares", ())) | {who for named in value.get("named", {}).values() for who in named}
    return found


def stage_keys(tx: Transaction, project_id: str) -> list[str]:
    """The keys of all stored results that a project uses."""
    keys = set(tx.execute(sa.select(result.c.key).where(result.c.project == project_id)).scalars())
    rounds = sa.select(selection_round.c.parameters).where(selection_round.c.project == project_id)
    for parameters in tx.execute(rounds).scalars():
        scoring = parameters.get("scoring")
        if isinstance(scoring, dict) and isinstance(scoring.get("key"), str):
            keys.add(scoring["key"])  # how sure a model was of each text
    return sorted(keys)
