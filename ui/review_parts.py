"""What sections of the Review page share: names of people, and times as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["names_of", "plural", "when"]


def names_of(page: OpenPage, people: Iterable[str]) -> dict[str, str]:
    """id -> name of each of these people, no two alike."""
    names = page.workspace.person_names(page.project.id, people)
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {who: f"{name} ({who[:6]})" if name in twice else name for who, name in names.items()}


def when(time: dt.datetime) -> str:
    """A moment, in UTC.

    >>> when(dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC))
    '2026-03-04 05:06'
    """
    return f"{time.astimezone(dt.UTC):%Y-%m-%d %H:%M}"


def plural(count: int, one: str, many: str) -> str:
    """A count with its noun.

    >>> plural(1, "text", "texts"), plural(1200, "text", "texts")
    ('1 text', '1,200 texts')
    """
    return f"{count:,} {one if count == 1 else many}"
