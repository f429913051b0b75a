"""Writes a backup while people work: one consistent view of all rows, and every file that a row refers to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from votek.store.archive import BACKUP, Backup
from votek.store.archive_writer import ArchiveWriter, write_archive
from votek.store.schema import dataset, metadata, result
from votek.store.store import SAMPLE_MARKER, Store

__all__ = ["write_backup"]

ROWS_AT_ONCE = 1000


def write_backup(store: Store, path: Path) -> Backup:
    """Write all tables and files into one new archive at `path`; see `write_archive` for what it raises.

    People may go on working: what they do after the first row was read is not in it. The key that signs tokens and
    the keys of endpoints are never in it.
    """
    return write_archive(store, path, BACKUP, _fill)


def _fill(writer: ArchiveWriter) -> None:
    store = writer.store
    writer.created = dt.datetime.now(dt.UTC).isoformat()
    with store.read() as tx:
        for table in metadata.sorted_tables:
            query = sa.select(table).order_by(*table.primary_key.columns)
            rows = tx.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
            writer.table(table.name, tuple(column.name for column in table.columns), rows)
        files = sorted(set(tx.execute(sa.select(dataset.c.file)).scalars()))
        keys = sorted(set(tx.execute(sa.select(result.c.key)).scalars()))
    for file in files:
        writer.dataset(file)
    for key in keys:
        writer.stage(key)
    scores = store.scores_folder
    for path in sorted(scores.iterdir()) if scores.is_dir() else []:
        if path.is_file() and not path.name.startswith("."):
            writer.file(f"files/scores/{path.name}", path)
    marker = store.folder / SAMPLE_MARKER
    if marker.is_file():
        writer.file(f"files/{SAMPLE_MARKER}", marker)
