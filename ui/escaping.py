"""Text that a person typed, made into what shows it as it is, and into the name of a file."""

from __future__ import annotations

import re

__all__ = ["escape", "slug"]

_JOINER = "\u2060"
_MARKS = frozenset("\\`*_{}[]()<>#+-.!|~$:&=")

# Streamlit reads these out of the finished text, where a backslash has no say any more: icons, emoji, addresses. A
# character that has no width and forbids a line break keeps their parts apart.
_AFTER = re.compile(r"(?<=:)(?=material/|//|[\w+-]+:)|(?<=www)(?=\.)", re.IGNORECASE)
_ARROW = re.compile(r"(?<!\S)(<->|->|<-|--|>=|<=|~=)(?!\S)")


def escape(text: str) -> str:
    """`text` so that Streamlit's markdown shows it as it is: no formulas, links, emphasis, icons or arrows.

    >>> escape("costs $5 or *more*")
    'costs \\\\$5 or \\\\*more\\\\*'
    """
    apart = _AFTER.sub(_JOINER, text)
    apart = _ARROW.sub(lambda found: found[0][0] + _JOINER + found[0][1:], apart)
    return "".join(f"\\{sign}" if sign in _MARKS else sign for sign in apart)


def slug(name: str) -> str:
    """The part of a file name that every system takes.

    >>> slug("Help: desk?"), slug("日本")
    ('Help-desk', 'votek')
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60] or "votek"
