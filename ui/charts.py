"""Charts that are read without a legend: few lines, named where they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui.palette import MUTED, OKABE_ITO

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["coverage_chart"]


def coverage_chart(picked: Sequence[float], random: Sequence[float] | None) -> go.Figure:
    """Share of texts covered after each pick (0 to 1), with the mean of random picks beside it."""
    import plotly.graph_objects as go

    figure = go.Figure()
    if random is not None and len(random):
        _line(figure, random, name="random picks", color=MUTED, dash="dot")
    _line(figure, picked, name="these picks", color=OKABE_ITO[0], dash="solid")
    figure.update_layout(
        showlegend=False,
        height=300,
        margin={"l": 8, "r": 96, "t": 8, "b": 8},
        hovermode="x unified",
        xaxis={"title": "picked texts", "rangemode": "tozero", "fixedrange": True},
        yaxis={"title": "texts covered", "tickformat": ".0%", "range": [0, 1.02], "fixedrange": True},
    )
    return figure


def _line(figure: go.Figure, values: Sequence[float], *, name: str, color: str, dash: str) -> None:
    count = len(values)
    figure.add_scatter(
        x=list(range(1, count + 1)),
        y=[float(value) for value in values],
        mode="lines" if count > 1 else "markers",
        line={"color": color, "width": 2.5, "dash": dash},
        marker={"color": color, "size": 9},
        name=name,
        hovertemplate="%{y:.1%}",
    )
    figure.add_annotation(
        x=count,
        y=float(values[-1]),
        text=f"{name}<br>{values[-1]:.0%}",
        showarrow=False,
        xanchor="left",
        xshift=8,
        align="left",
    )
