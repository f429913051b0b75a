"""Figures of a pool beside random pools: what matters is named where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ui.charts import whole_ticks
from ui.palette import MUTED, OKABE_ITO

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["curve_chart", "spread_chart", "strip_chart"]

_ROW, _ROOM = 84, 92
_JITTER = 0.22
_GOLDEN = 0.6180339887
_PICKS = OKABE_ITO[0]
_OTHERS = ((OKABE_ITO[1], "square"), (OKABE_ITO[2], "triangle-up"), (OKABE_ITO[3], "cross"), (OKABE_ITO[5], "x"))
_BAND = "rgba(138, 143, 152, 0.25)"


def strip_chart(rows: Sequence[Mapping[str, Any]], *, ink: str, title: str = "test items right") -> go.Figure:
    """A strip per measure: a grey dot for each random pool, the picks and other methods marked on it.

    `rows`: records of `name`, `value`, `random` (a sequence) and `others` (name -> value); shares in [0, 1].
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    _dots(figure, [row["random"] for row in rows], hover="random pool: %{x:.1%}<extra></extra>")
    names = list(dict.fromkeys(name for row in rows for name in row["others"]))
    for at, name in enumerate(names):
        color, symbol = _OTHERS[at % len(_OTHERS)]
        held = [(row["others"][name], -place) for place, row in enumerate(rows) if name in row["others"]]
        _marks(figure, held, name=name, color=color, symbol=symbol, size=12, form=".1%")
    _marks(figure, [(row["value"], -place) for place, row in enumerate(rows)], name="these picks", form=".1%")
    _named(figure, [(row["value"], f"{row['value']:.0%}") for row in rows], ink)
    figure.update_layout(
        **_layout(ink, _ROW * len(rows) + _ROOM),
        xaxis={**_axis(title, ink), "tickformat": ".0%", "rangemode": "tozero"},
        yaxis=_rows([row["name"] for row in rows], ink),
    )
    return figure


def spread_chart(measures: Sequence[Mapping[str, Any]], *, ink: str) -> go.Figure:
    """A strip per property of a pool, each on the scale of its random pools; to the right is better.

    `measures`: records as `votek.evaluation.Health` has them.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    scaled = [_scaled(measure) for measure in measures]
    _dots(figure, [random for _, random in scaled], hover="random pool<extra></extra>")
    _marks(figure, [(value, -at) for at, (value, _) in enumerate(scaled)], name="these picks", form=".1f")
    labels = [f"{measure['value']:.3g}" for measure in measures]
    _named(figure, [(value, label) for (value, _), label in zip(scaled, labels, strict=True)], ink)
    figure.update_layout(
        **_layout(ink, 58 * len(measures) + _ROOM),
        xaxis={
            **_axis("worse  ←  mean of random pools  →  better   (in their standard deviations)", ink),
            "zeroline": True,
            "zerolinecolor": MUTED,
        },
        yaxis=_rows([measure["label"] for measure in measures], ink),
    )
    return figure


def curve_chart(curve: Mapping[str, Any], *, ink: str) -> go.Figure:
    """Accuracy by number of labels: the picks, the mean of random pools with the range of nine in ten, other methods.

    `curve`: a `votek.evaluation.learning.LearningCurve` as JSON.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    budgets = list(curve["budgets"])
    figure.add_scatter(
        x=[*budgets, *reversed(budgets)],
        y=[*curve["high"], *reversed(curve["low"])],
        mode="lines",
        fill="toself",
        fillcolor=_BAND,
        line={"width": 0},
        hoverinfo="skip",
        name="nine in ten random pools",
    )
    _line(figure, budgets, curve["random"], name="random pools, mean", color=MUTED, dash="dot")
    for at, (name, values) in enumerate(curve["others"].items()):
        color = _OTHERS[at % len(_OTHERS)][0]
        _line(figure, budgets[: len(values)], values, name=name, color=color, dash="dash")
    _line(figure, budgets, curve["pool"], name="these picks", color=_PICKS, dash="solid", width=3)
    figure.update_layout(
        **_layout(ink, 380),
        xaxis={**_axis("labelled texts in the pool", ink), "rangemode": "tozero", **whole_ticks(budgets[-1])},
        yaxis={**_axis("test items right", ink), "tickformat": ".0%", "rangemode": "tozero"},
    )
    return figure


def _dots(figure: go.Figure, strips: Sequence[Sequence[float]], *, hover: str) -> None:
    """Every random pool, spread up and down by a fixed rule so that equal ones can be told apart."""
    x = [value for strip in strips for value in strip]
    y = [
        -place + _JITTER * (2 * ((at * _GOLDEN) % 1) - 1)
        for place, strip in enumerate(strips)
        for at in range(len(strip))
    ]
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"size": 7, "color": MUTED, "opacity": 0.55},
        name="random pools",
        hovertemplate=hover,
    )


def _marks(
    figure: go.Figure,
    points: Sequence[tuple[float, float]],
    *,
    name: str,
    form: str,
    color: str = _PICKS,
    symbol: str = "diamond",
    size: int = 15,
) -> None:
    figure.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers",
        marker={"size": size, "color": color, "symbol": symbol, "line": {"width": 1, "color": "#FFFFFF"}},
        name=name,
        hovertemplate=f"{name}: %{{x:{form}}}<extra></extra>",
    )


def _named(figure: go.Figure, points: Sequence[tuple[float, str]], ink: str) -> None:
    for place, (x, label) in enumerate(points):
        figure.add_annotation(
            x=x, y=-place, text=f"<b>{label}</b>", yshift=25, showarrow=False, font={"size": 13, "color": ink}
        )


def _scaled(measure: Mapping[str, Any]) -> tuple[float, list[float]]:
    """(the picks, the random pools) in standard deviations of these from their mean, more being better."""
    random, better = [float(value) for value in measure["random"]], int(measure["better"])
    mean = sum(random) / len(random)
    deviation = (sum((value - mean) ** 2 for value in random) / len(random)) ** 0.5 or 1.0
    return better * (measure["value"] - mean) / deviation, [better * (value - mean) / deviation for value in random]


def _line(
    figure: go.Figure,
    x: Sequence[int],
    y: Sequence[float],
    *,
    name: str,
    color: str,
    dash: str,
    width: float = 2,
) -> None:
    figure.add_scatter(
        x=list(x),
        y=list(y),
        mode="lines+markers",
        line={"color": color, "width": width, "dash": dash},
        marker={"size": 6},
        name=name,
        hovertemplate=f"{name}: %{{y:.1%}} with %{{x}}<extra></extra>",
    )


def _rows(names: Sequence[str], ink: str) -> dict[str, Any]:
    return {
        "tickvals": [-place for place in range(len(names))],
        "ticktext": [_wrapped(name) for name in names],
        "range": [-len(names) + 0.4, 0.6],
        "zeroline": False,
        "showgrid": False,
        "fixedrange": True,
        "tickfont": {"color": ink, "size": 13},
    }


def _wrapped(name: str) -> str:
    """A name in lines of about eighteen characters, so that narrow screens keep room for the strip."""
    lines = [""]
    for word in name.split():
        if len(lines[-1]) + len(word) > 18 and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _axis(title: str, ink: str) -> dict[str, Any]:
    return {"title": {"text": title, "font": {"color": ink}}, "tickfont": {"color": ink}, "fixedrange": True}


def _layout(ink: str, height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 16, "t": 40, "b": 8},
        "font": {"color": ink},
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"color": ink}},
    }
