"""The guard of CSV files: a cell that a spreadsheet may run as a formula gets one apostrophe before it."""

from __future__ import annotations

import re

__all__ = ["guarded", "looks_like_a_formula"]

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FIGURE = r"[+-]?\d[\d.,]*%?( points)?"
_NUMBER = re.compile(rf"{_FIGURE}( \({_FIGURE} to {_FIGURE}\))?")


def looks_like_a_formula(cell: str) -> bool:
    """Whether a spreadsheet may take `cell` for a formula: by its first character (full width included)."""
    return cell.startswith(_STARTS)


def guarded(cell: str, *, numbers: bool = False) -> str:
    """`cell`, with an apostrophe before what looks like a formula.

    `numbers`: leave alone what is a number, with a sign, a unit and an interval at most, as in tables of results.

    >>> guarded("=1+1"), guarded("-3.4% (-13.1% to +6.2%)", numbers=True), guarded("-3+cmd", numbers=True)
    ("'=1+1", '-3.4% (-13.1% to +6.2%)', "'-3+cmd")
    """
    if not looks_like_a_formula(cell) or (numbers and _NUMBER.fullmatch(cell)):
        return cell
    return "'" + cell
