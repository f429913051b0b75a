"""Parts that sections of the Evaluate page share: tables to take away, notes on the method, words for numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "chance_words",
    "draw_table",
    "draw_value",
    "method_note",
    "points_words",
    "share_words",
    "table_csv",
    "warn_of_earlier_picks",
]


def draw_table(frame: pd.DataFrame, *, name: str, alt: str, **options: Any) -> None:
    """A table, and the button that downloads it as CSV. `name`: of the file, without ending, and of the widgets."""
    st.dataframe(frame, hide_index=True, key=f"table-{name}", alt=alt, **options)
    st.download_button(
        "Download this table (CSV)",
        data=lambda: table_csv(frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        type="tertiary",
        key=f"download-{name}",
    )


def table_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 CSV of a table; texts in it are guarded against being run by a spreadsheet, numbers stay as they are."""
    from votek.exports.guard import guarded

    safe = frame.map(lambda cell: guarded(cell, numbers=True) if isinstance(cell, str) else cell)
    # With both signs as the end of a line, cells that hold either are quoted; a bare one would begin a row of its own.
    content: str = safe.rename(columns=lambda name: guarded(str(name))).to_csv(index=False, lineterminator="\r\n")
    return content.encode()


def warn_of_earlier_picks(now: Iterable[int], then: Iterable[int]) -> None:
    """Say so where the numbers below are about other picks than there are now; both as rows."""
    if list(now) != list(then):
        st.warning("These numbers are about earlier picks. Check again for the ones of now.")


def draw_value(title: str, value: str, note: str) -> None:
    """One number that matters, and what it is to be compared with."""
    with st.container(border=True, gap=None, height="stretch"):
        st.caption(title)
        st.subheader(value, anchor=False)
        st.caption(note)


def method_note(title: str, words: str) -> None:
    """How the numbers are made, and by whom: closed until it is asked for."""
    with st.expander(title):
        st.markdown(words)


def share_words(value: float, low: float, high: float) -> str:
    """A share with its interval.

    >>> share_words(0.25, 0.125, 0.4)
    '25% (12% to 40%)'
    """
    return f"{value:.0%} ({low:.0%} to {high:.0%})"


def points_words(value: float, low: float, high: float, *, digits: int) -> str:
    """The difference of two shares with its interval, in percentage points: a percentage could be of the other share.

    >>> points_words(0.052, -0.01, 0.1, digits=0)
    '+5 points (-1 to +10)'
    """
    return f"{100 * value:+.{digits}f} points ({100 * low:+.{digits}f} to {100 * high:+.{digits}f})"


def chance_words(p: float) -> str:
    """How likely chance alone makes it.

    >>> chance_words(0.00001), chance_words(0.034)
    ('p below 0.001', 'p = 0.034')
    """
    return "p below 0.001" if p < 0.001 else f"p = {p:.3f}"
