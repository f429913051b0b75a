"""The texts inside a box, a lasso or a search: a table, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from ui.components.map.figure import THIN_LIMIT
from ui.frame import escape
from ui.map_page_actions import draw_actions, draw_done

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from ui.map_page_data import MapData

__all__ = ["area_rows", "area_table", "clear_area", "draw_area", "heading", "inside"]


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


def heading(rows: NDArray[np.int64], word: str | None) -> str:
    """How many texts are listed, and why: a search for `word`, or an area."""
    where = f"with “{word}”" if word else "in the area" if len(rows) else "in that area"
    count = "No texts" if not len(rows) else "1 text" if len(rows) == 1 else f"{len(rows):,} texts"
    return f"{count} {where}"


def draw_area(page: OpenPage, data: MapData, rows: NDArray[np.int64], word: str | None) -> None:
    """Draw the heading, the actions with what the last one did, and the table; each in a place of its own.

    The places are always there: parts that come and go would change the place of those after them, and a
    run that still writes to the old place would find something else there.
    """
    parts = {name: st.container(key=f"map-{name}") for name in ("heading", "actions", "done", "table")}
    with parts["heading"]:
        st.subheader(escape(heading(rows, word)), anchor=False)
    with parts["actions"], st.container(horizontal=True, vertical_alignment="center"):
        draw_actions(page, data, rows)
        st.button("Clear the list", type="tertiary", key="map-clear", on_click=clear_area, args=(page.project.id,))
    with parts["done"]:
        draw_done(page)
    if len(rows):
        with parts["table"]:
            _table(data, rows)


def clear_area(project_id: str) -> None:
    """Forget the list; what the last action did is forgotten with it."""
    for name in ("area", "word", "done"):
        st.session_state.pop(f"{project_id}-map-{name}", None)


def _table(data: MapData, rows: NDArray[np.int64]) -> None:
    st.dataframe(
        area_table(data, rows),
        hide_index=True,
        key="map-table",
        column_config={
            "Item": st.column_config.TextColumn(width="small"),
            "Text": st.column_config.TextColumn(width="large"),
            "Pick": st.column_config.TextColumn(width=60, alignment="right"),
            "Votes": st.column_config.NumberColumn(width=70, help="How many texts vote for this one"),
        },
        alt="The listed texts with pick number, label and votes",
    )
