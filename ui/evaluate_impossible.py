"""The items that no model gets right: a list to label again, on the Annotate page where they can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.evaluate_parts import draw_table
from ui.frame import errors_shown, escape

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Dataset

__all__ = ["draw_impossible"]

_EXCERPT = 200
_SHOWN = 500


def draw_impossible(page: OpenPage, table: Mapping[str, Any]) -> None:
    """Draw the list, and the way to each of its items."""
    import pandas as pd

    rows = [row for row, right in zip(table["rows"], table["right"], strict=True) if right == 0]
    st.subheader("Look at the impossible ones again", anchor=False)
    dataset = page.workspace.dataset(page.project.id, "pool" if table["of"] == "pool" else "test")
    if not rows or dataset is None:
        st.info("No item is impossible: each was answered rightly by at least one model.")
        return
    count = f"{len(rows):,} item" + ("s" if len(rows) > 1 else "")
    if table["of"] == "pool":
        st.caption(f"No model is right on {count}. Either the label is wrong, or the text is really hard.")
        _draw_ways(page, dataset, rows)
    else:
        st.caption(
            f"No model is right on {count}. These are test items: they are not labelled in this app, because "
            "nothing that a model is tested on may enter the pool. Download the list, and check its labels elsewhere."
        )
    draw_table(
        pd.DataFrame({"Id": [dataset.ids[row] for row in rows], "Text": [_short(dataset.texts[row]) for row in rows]}),
        name="impossible-items",
        alt="The items that no model gets right",
        column_config={"Text": st.column_config.TextColumn(width="large")},
    )


def _draw_ways(page: OpenPage, dataset: Dataset, rows: list[int]) -> None:
    chosen = st.selectbox(
        "Which one",
        rows[:_SHOWN],
        format_func=lambda row: f"{dataset.ids[row]}: {dataset.texts[row][:60]}",
        key=f"{page.project.id}-impossible",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button("Open it in Annotate", key="open-impossible"):
            _open(page, dataset, [chosen], first=chosen)
        if st.button(f"Put all {len(rows):,} in the queue and open the first", key="queue-impossible"):
            _open(page, dataset, rows, first=rows[0])
        if st.button("Show on the map", key="map-impossible", type="tertiary"):
            st.session_state[f"{page.project.id}-map-colour"] = "Difficulty"
            st.switch_page("pages/3_Map.py", query_params=page.query)


def _open(page: OpenPage, dataset: Dataset, rows: list[int], *, first: int) -> None:
    """Rows of the project's texts, labelled or not, into the queue; then the labeler at the first."""
    if page.project.task.type != "text" and not page.project.task.labels:
        st.info(escape("There are no labels to choose from yet. Name them on the Data page first."))
        return
    with errors_shown():
        page.workspace.add_to_queue(page.project.id, rows)
        st.switch_page("pages/4_Annotate.py", query_params={**page.query, "item": dataset.ids[first]})


def _short(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
