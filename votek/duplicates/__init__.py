"""Exact and near copies, from texts and vectors."""

from __future__ import annotations

from votek.duplicates.find import find_copies

__all__ = ["find_copies"]
