"""Paths that a person may name where people sign in: those inside a folder of the operator's."""

from __future__ import annotations

from pathlib import Path

__all__ = ["path_inside"]


def path_inside(root: Path | None, name: str) -> Path | None:
    """What `name` leads to below `root`; None when that is elsewhere, `root` itself, nowhere, or there is no root.

    Links are followed first, so one that leads out is elsewhere too.
    """
    if root is None or not name.strip():
        return None
    try:
        base, found = root.resolve(), (root / name).resolve()
        return found if found != base and found.is_relative_to(base) and found.exists() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, links in a circle
        return None
