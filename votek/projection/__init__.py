"""The map: every text as a point, near texts near each other."""

from __future__ import annotations

from votek.projection.front import METHODS, project_2d, warm

__all__ = ["METHODS", "project_2d", "warm"]
