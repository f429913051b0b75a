"""Numbered, append-only changes of the tables: a released migration is never edited."""

from __future__ import annotations

__all__ = ["VERSIONS"]

VERSIONS = ("0001", "0002")
"""Every migration in order. Kept here so that a start with tables up to date need not load Alembic."""
