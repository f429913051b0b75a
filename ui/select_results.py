"""What a selection found: the picks with their reasons, and how much of the pool they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui.charts import coverage_chart
from ui.theme import quiet_ink

if TYPE_CHECKING:
    from votek.datatypes import Dataset
    from votek.workspace import SelectionView

__all__ = ["draw_results", "picks_table"]

_EXCERPT = 300


def draw_results(dataset: Dataset, selection: SelectionView) -> None:
    """Draw the table of picks, in the order they were picked, and the coverage curve."""
    st.header("The picks and their reasons", anchor=False)
    st.caption(
        "Votes: how many texts have this one among their nearest neighbours. "
        "Newly covered: how many of those no earlier pick covered (itself not counted). "
        "Nearest earlier pick: the one most similar to it, with the cosine (1: the same)."
    )
    st.dataframe(
        picks_table(dataset, selection),
        hide_index=True,
        key="picks",
        column_config={
            "Order": st.column_config.NumberColumn(width=60),
            "Text": st.column_config.TextColumn(width="large"),
            "Votes": st.column_config.NumberColumn(width=70),
            "Newly covered": st.column_config.NumberColumn(width=110),
            "Nearest earlier pick": st.column_config.TextColumn(width="medium"),
            "Similarity": st.column_config.NumberColumn(width=90, format="%.2f"),
        },
        alt="The picked texts in order, with votes, newly covered texts and the nearest earlier pick",
    )
    st.header("What the picks cover", anchor=False)
    st.caption(
        "A text is covered when it is picked, or when a pick is among its nearest neighbours. "
        f"{len(selection.indices):,} picks cover {selection.coverage[-1]:.0%} of the distinct texts."
    )
    st.plotly_chart(
        coverage_chart(selection.coverage, selection.random_coverage, ink=quiet_ink()),
        key="coverage",
        config={"displayModeBar": False},
        alt="Share of texts covered against the number of picks, beside the mean of random picks",
    )


def picks_table(dataset: Dataset, selection: SelectionView) -> pd.DataFrame:
    """One row per pick, in pick order; texts are shortened to 300 characters."""
    reasons = [selection.explain(i) for i in range(len(selection.indices))]
    earlier = [reason.nearest_earlier for reason in reasons]
    return pd.DataFrame(
        {
            "Order": range(1, len(reasons) + 1),
            "Text": [_short(dataset.texts[reason.index]) for reason in reasons],
            "Votes": [len(reason.voters) for reason in reasons],
            "Newly covered": [len(set(reason.newly_covered) - {reason.index}) for reason in reasons],
            "Nearest earlier pick": ["" if row is None else _short(dataset.texts[row]) for row in earlier],
            "Similarity": [reason.similarity for reason in reasons],
        }
    )


def _short(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
