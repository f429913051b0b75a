"""The map as a figure for plotly.js: compact arrays, row numbers in `customdata`, theme colours by name.

Plain dictionaries rather than `plotly.graph_objects`: these would refuse colour names that only the browser can
fill in, and checking 50,000 points costs more than writing them.

A colour of the form "@text" is a name that the browser replaces by the colour of the theme in force.
Row numbers travel in `customdata`, because plotly counts points per trace.
"""

from __future__ import annotations

import base64
import html
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui.components.map.colors import FAINT, SCALE, Groups, Scale
from ui.palette import ACCENT, text_on

__all__ = ["HOVER_LIMIT", "THIN_LIMIT", "MapView", "figure_json", "map_figure", "short_hover", "shown_rows"]

HOVER_LIMIT = 20_000
"""Above this many points the background carries no hover text."""
THIN_LIMIT = 50_000
"""Above this many points only so many of the background are drawn."""
_SVG_LIMIT = 3_000  # up to here plain SVG is quick enough and works without WebGL
_NUMBERED = 1_000
VOTES_FOR, VOTED_BY = "#0072B2", "#D55E00"

_COLORBAR = {
    "orientation": "h",
    "len": 0.5,
    "thickness": 10,
    "outlinewidth": 0,
    "x": 0,
    "xanchor": "left",
    "y": 0,
    "yanchor": "top",
}

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MapView:
    """Everything that is drawn.

    `xy`: float32 (n, 2). `picks`: int64 (m,) rows, drawn with `numbers`. `hover`: n short texts, or None.
    `matches`: rows that a search found. `focus`: the row that was clicked, with the rows it `votes_for` and is
    `voted_by`. `chosen`: rows inside the last area, or None.
    """

    xy: NDArray[np.float32]
    coloring: Groups | Scale
    picks: Rows
    numbers: Sequence[str]
    hover: Sequence[str] | None = None
    pick_hover: Sequence[str] = ()
    pick_colors: Sequence[str] | None = None
    legend: Sequence[tuple[str, str]] = ()
    matches: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    focus: int | None = None
    votes_for: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    voted_by: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    chosen: Rows | None = None


def short_hover(text: str, *, width: int = 48, lines: int = 3) -> str:
    """`text` for a hover label: shortened, broken into lines, every character literal.

    >>> short_hover("a <b>bold</b> claim")
    'a &lt;b&gt;bold&lt;/b&gt; claim'
    """
    start = text[: width * lines * 2]
    wrapped = textwrap.wrap(start, width, max_lines=lines, placeholder=" …") or ["(blank)"]
    if len(text) > len(start) and not wrapped[-1].endswith("…"):
        wrapped[-1] += " …"
    return "<br>".join(html.escape(line) for line in wrapped)


def shown_rows(n: int, *keep: Rows, limit: int = THIN_LIMIT) -> Rows:
    """The rows drawn: all up to `limit`, else every so-many-th; rows of `keep` always."""
    if n <= limit:
        return np.arange(n, dtype=np.int64)
    spread = np.unique(np.linspace(0, n - 1, limit).round().astype(np.int64))
    return np.unique(np.concatenate([spread, *keep])) if keep else spread


Trace = dict[str, Any]


def figure_json(figure: dict[str, Any]) -> str:
    """The figure as JSON; arrays as base64 of their bytes, which plotly.js reads as they are."""
    return json.dumps(figure, default=_packed, ensure_ascii=False, separators=(",", ":"))


def _packed(array: NDArray[Any]) -> dict[str, str]:
    kind = f"{array.dtype.kind}{array.dtype.itemsize}"
    return {"dtype": kind, "bdata": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")}


def map_figure(view: MapView) -> dict[str, Any]:
    """Draw `view`: background, search matches, edges, numbered picks, and a ring round the clicked text."""
    xy = np.asarray(view.xy, dtype=np.float32).round(3)
    drawn = shown_rows(len(xy), view.matches)
    background = drawn[~np.isin(drawn, view.picks)]
    if isinstance(view.coloring, Groups):
        traces = _groups(view, view.coloring, xy, background)
    else:
        traces = _scale(view, view.coloring, xy, background)
    traces += [_matches(view, xy), *_edges(view, xy), _picks(view, xy), _focus(view, xy)]
    traces += [_legend_entry(name, color) for name, color in view.legend]
    return {"data": traces, "layout": _layout(view)}


def _layout(view: MapView) -> dict[str, Any]:
    axis = {"visible": False, "zeroline": False, "showgrid": False, "fixedrange": False, "autorange": False}
    font = {"color": "@text", "family": "@font", "size": 13}
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "xaxis": {**axis, "range": _span(view.xy[:, 0])},
        "yaxis": {**axis, "range": _span(view.xy[:, 1])},
        "hovermode": "closest",
        "hoverdistance": 12,
        "clickmode": "event",
        "font": font,
        "hoverlabel": {
            "align": "left",
            "bgcolor": "@secondary",
            "bordercolor": "@border",
            "font": {"color": "@text", "family": "@font"},
        },
        "legend": {"orientation": "h", "y": 0, "yanchor": "top", "x": 0, "itemsizing": "constant"},
        "showlegend": bool(view.legend) or isinstance(view.coloring, Groups),
        "newselection": {"line": {"color": "@text", "width": 1.5, "dash": "dot"}},
        "activeselection": {"fillcolor": ACCENT, "opacity": 0.08},
    }


def _span(values: NDArray[np.float32]) -> list[float]:
    """From the lowest to the highest value, with room for the outermost markers."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    room = 0.05 * (high - low) or 1.0
    return [round(low - room, 3), round(high + room, 3)]


def _kind(view: MapView) -> str:
    return "scatter" if len(view.xy) <= _SVG_LIMIT else "scattergl"


def _size(n: int) -> float:
    return 8 if n <= 500 else 7 if n <= _SVG_LIMIT else 5 if n <= HOVER_LIMIT else 3.5


def _points(view: MapView, xy: NDArray[np.float32], rows: Rows, marker: dict[str, Any]) -> Trace:
    trace: Trace = {
        "type": _kind(view),
        "mode": "markers",
        "x": xy[rows, 0],
        "y": xy[rows, 1],
        "customdata": rows.astype(np.int32),
        "hoverinfo": "none",
        "marker": marker,
    }
    if view.hover is not None and len(xy) <= HOVER_LIMIT:
        trace |= {"hoverinfo": "text", "hovertext": [view.hover[row] for row in rows]}
    return trace | _dimmed(view, rows, 0.15)


def _dimmed(view: MapView, rows: Rows, opacity: float) -> Trace:
    """While an area is chosen, what lies outside it stands back."""
    if view.chosen is None:
        return {}
    inside = np.flatnonzero(np.isin(rows, view.chosen)).astype(np.int32)
    return {"selectedpoints": inside, "unselected": {"marker": {"opacity": opacity}}}


def _groups(view: MapView, coloring: Groups, xy: NDArray[np.float32], background: Rows) -> list[Trace]:
    size = _size(len(xy))
    codes = coloring.codes[background]
    traces = []
    # Background groups first, so that they lie underneath.
    for at in sorted(range(len(coloring.groups)), key=lambda at: not coloring.groups[at].faint):
        group, rows = coloring.groups[at], background[codes == at]
        name = group.name if len(group.name) <= 28 else group.name[:27] + "…"
        if not len(rows):
            if (coloring.codes[view.picks] == at).any() and view.pick_colors is None:
                traces.append(_legend_entry(name, group.color))
            continue
        weight = {"size": size * 0.8, "opacity": 0.5} if group.faint else {"size": size, "opacity": 0.85}
        trace = _points(view, xy, rows, {"color": group.color, **weight})
        traces.append(
            trace
            | {
                "name": html.escape(name),
                "uid": f"group-{group.name}",
                "legendrank": (2000 if group.faint else 1000) + at,
            }
        )
    return traces


def _scale(view: MapView, coloring: Scale, xy: NDArray[np.float32], background: Rows) -> list[Trace]:
    size = _size(len(xy))
    known = np.isfinite(coloring.values[background])
    unknown = _points(view, xy, background[~known], {"color": FAINT, "size": size * 0.8, "opacity": 0.5})
    marker = {
        "color": np.round(coloring.values[background[known]], 3),
        "colorscale": [[at / (len(SCALE) - 1), color] for at, color in enumerate(SCALE)],
        "cmin": coloring.low,
        "cmax": coloring.high,
        "size": size,
        "opacity": 0.85,
        "showscale": True,
        "colorbar": _COLORBAR | {"title": {"text": html.escape(coloring.title), "side": "top"}},
    }
    points = _points(view, xy, background[known], marker)
    return [
        unknown | {"name": "no value", "uid": "no-value", "showlegend": False},
        points | {"name": "texts", "uid": "scale", "showlegend": False},
    ]


def _overlay(xy: NDArray[np.float32], rows: Rows | list[int], uid: str, **look: Any) -> Trace:
    """A trace that decorates points of others: no hover, no click, not in the legend."""
    trace: Trace = {"type": "scatter", "x": xy[rows, 0], "y": xy[rows, 1], "uid": uid, "mode": "markers"}
    return trace | {"hoverinfo": "skip", "showlegend": False} | look


def _matches(view: MapView, xy: NDArray[np.float32]) -> Trace:
    ring = {"symbol": "circle-open", "size": _size(len(xy)) + 6, "color": "@text", "line": {"width": 2}}
    return _overlay(xy, view.matches, "matches", type=_kind(view), marker=ring)


def _edges(view: MapView, xy: NDArray[np.float32]) -> list[Trace]:
    traces = []
    for uid, rows, color, dash in (
        ("votes-for", view.votes_for, VOTES_FOR, "solid"),
        ("voted-by", view.voted_by, VOTED_BY, "6px,6px"),
    ):
        lines = np.full((3 * len(rows), 2), np.nan, dtype=np.float32)
        if view.focus is not None and len(rows):
            lines[0::3] = xy[view.focus]
            lines[1::3] = xy[rows]
        line = {"color": color, "width": 1.6, "dash": dash}
        traces.append(_overlay(lines, list(range(len(lines))), uid, mode="lines", line=line, opacity=0.8))
    return traces


def _picks(view: MapView, xy: NDArray[np.float32]) -> Trace:
    """The picks, last one first, so that earlier ones lie on top where they overlap."""
    rows = view.picks[::-1]
    colors = list(view.pick_colors[::-1] if view.pick_colors is not None else view.coloring.colors(rows))
    numbered = len(rows) <= _NUMBERED
    outline = {"color": "@background", "width": 1.5}
    trace: Trace = {
        "type": "scatter" if numbered else "scattergl",
        "mode": "markers",
        "x": xy[rows, 0],
        "y": xy[rows, 1],
        "customdata": rows.astype(np.int32),
        "uid": "picks",
        "showlegend": False,
        "hoverinfo": "text" if view.pick_hover else "none",
        "hovertext": list(view.pick_hover[::-1]),
        "marker": {"color": colors, "size": 20 if numbered else 9, "opacity": 1, "line": outline},
    }
    if numbered:
        words = list(view.numbers[::-1])
        font = {"color": [text_on(color) for color in colors], "size": [11 if len(word) < 3 else 9 for word in words]}
        trace |= {"mode": "markers+text", "text": words, "textfont": font}
    return trace | _dimmed(view, rows, 0.25)


def _focus(view: MapView, xy: NDArray[np.float32]) -> Trace:
    ring = {"symbol": "circle-open", "size": 26, "color": "@text", "line": {"width": 2.5}}
    return _overlay(xy, [] if view.focus is None else [view.focus], "focus", marker=ring)


def _legend_entry(name: str, color: str) -> Trace:
    marker = {"color": color, "size": 12, "line": {"color": "@background", "width": 1.5}}
    entry: Trace = {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip"}
    return entry | {"name": html.escape(name), "uid": f"legend-{name}", "marker": marker, "legendrank": 1}
