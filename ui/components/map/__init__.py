"""The map component: a plotly figure that keeps its zoom and reports clicks and areas by row.

`st.plotly_chart` takes a changed figure for a new chart and forgets zoom and selection, so that every
click would throw the reader back to the whole map; hence a component of our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from ui.components.map.asset import script_address
from ui.components.map.figure import MapView, figure_json, map_figure

__all__ = ["draw_map"]

_FOLDER = Path(__file__).parent


@cache
def _component() -> Callable[..., Any]:
    html, css, js = ((_FOLDER / f"map.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("votek_map", html=html, css=css, js=js, isolate_styles=False)


def draw_map(
    view: MapView,
    *,
    key: str,
    alt: str,
    layout: str,
    legend: str,
    listed: str,
    on_picked: Callable[[], None],
    on_area: Callable[[], None],
) -> None:
    """Draw the map and report what happens on it.

    A click sets `st.session_state[key].picked` to `{"row": int}`, an area sets `.area` to
    `{"rows": [int], "outline": {"x": [...], "y": [...]} or None}`; then the callback runs. `layout`, `legend`:
    while these stay the same, the zoom and the hidden groups stay too. `listed`: what is said beside the
    buttons while texts are listed, with a button that sends an area without an outline; "" = nothing is listed.
    `alt`: the map in words.
    """
    figure = figure_json(map_figure(view))
    chosen = b"" if view.chosen is None else view.chosen.tobytes()
    _component()(
        key=key,
        data={
            "figure": figure,
            "revision": hashlib.sha256(figure.encode()).hexdigest(),
            "selection": hashlib.sha256(legend.encode() + chosen).hexdigest(),
            "layout": layout,
            "legend": legend,
            "listed": listed,
            "alt": alt,
            "script": script_address(),
        },
        on_picked_change=on_picked,
        on_area_change=on_area,
    )
