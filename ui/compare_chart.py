"""Methods side by side as one picture: what they cover against how much they repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ui.palette import MUTED, OKABE_ITO

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["compare_chart"]


def compare_chart(records: Sequence[Mapping[str, Any]], *, ink: str) -> go.Figure:
    """Two bars for each method: the share of texts near a pick, and the mean similarity to the nearest pick.

    `records`: of `votek.jobs.compare_methods`. The best method is on top; random is grey. `ink`: colour of the words.
    """
    import plotly.graph_objects as go

    ordered = sorted(records, key=lambda record: float(record["similarity"]))
    names = [str(record["label"]) for record in ordered]
    grey = [record["name"] == "random" for record in ordered]
    figure = go.Figure()
    for field, title, color in (("covered", "covered", OKABE_ITO[0]), ("similarity", "similarity", OKABE_ITO[1])):
        figure.add_bar(
            y=names,
            x=[float(record[field]) for record in ordered],
            orientation="h",
            name=title,
            marker={"color": [MUTED if plain else color for plain in grey], "opacity": 0.9},
            text=[f"{title} {float(record[field]):.0%}" if field == "covered" else f"{title} {float(record[field]):.2f}"
                  for record in ordered],
            textposition="auto",
            insidetextfont={"color": "#ffffff" if field == "covered" else "#000000"},
            outsidetextfont={"color": ink},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        barmode="group",
        showlegend=False,
        height=60 + 52 * len(ordered),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"color": ink},
        xaxis={
            "range": [0, 1.12],
            "tickvals": [0, 0.5, 1],
            "fixedrange": True,
            "tickfont_color": ink,
            "title": {"text": ""},
        },
        yaxis={"fixedrange": True, "tickfont_color": ink, "automargin": True},
    )
    return figure
