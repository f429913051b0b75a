"""The text that was clicked on the map: what it says, why it was picked, and its links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape

if TYPE_CHECKING:
    from ui.map_page_data import MapData

__all__ = ["draw_item", "reason_of"]


def draw_item(data: MapData, row: int) -> None:
    """Draw the item in full, with its reason and what its lines mean."""
    with st.container(border=True, key="map-item"):
        st.markdown(f"**{_heading(data, row)}**")
        st.text(data.dataset.texts[row])
        if row in data.labels:
            st.markdown(f"Label: **{escape(data.labels[row])}**")
        for sentence in reason_of(data, row):
            st.markdown(sentence)
        _lines(data, row)


def _heading(data: MapData, row: int) -> str:
    name = escape(data.dataset.ids[row])
    item = data.rank.get(row)
    if item is None:
        return f"Item {name} · not picked"
    origin = {"pick": "Pick", "replacement": "Replacement, number", "added": "Added by hand, number"}[item.origin]
    return f"{origin} {item.rank} · item {name} · {data.pick_state(row)[0]}"


def reason_of(data: MapData, row: int) -> list[str]:
    """Why the text was picked, or how it stands to those that were; plain sentences (markdown-safe)."""
    sentences = []
    where = [] if data.selection is None else [i for i, at in enumerate(data.selection.indices) if int(at) == row]
    if data.selection is not None and where:
        reason = data.selection.explain(where[0])
        sentences.append(
            f"When it was picked, {_texts(len(reason.voters))} had it among their nearest neighbours; it newly covered "
            f"{_texts(len(reason.newly_covered))}."
        )
        if reason.nearest_earlier is not None:
            earlier = data.rank.get(reason.nearest_earlier)
            which = f"pick {earlier.rank}" if earlier else "an earlier one"
            cosine = f" (similarity {reason.similarity:.2f})" if reason.similarity is not None else ""
            sentences.append(f"The nearest earlier pick is {which}{cosine}.")
    copies = data.copies(row)
    if copies:
        sentences.append(f"{_texts(copies).capitalize()} say the same, or nearly; only one of them can be picked.")
    return sentences


def _lines(data: MapData, row: int) -> None:
    mine, theirs = len(data.votes_for(row)), len(data.voted_by(row))
    if data.prepared is None:
        return
    st.caption(
        f"Blue lines: the {_texts(mine)} it votes for (its nearest neighbours). "
        f"Orange dashes: the {_texts(theirs)} that vote for it."
    )


def _texts(count: int) -> str:
    return f"{count:,} text" + ("" if count == 1 else "s")
