"""Iterators of scores that are ended when nobody wants more of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from votek.scoring.protocol import Score

__all__ = ["ended"]


@contextmanager
def ended(scores: Iterator[Score]) -> Iterator[Iterator[Score]]:
    """The iterator; whatever is still under way behind it is stopped at the end."""
    try:
        yield scores
    finally:
        close = getattr(scores, "close", None)
        if close is not None:
            close()
