"""The texts inside a box, a lasso or a search: a table, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from ui.components.map.figure import THIN_LIMIT

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from ui.map_page_data import MapData

__all__ = ["area_rows", "area_table", "draw_area", "inside"]


def inside(xy: NDArray[np.float32], x: list[float], y: list[float]) -> NDArray[np.int64]:
    """Rows of `xy` (n, 2) inside the outline with these corners (even-odd rule)."""
    px, py = xy[:, 0].astype(np.float64), xy[:, 1].astype(np.float64)
    found = np.zeros(len(xy), dtype=bool)
    before_x, before_y = x[-1], y[-1]
    for at_x, at_y in zip(x, y, strict=True):
        if at_y != before_y:
            crosses = (at_y > py) != (before_y > py)
            found ^= crosses & (px < (before_x - at_x) * (py - at_y) / (before_y - at_y) + at_x)
        before_x, before_y = at_x, at_y
    return np.flatnonzero(found)


def area_rows(xy: NDArray[np.float32], event: Any) -> NDArray[np.int64]:
    """Rows of an area event, checked: those the browser found, or, on a thinned map, all inside the outline."""
    n = len(xy)
    outline = event.get("outline")
    if n > THIN_LIMIT and outline and len(outline["x"]) >= 3:
        rows = inside(np.round(xy, 3), [float(v) for v in outline["x"]], [float(v) for v in outline["y"]])
    else:
        rows = np.unique(np.array([row for row in event.get("rows", ()) if isinstance(row, int)], dtype=np.int64))
    return rows[(rows >= 0) & (rows < n)]


def area_table(data: MapData, rows: NDArray[np.int64]) -> pd.DataFrame:
    """One line per text, in the order of the file."""
    items = [data.rank.get(int(row)) for row in rows]
    return pd.DataFrame(
        {
            "Item": [data.dataset.ids[row] for row in rows],
            "Text": [data.dataset.texts[row][:500] for row in rows],
            "Pick": [str(item.rank) if item else "" for item in items],
            "Label": [data.labels.get(int(row), "") for row in rows],
            "Votes": data.votes[rows],
        }
    )


def draw_area(page: OpenPage, data: MapData, rows: NDArray[np.int64]) -> bool:
    """Draw the table and its actions; returns whether the area was dismissed."""
    st.subheader(f"{len(rows):,} texts in the area" if len(rows) != 1 else "1 text in the area", anchor=False)
    queued = [int(row) for row in rows if int(row) in data.rank]
    others = [int(row) for row in rows if int(row) not in data.rank]
    undecided = [row for row in queued if row not in data.labels]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Add to queue ({len(others):,})", disabled=not others, help="Texts that are to be labelled, too"):
            added = page.workspace.add_to_queue(page.project.id, others)
            _report(page, f"{added:,} added to the labelling queue.")
        if st.button(
            f"Exclude from queue ({len(rows) - len(queued) + len(undecided):,})",
            disabled=not others and not undecided,
            help="Never picked, and out of the queue; labelled texts stay. They still vote.",
        ):
            excluded = page.workspace.exclude(page.project.id, sorted([*others, *undecided]))
            _report(page, f"{excluded:,} excluded from the labelling queue.")
        if st.button("Let them in again", help="Undo an exclusion: these texts may be picked again", type="tertiary"):
            page.workspace.include_again(page.project.id, [int(row) for row in rows])
            _report(page, "They may be picked again.")
        dismissed = st.button("Clear the area", type="tertiary")
    st.dataframe(
        area_table(data, rows),
        hide_index=True,
        key="map-table",
        column_config={
            "Item": st.column_config.TextColumn(width="small"),
            "Text": st.column_config.TextColumn(width="large"),
            "Pick": st.column_config.TextColumn(width=60, alignment="right"),
            "Votes": st.column_config.NumberColumn(width=70),
        },
        alt="The texts in the area with pick number, label and votes",
    )
    return dismissed


def _report(page: OpenPage, words: str) -> None:
    st.session_state[f"{page.project.id}-map-done"] = words
    st.rerun()
