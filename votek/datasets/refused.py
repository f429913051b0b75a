"""Refused rows as a file for a person."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Protocol

from votek.datatypes import Refusal

__all__ = ["refusals_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _WithRefusals(Protocol):
    @property
    def refusals(self) -> tuple[Refusal, ...]: ...


def refusals_csv(source: _WithRefusals | Sequence[Refusal]) -> bytes:
    """CSV with row, reason and excerpt of each refused row of a Dataset or Table.

    Starts with a byte order mark, so that Excel reads it as UTF-8; what Excel would run as a formula gets
    an apostrophe in front.

    >>> refusals_csv([Refusal(3, "There is no text.", "=1+1")]).decode("utf-8-sig")
    '"row","reason","excerpt"\\r\\n"3","There is no text.","\\'=1+1"\\r\\n'
    """
    refusals = source if isinstance(source, Sequence) else source.refusals
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(["row", "reason", "excerpt"])
    writer.writerows([refusal.row, _inert(refusal.reason), _inert(refusal.excerpt)] for refusal in refusals)
    return stream.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
