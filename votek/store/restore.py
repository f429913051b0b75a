"""Brings a backup back: into SQLite or PostgreSQL, whichever it came from, and up to the newest tables."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import sqlalchemy as sa

from votek.errors import AlreadyRunningError, InputError
from votek.store.archive import BACKUP, Backup, Manifest, check_backup, opened
from votek.store.archive_rows import fill_tables, put_file
from votek.store.database import Transaction
from votek.store.engines import alone, wait_for
from votek.store.files import remove
from votek.store.store import Store

__all__ = ["restore_backup"]


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
                put_file(store, archive, name)
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
    fill_tables(tx, archive, manifest, BACKUP)


def _remove_others(store: Store, manifest: Manifest) -> None:
    """Texts and results of projects that are no more."""
    kept = {Path(name).stem for name in manifest.members if name.startswith("files/datasets/")}
    for path in (store.folder / "datasets").glob("*.parquet"):
        if path.stem not in kept:
            remove(path)
    keys = {Path(name).stem for name in manifest.members if name.startswith("files/stages/keys/")}
    store.cache.drop([path.stem for path in (store.folder / "stages" / "keys").glob("*.json") if path.stem not in keys])
    shutil.rmtree(store.folder / "embedding", ignore_errors=True)
