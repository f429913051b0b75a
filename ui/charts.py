"""Charts that are read without a legend: few lines, named where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.palette import MUTED, OKABE_ITO

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go
    from numpy.typing import NDArray

__all__ = ["coverage_chart", "whole_ticks"]

_CLOSE, _APART = 0.15, 18
"""Line ends nearer than this share have their names moved apart by so many pixels each."""


def coverage_chart(picked: NDArray[np.float64], random: NDArray[np.float64], *, ink: str) -> go.Figure:
    """Share of texts covered after each pick, with the mean of random picks beside it (may be empty).

    `picked`, `random`: float64 (m,) and (up to m,), in [0, 1]. `ink`: the colour of the words.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    beside = len(random) > 0
    close = beside and abs(picked[-1] - random[-1]) < _CLOSE
    if beside:
        _line(figure, random, name="random picks", color=MUTED, dash="dot", up=-_APART if close else 0)
    _line(figure, picked, name="these picks", color=OKABE_ITO[0], dash="solid", up=_APART if close else 0)
    figure.update_layout(
        showlegend=False,
        height=300,
        margin={"l": 8, "r": 96, "t": 8, "b": 8},
        hovermode="x unified",
        font={"color": ink},
        xaxis={
            "title": _words("picked texts", ink),
            "range": [0, len(picked) * 1.02],
            **whole_ticks(len(picked)),
            "fixedrange": True,
            "tickfont_color": ink,
        },
        yaxis={
            "title": _words("texts covered", ink),
            "tickformat": ".0%",
            "range": [0, 1.02],
            "fixedrange": True,
            "tickfont_color": ink,
        },
    )
    return figure


def whole_ticks(most: int) -> dict[str, object]:
    """For an axis that counts texts: no ticks between whole numbers where there are only a few.

    >>> whole_ticks(3), whole_ticks(30)
    ({'dtick': 1}, {})
    """
    return {"dtick": 1} if most <= 5 else {}


def _words(text: str, ink: str) -> dict[str, object]:
    return {"text": text, "font": {"color": ink}}


def _line(figure: go.Figure, values: NDArray[np.float64], *, name: str, color: str, dash: str, up: int) -> None:
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
        yshift=up,
        align="left",
        font={"size": 13},
    )
