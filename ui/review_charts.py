"""Figures of the Review page: what a number is stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ui.charts import whole_ticks
from ui.palette import MUTED, OKABE_ITO, text_on

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["STANDS", "bars_chart", "confusion_chart", "parts_chart"]

STANDS = {
    "labelled": OKABE_ITO[2],
    "disagreed": OKABE_ITO[5],
    "waiting for others": OKABE_ITO[4],
    "skipped": OKABE_ITO[7],
    "to do": "#D5DAE0",
}
"""Where a text can stand, in the order of the bars, with its colour."""

_LONGEST = 28


def parts_chart(parts: Sequence[Mapping[str, Any]], *, ink: str) -> go.Figure:
    """One bar per part of the queue, cut by where its texts stand; `parts`: `name`, and a count by name of STANDS."""
    import plotly.graph_objects as go

    figure = go.Figure()
    names = [_short(part["name"]) for part in parts]
    for stand, color in STANDS.items():
        counts = [part.get(stand, 0) for part in parts]
        if any(counts):
            figure.add_bar(
                y=names,
                x=counts,
                orientation="h",
                name=stand,
                marker={"color": color, "line": {"width": 0}},
                text=[f"{count:,}" if count else "" for count in counts],
                textfont={"color": text_on(color)},
                insidetextanchor="middle",
                textangle=0,
                hovertemplate="%{y}: %{x} " + stand + "<extra></extra>",
            )
    figure.update_layout(**{**_layout(ink, 110 + 46 * len(parts)), "barmode": "stack", "showlegend": True})
    figure.update_layout(
        legend={"orientation": "h", "y": -0.25, "x": 0, "traceorder": "normal", "font": {"color": ink}}
    )
    figure.update_yaxes(autorange="reversed", tickfont={"color": ink}, fixedrange=True, automargin=True)
    figure.update_xaxes(visible=False, fixedrange=True)
    return figure


def bars_chart(rows: Sequence[tuple[str, int, str]], *, ink: str, title: str) -> go.Figure:
    """A bar for each (name, count, colour), the count at its end; `title`: what is counted."""
    import plotly.graph_objects as go

    figure = go.Figure()
    most = max((count for _, count, _ in rows), default=0)
    figure.add_bar(
        y=[_short(name) for name, _, _ in rows],
        x=[count for _, count, _ in rows],
        orientation="h",
        marker={"color": [color for *_, color in rows]},
        text=[f"{count:,}" for _, count, _ in rows],
        textposition="outside",
        textfont={"color": ink},
        cliponaxis=False,
        hovertemplate="%{y}: %{x}<extra></extra>",
    )
    figure.update_layout(**_layout(ink, 70 + 30 * len(rows)))
    figure.update_yaxes(autorange="reversed", tickfont={"color": ink}, fixedrange=True, automargin=True)
    figure.update_xaxes(
        title={"text": title, "font": {"color": ink}},
        range=[0, max(1, most) * 1.12],
        tickfont={"color": ink},
        fixedrange=True,
        **whole_ticks(most),
    )
    return figure


def confusion_chart(
    labels: Sequence[str], counts: Sequence[Sequence[int]], *, first: str, second: str, ink: str
) -> go.Figure:
    """What two people chose for the same texts: the first person's label down, the second's across."""
    import plotly.graph_objects as go

    most = max((cell for row in counts for cell in row), default=1) or 1
    names = [_short(label) for label in labels]
    figure = go.Figure(
        go.Heatmap(
            x=names,
            y=names,
            z=[list(row) for row in counts],
            zmin=0,
            zmax=most,
            colorscale=[[0, "rgba(138, 143, 152, 0.12)"], [1, OKABE_ITO[0]]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="first %{y}, second %{x}: %{z}<extra></extra>",
        )
    )
    for down, row in enumerate(counts):
        for across, cell in enumerate(row):
            if cell:
                color = "#ffffff" if cell > most / 2 else ink
                figure.add_annotation(
                    x=across, y=down, text=f"{cell:,}", showarrow=False, font={"color": color, "size": 13}
                )
    figure.update_layout(**_layout(ink, 130 + 38 * len(labels)))
    figure.update_xaxes(
        title={"text": _short(second), "font": {"color": ink}},
        side="top",
        tickfont={"color": ink},
        fixedrange=True,
        showgrid=False,
    )
    figure.update_yaxes(
        title={"text": _short(first), "font": {"color": ink}},
        autorange="reversed",
        tickfont={"color": ink},
        fixedrange=True,
        automargin=True,
        showgrid=False,
    )
    return figure


def _layout(ink: str, height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 24, "t": 8, "b": 8},
        "font": {"color": ink},
        "bargap": 0.35,
        "showlegend": False,
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "xaxis": {"gridcolor": MUTED},
    }


def _short(name: str) -> str:
    """A name as plotly shows it: escaped, since it reads a little HTML, and not too long."""
    cut = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
