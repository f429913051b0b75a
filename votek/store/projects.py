"""Projects and the revisions of what people typed about them."""

from __future__ import annotations

import datetime as dt
import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import sqlalchemy as sa

from votek.datatypes import HandoutSettings, LabelSpec, Project, PromptSettings, SuggestionSettings, TaskSpec
from votek.errors import NotFoundError
from votek.store.database import Transaction
from votek.store.schema import project, revision

__all__ = [
    "Revision",
    "add_revision",
    "delete",
    "get",
    "insert",
    "listed",
    "lock",
    "model",
    "prompts_of",
    "revisions",
    "set_archived",
    "task_of",
]

RevisionKind = Literal["name", "task", "guidelines", "prompts", "model", "handout", "suggestions"]


@dataclass(frozen=True)
class Revision:
    """One version of what somebody typed about a project; `who` is None where that was not recorded."""

    version: int
    value: Any
    time: dt.datetime
    who: str | None


def insert(tx: Transaction, project_id: str, *, created: dt.datetime, sample: bool) -> None:
    """Add an empty project."""
    tx.execute(sa.insert(project).values(id=project_id, created=created, archived=False, sample=sample))


def lock(tx: Transaction, project_id: str) -> None:
    """Make this transaction the only one that writes in the project, until it ends.

    Raises:
        NotFoundError: there is no such project.
    """
    _known(tx).pop(project_id, None)  # others may have changed it while this waited for its turn
    if tx.execute(sa.select(project.c.id).where(project.c.id == project_id).with_for_update()).first() is None:
        raise _missing(project_id)


def add_revision(
    tx: Transaction, project_id: str, kind: RevisionKind, value: Any, *, time: dt.datetime, who: str | None = None
) -> int:
    """Record a new version of what somebody typed about the project; returns its number."""
    latest = sa.select(sa.func.max(revision.c.version)).where(revision.c.project == project_id, revision.c.kind == kind)
    version = (tx.execute(latest).scalar() or 0) + 1
    values = {"project": project_id, "kind": kind, "version": version, "value": value, "created": time, "who": who}
    tx.execute(sa.insert(revision).values(**values))
    _known(tx).pop(project_id, None)
    return int(version)


def revisions(tx: Transaction, project_id: str, kind: RevisionKind) -> list[Revision]:
    """Every version of one thing that was typed about the project, oldest first."""
    query = (
        sa.select(revision)
        .where(revision.c.project == project_id, revision.c.kind == kind)
        .order_by(revision.c.version)
    )
    return [Revision(row["version"], row["value"], row["created"], row["who"]) for row in tx.execute(query).mappings()]


def task_of(made: Revision) -> TaskSpec:
    """The task that a revision of the kind "task" holds."""
    return _task(made.value, made.version)


def prompts_of(made: Revision) -> PromptSettings:
    """The settings that a revision of the kind "prompts" holds; what it is too old to name is as by default."""
    return PromptSettings(**made.value)


def get(tx: Transaction, project_id: str) -> Project:
    """One project as it stands.

    Raises:
        NotFoundError: there is no such project.
    """
    known = _known(tx)
    if project_id not in known:
        found = _load(tx, _ONE, project_id=project_id)
        if not found:
            raise _missing(project_id)
        known[project_id] = found[0]
    return known[project_id]


def model(tx: Transaction, project_id: str) -> dict[str, Any]:
    """The newest settings of the project's model as they were stored; empty while none were chosen."""
    query = (
        sa.select(revision.c.value)
        .where(revision.c.project == project_id, revision.c.kind == "model")
        .order_by(revision.c.version.desc())
        .limit(1)
    )
    return dict(tx.execute(query).scalar() or {})


def listed(tx: Transaction, *, archived: bool) -> Sequence[Project]:
    """Projects by time of creation; archived ones only when asked for."""
    return _load(tx, _query(sa.true() if archived else project.c.archived.is_(False)))


def set_archived(tx: Transaction, project_id: str, archived: bool) -> None:
    """Put a project away, or bring it back."""
    lock(tx, project_id)
    tx.execute(sa.update(project).where(project.c.id == project_id).values(archived=archived))
    _known(tx).pop(project_id, None)


def delete(tx: Transaction, project_id: str) -> None:
    """Remove a project and, by the foreign keys, every row that belongs to it."""
    lock(tx, project_id)
    tx.execute(sa.delete(project).where(project.c.id == project_id))
    _known(tx).pop(project_id, None)


def _missing(project_id: str) -> NotFoundError:
    return NotFoundError(f"There is no project {project_id!r} (any more). Choose one from the list of projects.")


def _query(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    latest = (
        sa.select(revision.c.project, revision.c.kind, sa.func.max(revision.c.version).label("version"))
        .group_by(revision.c.project, revision.c.kind)
        .subquery()
    )
    return (
        sa.select(project, revision.c.kind, revision.c.version, revision.c.value)
        .join(latest, latest.c.project == project.c.id)
        .join(
            revision,
            (revision.c.project == latest.c.project)
            & (revision.c.kind == latest.c.kind)
            & (revision.c.version == latest.c.version),
        )
        .where(condition)
        .order_by(project.c.created, project.c.id)
    )


# Putting the statement together takes longer than running it, and every label asks for its project.
_ONE = _query(project.c.id == sa.bindparam("project_id"))


def _load(tx: Transaction, query: sa.Select[Any], **values: str) -> list[Project]:
    rows: dict[str, list[Any]] = {}
    for row in tx.execute(query, values):
        rows.setdefault(row.id, []).append(row)
    return [_project(parts) for parts in rows.values()]


# Within one transaction a project stays as it was first read, unless that transaction changes or locks it.
_read: weakref.WeakKeyDictionary[object, dict[str, Project]] = weakref.WeakKeyDictionary()


def _known(tx: Transaction) -> dict[str, Project]:
    began = tx.get_transaction()
    return {} if began is None else _read.setdefault(began, {})


def _project(parts: Sequence[Any]) -> Project:
    latest = {part.kind: part for part in parts}
    head, guidelines = parts[0], latest["guidelines"]
    return Project(
        id=head.id,
        name=latest["name"].value,
        created=head.created,
        archived=head.archived,
        task=_task(latest["task"].value, latest["task"].version),
        guidelines=guidelines.value,
        guidelines_version=guidelines.version,
        prompts=PromptSettings(**latest["prompts"].value),
        prompts_version=latest["prompts"].version,
        sample=head.sample,
        handout=_handout(latest["handout"].value) if "handout" in latest else HandoutSettings(),
        suggestions=SuggestionSettings(**latest["suggestions"].value)
        if "suggestions" in latest
        else SuggestionSettings(),
    )


def _handout(value: dict[str, Any]) -> HandoutSettings:
    named = {item: tuple(people) for item, people in value["named"].items()}
    return HandoutSettings(**{**value, "named": named})


def _task(value: dict[str, Any], version: int) -> TaskSpec:
    return TaskSpec(value["type"], tuple(LabelSpec(**label) for label in value["labels"]), version)


def task_value(task: TaskSpec) -> dict[str, Any]:
    """A task as it is stored: its version is the revision's."""
    return {"type": task.type, "labels": [asdict(label) for label in task.labels]}
