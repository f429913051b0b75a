"""The tables. Rows that record what a person did or typed are only ever added, never changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

__all__ = [
    "UtcTime",
    "audit",
    "dataset",
    "given",
    "handout",
    "job",
    "label_event",
    "membership",
    "metadata",
    "person",
    "project",
    "queue_action",
    "result",
    "revision",
    "seat",
    "selection_round",
    "suggestion",
]


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment in time: aware on the Python side, UTC in the database (SQLite keeps no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse naive times: their meaning would depend on the machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Give every time its zone back."""
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _owner() -> sa.Column[str]:
    return sa.Column("project", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False)


project = sa.Table(
    "project",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("archived", sa.Boolean, nullable=False),
    sa.Column("sample", sa.Boolean, nullable=False),
)

# What a person typed about a project (kind: name, task, guidelines, prompts): the highest version is in force.
revision = sa.Table(
    "revision",
    metadata,
    _owner(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("who", sa.String(200), nullable=True),
    sa.PrimaryKeyConstraint("project", "kind", "version"),
)

# The file in force is the one with the highest version; the rows themselves lie in a file
# named by the digest of its bytes. `digest` is that of ids, texts and fields: results depend on it alone.
dataset = sa.Table(
    "dataset",
    metadata,
    _owner(),
    sa.Column("role", sa.String(8), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("file", sa.String(64), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("project", "role", "version"),
    sa.Index(None, "digest"),
    sa.Index(None, "file"),
)

label_event = sa.Table(
    "label_event",
    metadata,
    _owner(),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("event_id", sa.String(100), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("value", sa.JSON, nullable=True),
    sa.Column("task_version", sa.Integer, nullable=False),
    sa.Column("guideline_version", sa.Integer, nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("time", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("project", "sequence"),
    sa.UniqueConstraint("project", "event_id"),
)

# Rows put into the queue by hand, taken out, or let in again (kind: add, exclude, include).
queue_action = sa.Table(
    "queue_action",
    metadata,
    _owner(),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("dataset", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("rows", sa.JSON, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("time", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("project", "sequence"),
)

# Rounds of the highest generation on the data in force make up the queue; a restart begins a generation.
selection_round = sa.Table(
    "selection_round",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    _owner(),
    sa.Column("dataset", sa.String(64), nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("method", sa.String(64), nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("labeled", sa.JSON, nullable=False),
    sa.Column("excluded", sa.JSON, nullable=False),
    sa.Column("indices", sa.JSON, nullable=False),
    sa.Column("gains", sa.JSON, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.UniqueConstraint("project", "number"),
)

# Which stored arrays a project uses: `key` names an entry of the stage cache.
result = sa.Table(
    "result",
    metadata,
    _owner(),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("dataset", sa.String(64), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("project", "kind", "key", "dataset"),
    sa.Index(None, "key"),
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    _owner(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("stages", sa.JSON, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("started", UtcTime, nullable=True),
    sa.Column("finished", UtcTime, nullable=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("worker", sa.String(100), nullable=True),
    sa.Column("lease", sa.Float, nullable=True),
    sa.Column("cancel", sa.Boolean, nullable=False),
    sa.Index(None, "state", "priority"),
    sa.Index(None, "project", "state"),
)

# Somebody who has signed in: known by what the sign-in provider calls them (issuer and subject), found by the
# verified address. Sessions and tokens from before `valid_from` count no more.
person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("issuer", sa.String(300), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("email", sa.String(320), nullable=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("signed_in", UtcTime, nullable=False),
    sa.Column("valid_from", UtcTime, nullable=True),
    sa.UniqueConstraint("issuer", "subject"),
    sa.Index(None, "email", unique=True),
)

# Who may do what in a project, by verified address: the highest sequence of an address is in force, an empty
# role takes it away.
membership = sa.Table(
    "membership",
    metadata,
    _owner(),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("time", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("project", "sequence"),
    sa.Index(None, "email"),
)

# What people did besides labelling (roles, settings, exports, sign-ins); stays when a project is deleted.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("project", sa.String(32), nullable=True),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("time", UtcTime, nullable=False),
    sa.Index(None, "project"),
)

# What the seats of a project were made from; they are made anew when that has changed.
handout = sa.Table(
    "handout",
    metadata,
    sa.Column("project", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("signature", sa.String(64), nullable=False),
)

# One seat for each decision that is wanted about a row of the data set in force: free, held by a person until
# the lease (seconds since 1970) runs out, or done. A row never has two seats of one person.
seat = sa.Table(
    "seat",
    metadata,
    _owner(),
    sa.Column("pool_row", sa.Integer, nullable=False),
    sa.Column("slot", sa.Integer, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("reserved", sa.String(200), nullable=True),
    sa.Column("person", sa.String(200), nullable=True),
    sa.Column("lease", sa.Float, nullable=True),
    sa.Column("done", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("project", "pool_row", "slot"),
    sa.UniqueConstraint("project", "pool_row", "person"),
    sa.Index(None, "project", "done", "rank", "slot"),
    sa.Index(None, "project", "person", "done"),
)

# Who was ever handed a row of the data set in force: only they may still decide about it once the lease has run out.
given = sa.Table(
    "given",
    metadata,
    _owner(),
    sa.Column("pool_row", sa.Integer, nullable=False),
    sa.Column("person", sa.String(200), nullable=False),
    sa.PrimaryKeyConstraint("project", "pool_row", "person"),
)

# What was proposed to whom before they decided; `shown` is false in the blind share.
suggestion = sa.Table(
    "suggestion",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    _owner(),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("shown", sa.Boolean, nullable=False),
    sa.Column("time", UtcTime, nullable=False),
    sa.Index(None, "project", "who"),
)
