"""Which data sets a project has, and which stored results belong to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from votek.datatypes import Dataset
from votek.store.database import Transaction
from votek.store.schema import dataset, result

__all__ = ["DatasetRow", "Role", "add_dataset", "add_result", "current", "results", "sizes", "unshared"]

Role = Literal["pool", "test"]


@dataclass(frozen=True)
class DatasetRow:
    """One imported file: its content's digest, the stored file, the use of each column, and the item count."""

    role: str
    version: int
    digest: str
    file: str
    name: str
    columns: Mapping[str, str]
    size: int
    created: dt.datetime


def add_dataset(
    tx: Transaction,
    project_id: str,
    role: Role,
    content: Dataset,
    *,
    file: str,
    name: str,
    columns: Mapping[str, str],
    time: dt.datetime,
) -> None:
    """Put a data set in force; the earlier ones stay on record."""
    latest = sa.select(sa.func.max(dataset.c.version)).where(dataset.c.project == project_id, dataset.c.role == role)
    version = (tx.execute(latest).scalar() or 0) + 1
    tx.execute(
        sa.insert(dataset).values(
            project=project_id,
            role=role,
            version=version,
            digest=content.digest,
            file=file,
            name=name,
            columns=dict(columns),
            size=len(content),
            created=time,
        )
    )


_CURRENT = (
    sa.select(dataset)
    .where(
        dataset.c.project == sa.bindparam("of_project", type_=sa.String()),
        dataset.c.role == sa.bindparam("of_role", type_=sa.String()),
    )
    .order_by(dataset.c.version.desc())
    .limit(1)
)


def current(tx: Transaction, project_id: str, role: Role) -> DatasetRow | None:
    """The data set in force, if any."""
    row = tx.execute(_CURRENT, {"of_project": project_id, "of_role": role}).first()
    if row is None:
        return None
    return DatasetRow(row.role, row.version, row.digest, row.file, row.name, row.columns, row.size, row.created)


def sizes(tx: Transaction) -> dict[tuple[str, str], int]:
    """(project, role) -> number of items of the data set in force."""
    query = sa.select(dataset.c.project, dataset.c.role, dataset.c.size).order_by(dataset.c.version)
    return {(row.project, row.role): row.size for row in tx.execute(query)}


def add_result(
    tx: Transaction,
    project_id: str,
    kind: str,
    key: str,
    *,
    digest: str,
    details: Mapping[str, Any],
    time: dt.datetime,
) -> None:
    """Record that the project uses the stage stored under `key`; the newest of a kind is in force."""
    same = (
        (result.c.project == project_id)
        & (result.c.kind == kind)
        & (result.c.key == key)
        & (result.c.dataset == digest)
    )
    tx.execute(sa.delete(result).where(same))
    tx.execute(
        sa.insert(result).values(
            project=project_id, kind=kind, key=key, dataset=digest, details=dict(details), created=time
        )
    )


def results(tx: Transaction, project_id: str, digest: str) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """kind -> (key, details) of the newest results for the data set with this digest."""
    query = sa.select(result).where(result.c.project == project_id, result.c.dataset == digest)
    rows = tx.execute(query.order_by(result.c.created))
    return {row.kind: (row.key, row.details) for row in rows}


def unshared(tx: Transaction, project_id: str) -> tuple[list[str], list[str], list[str]]:
    """Data set files, data set digests and stage keys that only this project uses."""
    found = []
    for column in (dataset.c.file, dataset.c.digest, result.c.key):
        owner = column.table.c.project
        others = sa.select(column).where(owner != project_id)
        query = sa.select(column).where(owner == project_id, column.not_in(others)).distinct()
        found.append([str(value) for value in tx.execute(query).scalars()])
    return found[0], found[1], found[2]
