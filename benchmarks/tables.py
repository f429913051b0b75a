"""Tables for the terminal and for the documentation, and the place in a page that takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["BEGIN", "END", "markdown", "plain", "write_between_marks"]

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

Table = Sequence[Sequence[str]]


def plain(table: Table) -> str:
    """Columns padded with spaces; the first row is the head."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table)


def markdown(table: Table) -> str:
    """The same as a Markdown table."""
    head, *body = table
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_between_marks(page: Path, measured: str) -> None:
    """Replace what stands between the two marks of a page."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n{measured}\n{END}{after}", encoding="utf-8")
