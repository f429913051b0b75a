"""A comparison with random pools as the Evaluate page shows it: the verdict, the figures, the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.evaluate_charts import strip_chart
from ui.evaluate_parts import draw_table, draw_value
from ui.frame import escape
from ui.theme import quiet_ink
from votek.selection.registry import METHODS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["comparison_frame", "draw_comparison", "draw_verdict", "method_label", "points"]

_BOXES = {"beats": st.success, "beats-average": st.info, "cannot-tell": st.info, "does-not-beat": st.warning}


def method_label(name: str) -> str:
    """What a method, or a row beside it, is called.

    >>> method_label("random"), method_label("zero-shot")
    ('Random', 'No demonstrations')
    """
    words = {"zero-shot": "No demonstrations", "random-retrieval": "Demonstrations at random"}
    return METHODS[name].label if name in METHODS else words.get(name, name)


def points(interval: Mapping[str, float]) -> str:
    """A gain with its interval, in percentage points.

    >>> points({"value": 0.1143, "low": 0.0155, "high": 0.212})
    '+11.4 points (+1.6 to +21.2)'
    """
    return f"{100 * interval['value']:+.1f} points ({100 * interval['low']:+.1f} to {100 * interval['high']:+.1f})"


def draw_verdict(table: Mapping[str, Any], comparison: Mapping[str, Any]) -> None:
    """The verdict sentence on top, and the three numbers that it rests on."""
    pair = bool(table.get("pair"))
    box = st.warning if pair else _BOXES[comparison["verdict"]]
    box(escape(table["sentence"]))
    places = st.columns(3)
    mean = sum(comparison["random"]) / len(comparison["random"])
    with places[0]:
        note = f"of {comparison['n']:,} test items; random pools {mean:.1%}"
        draw_value("Right with these picks", f"{comparison['accuracy']:.1%}", note)
    with places[1]:
        gain = comparison["gain"]
        note = f"95% interval {100 * gain['low']:+.1f} to {100 * gain['high']:+.1f}"
        draw_value("Gain over random", f"{100 * gain['value']:+.1f} points", note)
    with places[2]:
        pools = len(comparison["random"])
        if comparison["percentile"] is None:
            draw_value("Place among random pools", "–", "told from 20 random pools on")
        else:
            draw_value("Place among random pools", f"Percentile {comparison['percentile']:.0f}", f"of {pools} pools")


def draw_comparison(names: Mapping[str, str], comparisons: Sequence[Mapping[str, Any]], *, name: str) -> None:
    """The strip of random pools by each measure, and the table below. `names`: what each measure is called."""
    rows = [
        {
            "name": names[one["measure"]],
            "value": one["accuracy"],
            "random": one["random"],
            "others": {method_label(other): value for other, value in one["others"].items()},
        }
        for one in comparisons
    ]
    st.plotly_chart(
        strip_chart(rows, ink=quiet_ink()),
        key=f"strip-{name}",
        config={"displayModeBar": False},
        alt="Share of test items right: a dot for each random pool, the picks marked among them, for each measure",
    )
    draw_table(comparison_frame(names, comparisons), name=name, alt="Accuracy of the picks and of random pools")


def comparison_frame(names: Mapping[str, str], comparisons: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A row per measure: the picks, random pools, the gain over these and over each other method with its interval."""
    import pandas as pd

    rows = []
    for one in comparisons:
        random = one["random"]
        row = {
            "Measure": names[one["measure"]],
            "These picks": f"{one['accuracy']:.1%}",
            "Random pools": f"{sum(random) / len(random):.1%} ({len(random)})",
            "Gain over random": points(one["gain"]),
            "Percentile": "" if one["percentile"] is None else f"{one['percentile']:.0f}",
        }
        for other, value in one["others"].items():
            label = method_label(other)
            row |= {label: f"{value:.1%}", f"Gain over {label}": points(one["other_gains"][other])}
        rows.append(row)
    return pd.DataFrame(rows)
