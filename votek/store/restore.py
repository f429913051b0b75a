"""Brings a backup back: into SQLite or PostgreSQL, whichever it came from, and up to the newest tables."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from votek.errors import AlreadyRunningError, CorruptFileError, InputError
from votek.store.archive import Backup, Manifest, check_backup, copy, opened, table_member
from votek.store.database import Transaction, upgrade
from votek.store.engines import alone, wait_for
from votek.store.files import remove, write_whole
from votek.store.migrations import VERSIONS
from votek.store.store import Store

__all__ = ["restore_backup"]

ROWS_AT_ONCE = 500


def restore_backup(store: Store, path: Path, *, replace: bool = False, expected: str | None = None) -> Backup:
    """Put all rows and files of a backup in place; `store` need not have tables yet.

    All rows change in one transaction: it ends with the restored ones, or with those from before. A backup of
    older tables is brought up to date on the way. Nothing else may use the database meanwhile.

    replace: what is there now is thrown away for it. expected: the archive's SHA-256; None: not compared.

    Raises:
        InputError: projects or people are there already and `replace` is not given.
        AlreadyRunningError: servers or workers are connected to the database.
        StorageError, FileError, CorruptFileError: the archive cannot be used; see `check_backup`.
    """
    backup = check_backup(path, expected=expected)
    _refuse_company(store)
    with store.read() as tx:
        if not replace and _is_used(tx):
            raise InputError(
                f"{store.database.name} already holds projects or people. Restore into an empty database and folder, "
                "or throw away what is there: votek restore --replace"
            )
    with opened(path) as (archive, manifest):
        # Files first: they are named by their content, and do no harm while no row refers to them.
        for name in manifest.members:
            if name.startswith("files/"):
                _put_file(store, archive, name)
        with store.write() as tx:
            wait_for(tx, lock_seconds=60)
            alone(tx, "migration")
            _put_rows(tx, archive, manifest)
    _remove_others(store, manifest)
    return backup


def _refuse_company(store: Store) -> None:
    if store.database.sqlite:
        return  # the lock on the data folder tells
    store.close()  # leaves one connection of ours: the one that asks
    with store.read() as tx:
        others = tx.execute(
            sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name = 'votek' AND pid <> pg_backend_pid()"
            )
        ).scalar_one()
    if others:
        raise AlreadyRunningError(
            f"{others} connections of votek servers or workers to {store.database.name} are open. Stop them first: "
            "they would go on with what they remember."
        )


def _is_used(tx: Transaction) -> bool:
    there_are = sa.inspect(tx).get_table_names()
    return any(
        tx.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first() is not None
        for name in ("project", "person")
        if name in there_are
    )


def _put_rows(tx: Transaction, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    before = sa.MetaData()
    before.reflect(tx)
    before.drop_all(tx)
    upgrade(tx, manifest.migration)
    tables = sa.MetaData()
    tables.reflect(tx)
    for table in tables.sorted_tables:
        if table.name in manifest.tables:
            with archive.open(table_member(table.name)) as stream:
                _fill(tx, table, manifest.tables[table.name][0], iter(stream))
    unknown = sorted(manifest.tables.keys() - tables.tables.keys())
    if unknown:
        raise CorruptFileError(f"The backup holds a table {unknown[0]!r} that its own version did not have.")
    if manifest.migration != VERSIONS[-1]:
        upgrade(tx, VERSIONS[-1])


def _fill(tx: Transaction, table: sa.Table, columns: tuple[str, ...], lines: Iterator[bytes]) -> None:
    if set(columns) != set(table.columns.keys()):
        raise CorruptFileError(f"The backup's columns of {table.name!r} are not those of its own version.")
    moments = [isinstance(table.c[name].type, sa.DateTime) for name in columns]
    while part := list(islice(lines, ROWS_AT_ONCE)):
        rows = []
        try:
            for line in part:
                values = [_moment(v) if moment else v for v, moment in zip(json.loads(line), moments, strict=True)]
                rows.append(dict(zip(columns, values, strict=True)))
        except (ValueError, TypeError, RecursionError) as error:
            raise CorruptFileError(f"The backup's rows of {table.name!r} cannot be read: {error}.") from error
        tx.execute(sa.insert(table), rows)
    if tx.dialect.name == "postgresql":
        _go_on_counting(tx, table)


def _go_on_counting(tx: Transaction, table: sa.Table) -> None:
    """Rows came with their numbers; the next one the database gives must be higher."""
    for column in table.primary_key.columns:
        named = sa.func.pg_get_serial_sequence(table.name, column.name)
        if isinstance(column.type, sa.Integer) and tx.execute(sa.select(named)).scalar() is not None:
            highest = sa.func.coalesce(sa.func.max(column), 0) + 1
            tx.execute(sa.select(sa.func.setval(named, sa.select(highest).scalar_subquery(), False)))


def _moment(value: Any) -> dt.datetime | None:
    return None if value is None else dt.datetime.fromisoformat(value).astimezone(dt.UTC)


def _put_file(store: Store, archive: zipfile.ZipFile, name: str) -> None:
    with archive.open(name) as source:
        write_whole(store.folder / name.removeprefix("files/"), lambda stream: copy(source, stream.write))


def _remove_others(store: Store, manifest: Manifest) -> None:
    """Texts and results of projects that are no more."""
    kept = {Path(name).stem for name in manifest.members if name.startswith("files/datasets/")}
    for path in (store.folder / "datasets").glob("*.parquet"):
        if path.stem not in kept:
            remove(path)
    keys = {Path(name).stem for name in manifest.members if name.startswith("files/stages/keys/")}
    store.cache.drop([path.stem for path in (store.folder / "stages" / "keys").glob("*.json") if path.stem not in keys])
    shutil.rmtree(store.folder / "embedding", ignore_errors=True)
