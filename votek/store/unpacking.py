"""A bundle unpacked into a store of its own, where it can be looked at before anything is taken over."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from votek.store.archive import BUNDLE, check_archive, damaged, opened
from votek.store.archive_rows import fill_tables, put_file
from votek.store.bundle import LEFT_OUT, TABLES, stage_keys
from votek.store.database import Transaction
from votek.store.files import storage_error
from votek.store.schema import UtcTime, dataset, metadata, project
from votek.store.store import Store

__all__ = ["refused_rows", "unpacked"]

FOLDER = "opening"
FORGOTTEN_SECONDS = 24 * 3600
_KINDS: tuple[tuple[type[Any], type[Any] | tuple[type[Any], ...]], ...] = (
    (sa.Boolean, bool),
    (sa.Integer, int),
    (sa.Float, (int, float)),
    (sa.String, str),
    (UtcTime, dt.datetime),
)


@contextmanager
def unpacked(path: Path, folder: Path, *, most: int | None = None) -> Iterator[tuple[Store, str]]:
    """(a store that holds this project alone, the project's id), until the block ends.

    folder: the data folder, beside whose files it is unpacked. most: bytes of its content, unpacked.

    Raises:
        StorageError, FileError, CorruptFileError: as `check_archive`; or its parts do not fit together.
    """
    check_archive(path, BUNDLE, most=most)
    place = folder / FOLDER / secrets.token_hex(8)
    _clear_forgotten(folder / FOLDER)
    try:
        store = Store(f"sqlite:///{place / 'votek.db'}", place)
        try:
            with refused_rows(path):
                project_id = _unpack(store, path)
            yield store, project_id
        finally:
            store.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def refused_rows(path: Path) -> Iterator[None]:
    """Rows that a database does not take are the bundle's fault, not ours."""
    try:
        yield
    except (StatementError, UnicodeEncodeError, OverflowError) as error:
        raise damaged(path, f"its rows do not fit together ({type(error).__name__})", BUNDLE) from error


def _unpack(store: Store, path: Path) -> str:
    names = {table.name for table in TABLES}
    with opened(path, BUNDLE) as (archive, manifest):
        if not set(manifest.tables) <= names:
            raise damaged(path, "it holds tables that no bundle has", BUNDLE)
        with store.write() as tx:
            fill_tables(tx, archive, manifest, BUNDLE)
        for name in manifest.members:
            if name.startswith("files/"):
                put_file(store, archive, name)
    with store.write() as tx:
        problem = _problem(tx, store, set(manifest.members), set(manifest.missing))
        if problem:
            raise damaged(path, problem, BUNDLE)
        project_id: str = tx.execute(sa.select(project.c.id)).scalar_one()
    return project_id


def _problem(tx: Transaction, store: Store, members: set[str], missing: set[str]) -> str:
    """Why rows and files cannot be those of one project, or ""."""
    ids = list(tx.execute(sa.select(project.c.id)).scalars())
    if len(ids) != 1:
        return f"it holds {len(ids)} projects instead of one"
    for table in TABLES:
        problem = _problem_of_rows(tx, table, ids[0])
        if problem:
            return problem
    revisions = metadata.tables["revision"]
    tx.execute(sa.delete(revisions).where(revisions.c.kind.in_(LEFT_OUT)))
    wanted = {f"files/datasets/{file}.parquet" for file in tx.execute(sa.select(dataset.c.file)).scalars()}
    for key in stage_keys(tx, ids[0]):
        try:
            found = store.cache.get(key)
        except ValueError:
            return f"{key!r:.60} cannot name a stored result"
        if found is not None:
            wanted |= {f"files/stages/{folder}/{file.name}" for file, folder in store.cache.files(key)}
        elif key not in missing:
            return f"the stored result {key:.60} is damaged"
    files = {name for name in members if name.startswith("files/")}
    return "" if files == wanted else "its rows refer to other files than it holds"


def _problem_of_rows(tx: Transaction, table: sa.Table, project_id: str) -> str:
    for row in tx.execute(sa.select(table), execution_options={"yield_per": 1000}).mappings():
        if row.get("project", project_id) != project_id:
            return f"a row of {table.name!r} is another project's"
        for column in table.columns:
            if not _fits(column, row[column.name]):
                return f"a row of {table.name!r} holds a {column.name!r} that cannot be stored"
    return ""


def _fits(column: sa.Column[Any], value: Any) -> bool:
    if value is None:
        return bool(column.nullable) or isinstance(column.type, sa.JSON)
    for of_column, of_value in _KINDS:
        if isinstance(column.type, of_column):
            if not isinstance(value, of_value) or (isinstance(value, bool) and of_column is not sa.Boolean):
                return False
            break
    if isinstance(value, int):
        return abs(value) < 2**31
    if not isinstance(value, str) or isinstance(column.type, sa.JSON):
        return True
    length = getattr(column.type, "length", None)
    fair = "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    return fair and (length is None or len(value) <= length)


def _clear_forgotten(folder: Path) -> None:
    """Remove what a process that was killed has left."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir():
            if time.time() - left.stat().st_mtime > FORGOTTEN_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise storage_error(folder, error) from error
