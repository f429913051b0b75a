"""History: every event of the log, to look up and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.evaluate_parts import table_csv
from ui.frame import OpenPage
from ui.review_parts import names_of, plural, when
from votek.annotation.review import label_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from votek.annotation.history import HistoryEntry

__all__ = ["draw_history"]

_SHOWN = 500
_KINDS = {
    "label": "label",
    "skip": "skip",
    "flag": "flag",
    "comment": "comment",
    "adjudicate": "final label",
    "undo": "undo",
}


def draw_history(page: OpenPage) -> None:
    """Draw the filters, the newest events, and the button that takes all of them away."""
    entries = page.workspace.history(page.project.id)
    if not entries:
        st.info("Nothing has been labelled yet. Every label, skip, flag, comment and undo will be listed here.")
        return
    names = names_of(page, dict.fromkeys(entry.who for entry in entries))
    found = _filtered(page, entries, names)
    st.caption(
        f"{plural(len(found), 'event', 'events')}, newest first. Nothing is ever changed or removed here: an undo is "
        "an event of its own."
    )
    frame = _frame(found, names)
    st.dataframe(
        frame.iloc[:_SHOWN], hide_index=True, key="table-review-history", alt="Who did what when, before and after"
    )
    if len(found) > _SHOWN:
        st.caption(f"The newest {_SHOWN:,} are shown; the download holds all.")
    st.download_button(
        "Download this history (CSV)",
        data=lambda: table_csv(frame),
        file_name="history.csv",
        mime="text/csv",
        on_click="ignore",
        type="tertiary",
        key="download-review-history",
    )


def _filtered(page: OpenPage, entries: Sequence[HistoryEntry], names: Mapping[str, str]) -> list[HistoryEntry]:
    first, second, third = st.columns(3)
    key = page.project.id
    who = first.multiselect("People", list(names), format_func=names.__getitem__, key=f"{key}-history-people")
    kinds = second.multiselect("What", list(_KINDS), format_func=_KINDS.__getitem__, key=f"{key}-history-kinds")
    item = third.text_input("Id of the text", key=f"{key}-history-item").strip()
    return [
        entry
        for entry in reversed(entries)
        if (not who or entry.who in who) and (not kinds or entry.kind in kinds) and (not item or entry.item == item)
    ]


def _frame(found: Sequence[HistoryEntry], names: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "At (UTC)": [f"{when(entry.time)}:{entry.time:%S}" for entry in found],
            "Person": [names[entry.who] for entry in found],
            "What": [_what(entry) for entry in found],
            "Id": [entry.item for entry in found],
            "Before": [_shown(entry, entry.old) if entry.had else "" for entry in found],
            "After": [_shown(entry, entry.new) for entry in found],
            "Came from": [entry.source for entry in found],
            "Labels version": [entry.task_version for entry in found],
            "Guidelines version": [entry.guideline_version for entry in found],
            "Number": [entry.sequence for entry in found],
        }
    )


def _what(entry: HistoryEntry) -> str:
    if entry.kind == "undo":
        return f"undo of a {_KINDS[entry.about]}"
    return _KINDS[entry.kind] + (" (undone later)" if entry.undone else "")


def _shown(entry: HistoryEntry, value: Any) -> str:
    if entry.about == "flag":
        return "flagged" if value else "not flagged"
    if entry.about == "comment":
        return str(value)
    if entry.about == "adjudicate" and isinstance(value, dict):
        return label_words(value["label"]) + (f" ({value['why']})" if value["why"] else "")
    if value is None:
        return "nothing" if entry.kind == "undo" else "skipped"
    return label_words(value)
