"""How a result looks at the end of a notebook's cell: a small escaped table, long ones cut in the middle."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

__all__ = ["excerpt", "html_table"]

_ROWS = 10
_CHARACTERS = 200


def excerpt(text: str, limit: int = _CHARACTERS) -> str:
    """`text` on one line, cut to `limit` characters.

    >>> excerpt("one\\ntwo  three", 9)
    'one two …'
    """
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit and len(text) <= 4 * limit else line[: limit - 1] + "…"


def html_table(caption: str, columns: Sequence[str], size: int, cells: Callable[[int], Sequence[object]]) -> str:
    """The first and last rows of a table of `size` rows as HTML; `cells(row)` gives the values of one.

    Everything is escaped, and marked so that a notebook does not read `$` as mathematics.
    """
    shown = list(range(size)) if size <= _ROWS else [*range(_ROWS // 2), -1, *range(size - _ROWS // 2, size)]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(_row(["…"] * len(columns) if row < 0 else cells(row)) for row in shown)
    return (
        '<div class="tex2jax_ignore mathjax_ignore">'
        f"<p>{html.escape(caption)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[object]) -> str:
    return "<tr>" + "".join(_cell(cell) for cell in cells) + "</tr>"


def _cell(cell: object) -> str:
    if isinstance(cell, str):
        return f'<td style="text-align:left">{html.escape(excerpt(cell))}</td>'
    return f"<td>{html.escape(f'{cell:.4g}' if isinstance(cell, float) else str(cell))}</td>"
