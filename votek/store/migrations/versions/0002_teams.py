"""Teams: people, roles, what they did, seats of the hand-out, and suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _project() -> sa.Column[str]:
    return sa.Column("project", sa.String(length=32), nullable=False)


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project"], ["project.id"], name=op.f(f"fk_{table}_project_project"), ondelete="CASCADE"
    )


def upgrade() -> None:
    """Create the tables, and say from now on who changed a revision."""
    op.add_column("revision", sa.Column("who", sa.String(length=200), nullable=True))
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_person_issuer_subject")),
    )
    op.create_index(op.f("ix_person_email"), "person", ["email"], unique=True)
    op.create_table(
        "membership",
        _project(),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        _of_project("membership"),
        sa.PrimaryKeyConstraint("project", "sequence", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_email"), "membership", ["email"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=32), nullable=True),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_project"), "audit", ["project"], unique=False)
    op.create_table(
        "handout",
        _project(),
        sa.Column("signature", sa.String(length=64), nullable=False),
        _of_project("handout"),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_handout")),
    )
    op.create_table(
        "seat",
        _project(),
        sa.Column("pool_row", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.String(length=200), nullable=True),
        sa.Column("person", sa.String(length=200), nullable=True),
        sa.Column("lease", sa.Float(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        _of_project("seat"),
        sa.PrimaryKeyConstraint("project", "pool_row", "slot", name=op.f("pk_seat")),
        sa.UniqueConstraint("project", "pool_row", "person", name=op.f("uq_seat_project_pool_row_person")),
    )
    op.create_index(op.f("ix_seat_project_done_rank_slot"), "seat", ["project", "done", "rank", "slot"], unique=False)
    op.create_index(op.f("ix_seat_project_person_done"), "seat", ["project", "person", "done"], unique=False)
    op.create_table(
        "given",
        _project(),
        sa.Column("pool_row", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        _of_project("given"),
        sa.PrimaryKeyConstraint("project", "pool_row", "person", name=op.f("pk_given")),
    )
    op.create_table(
        "suggestion",
        sa.Column("id", sa.String(length=32), nullable=False),
        _project(),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        _of_project("suggestion"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index(op.f("ix_suggestion_project_who"), "suggestion", ["project", "who"], unique=False)
