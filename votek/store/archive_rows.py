"""Rows and files of an archive put in place, and brought up to the newest tables."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import sqlalchemy as sa

from votek.errors import CorruptFileError
from votek.store.archive import Kind, Manifest, copy, table_member
from votek.store.database import Transaction, upgrade
from votek.store.files import write_whole
from votek.store.migrations import VERSIONS
from votek.store.store import Store

__all__ = ["fill_tables", "put_file"]

ROWS_AT_ONCE = 500
MOST_LINE = 128 * 1024 * 1024


def fill_tables(tx: Transaction, archive: zipfile.ZipFile, manifest: Manifest, kind: Kind) -> None:
    """Make the tables of the archive's version in an empty database, fill them, and bring them up to date.

    Raises:
        CorruptFileError: it holds tables, columns or rows that no archive of its version has.
    """
    upgrade(tx, manifest.migration)
    tables = sa.MetaData()
    tables.reflect(tx)
    for table in tables.sorted_tables:
        if table.name in manifest.tables:
            with archive.open(table_member(table.name)) as stream:
                _fill(tx, table, manifest.tables[table.name][0], stream, kind)
    unknown = sorted(manifest.tables.keys() - tables.tables.keys())
    if unknown:
        raise CorruptFileError(f"The {kind.word} holds a table {unknown[0]!r} that its own version did not have.")
    if manifest.migration != VERSIONS[-1]:
        upgrade(tx, VERSIONS[-1])


def put_file(store: Store, archive: zipfile.ZipFile, name: str) -> None:
    """Put a file of an archive that was checked where it belongs."""
    with archive.open(name) as source:
        write_whole(store.folder / name.removeprefix("files/"), lambda stream: copy(source, stream.write))


def _fill(tx: Transaction, table: sa.Table, columns: tuple[str, ...], stream: IO[bytes], kind: Kind) -> None:
    if set(columns) != set(table.columns.keys()):
        raise CorruptFileError(f"The {kind.word}'s columns of {table.name!r} are not those of its own version.")
    moments = [isinstance(table.c[name].type, sa.DateTime) for name in columns]
    lines = _lines(stream, f"The {kind.word}'s rows of {table.name!r}")
    while part := list(islice(lines, ROWS_AT_ONCE)):
        rows = []
        try:
            for line in part:
                values = [_moment(v) if moment else v for v, moment in zip(json.loads(line), moments, strict=True)]
                rows.append(dict(zip(columns, values, strict=True)))
        except (ValueError, TypeError, RecursionError) as error:
            raise CorruptFileError(f"The {kind.word}'s rows of {table.name!r} cannot be read: {error}.") from error
        tx.execute(sa.insert(table), rows)
    if tx.dialect.name == "postgresql":
        _go_on_counting(tx, table)


def _lines(stream: IO[bytes], what: str) -> Iterator[bytes]:
    while line := stream.readline(MOST_LINE):
        if len(line) == MOST_LINE:
            raise CorruptFileError(f"{what} cannot be read: one is longer than {MOST_LINE // 1024**2} MB.")
        yield line


def _go_on_counting(tx: Transaction, table: sa.Table) -> None:
    """Rows came with their numbers; the next one the database gives must be higher."""
    for column in table.primary_key.columns:
        named = sa.func.pg_get_serial_sequence(table.name, column.name)
        if isinstance(column.type, sa.Integer) and tx.execute(sa.select(named)).scalar() is not None:
            highest = sa.func.coalesce(sa.func.max(column), 0) + 1
            tx.execute(sa.select(sa.func.setval(named, sa.select(highest).scalar_subquery(), False)))


def _moment(value: Any) -> dt.datetime | None:
    return None if value is None else dt.datetime.fromisoformat(value).astimezone(dt.UTC)
