"""Figures of difficulty, pruning and groups: points with intervals, named where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ui.palette import MUTED, OKABE_ITO

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["interval_chart", "right_models_chart", "scores_chart"]

_ROW, _TALL, _ROOM = 34, 46, 90


def right_models_chart(observed: Sequence[int], expected: Sequence[float], *, ink: str) -> go.Figure:
    """Items by how many models are right, beside what independent models would give."""
    import plotly.graph_objects as go

    k = len(observed) - 1
    names = ["none:<br>impossible", *map(str, range(1, k)), "all:<br>trivial"]
    colors = [OKABE_ITO[5], *[OKABE_ITO[4]] * (k - 1), OKABE_ITO[2]]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=list(observed),
        marker_color=colors,
        text=[f"{count:,}" for count in observed],
        textposition="outside",
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y:,} items<extra></extra>",
    )
    figure.add_scatter(
        x=names,
        y=list(expected),
        mode="markers",
        marker={"symbol": "line-ew", "size": 26, "line": {"width": 3, "color": ink}},
        name="by chance",
        hovertemplate="%{y:,.1f} by chance<extra></extra>",
    )
    figure.update_layout(
        **_layout(ink, 320),
        xaxis={**_axis("models that are right", ink), "type": "category", "tickangle": 0},
        yaxis={**_axis("items", ink), "rangemode": "tozero"},
    )
    return figure


def interval_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    title: str,
    ink: str,
    line: float | None = None,
    line_name: str = "",
    percent: bool = True,
) -> go.Figure:
    """A point with its interval per row, the first at the top; `line`: something to compare with.

    `rows`: records of `name`, `value`, `low`, `high` (None: no interval) and, if wanted, `color`.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    names = [_cut(str(row["name"])) for row in rows]
    form = ".0%" if percent else ".2f"
    ends = [(row["low"], row["high"]) if row["low"] is not None else (row["value"], row["value"]) for row in rows]
    figure.add_scatter(
        x=[row["value"] for row in rows],
        y=names,
        mode="markers+text",
        marker={"size": 11, "color": [row.get("color", OKABE_ITO[0]) for row in rows]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - row["value"] for row, (_, high) in zip(rows, ends, strict=True)],
            "arrayminus": [row["value"] - low for row, (low, _) in zip(rows, ends, strict=True)],
            "color": MUTED,
            "thickness": 2,
            "width": 5,
        },
        text=[format(row["value"], form) for row in rows],
        textposition="top center",
        textfont={"color": ink, "size": 12},
        hovertemplate=f"%{{y}}: %{{x:{form}}}<extra></extra>",
        showlegend=False,
    )
    if line is not None:
        figure.add_vline(x=line, line={"color": ink, "dash": "dot", "width": 1.5})
        figure.add_annotation(
            x=line, y=1, yref="paper", yanchor="bottom", text=line_name, showarrow=False, font={"color": ink}
        )
    figure.update_layout(
        **_layout(ink, _ROOM + (_TALL if any("<br>" in name for name in names) else _ROW) * len(rows)),
        xaxis={**_axis(title, ink), "tickformat": form, "tickangle": 0, "nticks": 4},
        yaxis={**_axis("", ink), "range": [len(rows) - 0.5, -0.8], "type": "category", "automargin": True},
    )
    figure.update_layout(margin_t=30)
    return figure


def scores_chart(
    counts: Sequence[int], *, low: float, high: float, cuts: Sequence[float], ink: str, title: str
) -> go.Figure:
    """How hard the texts are: a histogram, with where the easy part ends and the hard part begins."""
    import plotly.graph_objects as go

    step = (high - low) / len(counts) or 1.0
    middles = [low + step * (at + 0.5) for at in range(len(counts))]
    figure = go.Figure()
    figure.add_bar(
        x=middles, y=list(counts), width=step, marker_color=OKABE_ITO[4], hovertemplate="%{y:,} texts<extra></extra>"
    )
    for at, (cut, name, side) in enumerate(
        zip(cuts, ("easy up to here", "hard from here"), ("right", "left"), strict=True)
    ):
        figure.add_vline(x=cut, line={"color": ink, "dash": "dot", "width": 2})
        figure.add_annotation(
            x=cut,
            y=1.0 + 0.09 * at,
            yref="paper",
            yanchor="bottom",
            xanchor=side,
            text=name,
            showarrow=False,
            font={"color": ink},
        )
    figure.update_layout(**_layout(ink, 280), xaxis=_axis(title, ink), yaxis=_axis("texts", ink), showlegend=False)
    figure.update_layout(margin_t=56)
    return figure


def _layout(ink: str, height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 24, "t": 8, "b": 8},
        "font": {"color": ink},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"color": ink}},
        "bargap": 0.25,
    }


def _axis(title: str, ink: str) -> dict[str, Any]:
    return {"title": {"text": title, "font": {"color": ink}}, "fixedrange": True, "tickfont": {"color": ink}}


def _cut(name: str) -> str:
    """Short, and without what plotly would read as HTML."""
    short = name if len(name) <= 40 else name[:39] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(" / ", " /<br>")
