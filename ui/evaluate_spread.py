"""How a pool lies among all texts, beside random pools: the figure and the table that two sections share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.evaluate_charts import spread_chart
from ui.evaluate_parts import draw_table
from ui.theme import quiet_ink

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw_spread", "spread_frame"]


def draw_spread(health: Mapping[str, Any], *, name: str) -> None:
    """The properties of the picks among those of random pools."""
    st.plotly_chart(
        spread_chart(health["measures"], ink=quiet_ink()),
        key=f"spread-{name}",
        config={"displayModeBar": False},
        alt="Properties of the picks, each among those of random pools; further to the right is better",
    )
    draw_table(spread_frame(health), name=name, alt="Properties of the picks and of random pools")


def spread_frame(health: Mapping[str, Any]) -> pd.DataFrame:
    """A row per property."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "Property": one["label"],
                "These picks": round(one["value"], 4),
                "Random pools, mean": round(sum(one["random"]) / len(one["random"]), 4),
                "Percentile": round(one["percentile"], 1),
                "Better": "more" if one["better"] > 0 else "less",
                "What it is": one["about"],
            }
            for one in health["measures"]
        ]
    )
