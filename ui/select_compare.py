"""Methods side by side on one's own texts: what they share, what they cover, and how long they take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui.compare_chart import compare_chart
from ui.evaluate_parts import table_csv
from ui.evaluate_run import run_analysis
from ui.frame import escape
from ui.remember import remembered
from ui.select_floors import group_columns
from ui.theme import quiet_ink
from votek.jobs.compare_methods import NAME, comparable
from votek.selection.registry import AUTO, METHODS

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Dataset

__all__ = ["compared_table", "draw_compare", "shared_table"]

_USUAL = 4


def draw_compare(page: OpenPage, dataset: Dataset, *, budget: int) -> None:
    """Draw the choice of methods, the button, and the newest comparison."""
    project = page.project.id
    with st.expander("Compare methods on your texts"):
        st.caption(
            "Each method picks from scratch, as if nothing were picked or labelled yet; your queue stays as it is. "
            "That shows where methods differ on these texts; whether the labels help is a question for the Evaluate "
            "page."
        )
        names = st.multiselect(
            "Methods",
            comparable(),
            default=_usual(),
            format_func=lambda name: METHODS[name].label,
            **remembered(project, "compare-methods"),
        )
        columns = group_columns(page, dataset, gold=True)
        group = st.selectbox(
            "Groups to count",
            [None, *columns],
            format_func=lambda name: "None" if name is None else str(name),
            width=320,
            disabled=not columns,
            **remembered(project, "compare-groups"),
        )
        if not names:
            st.caption("Choose at least one method.")
            return
        options = {"methods": list(names), "budget": budget, "groups": [group] if group else [], "seed": 0}
        table = run_analysis(page, NAME, button=f"Compare at {budget:,} picks", options=options, primary=False)
        if table is not None:
            _draw(table)


def _usual() -> list[str]:
    """The usual method, the baseline, and those that the registry lists first."""
    others = [name for name in comparable() if name not in (AUTO, "random")]
    return [AUTO, *others[: _USUAL - 2], "random"]


def _draw(table: Mapping[str, Any]) -> None:
    records = table["methods"]
    st.plotly_chart(
        compare_chart(records, ink=quiet_ink()),
        key="compare-chart",
        config={"displayModeBar": False},
        alt="For each method, the share of texts covered and the mean similarity of a text to its nearest pick",
    )
    shown = compared_table(table)
    st.dataframe(
        shown,
        hide_index=True,
        key="compare-table",
        column_config={
            "Covered": st.column_config.NumberColumn(format="percent"),
            "Similarity": st.column_config.NumberColumn(format="%.3f"),
            "Redundancy": st.column_config.NumberColumn(format="%.3f"),
            "Seconds": st.column_config.NumberColumn(format="%.2f"),
        },
    )
    groups = table["group_columns"]
    counted = f" Groups of {escape(' × '.join(groups))} with a pick." if groups else ""
    st.caption(
        f"{table['budget']:,} picks of {table['texts']:,} distinct texts by each method. Covered: texts that are "
        f"picked or have a pick among their {table['k']} nearest. Similarity: mean cosine of a text to its nearest "
        "pick. Redundancy: mean cosine of a pick to the nearest other pick; lower means less alike. Seconds: on this "
        f"computer.{counted}"
    )
    if len(records) > 1:
        st.markdown("**Picks in common**")
        st.dataframe(shared_table(table), key="compare-shared")
        st.caption("How many picks two methods share; in brackets the share of all that either picks (Jaccard).")
    with st.container(horizontal=True):
        st.download_button(
            "Table as CSV", table_csv(shown), "methods.csv", "text/csv", key="compare-csv", on_click="ignore"
        )
        content = json.dumps(dict(table), ensure_ascii=False, indent=1)
        st.download_button(
            "All as JSON", content, "methods.json", "application/json", key="compare-json", on_click="ignore"
        )


def compared_table(table: Mapping[str, Any]) -> pd.DataFrame:
    """One row per method."""
    records = table["methods"]
    columns: dict[str, list[Any]] = {
        "Method": [record["label"] for record in records],
        "Covered": [record["covered"] for record in records],
        "Similarity": [record["similarity"] for record in records],
        "Redundancy": [record["redundancy"] for record in records],
    }
    if table["groups_in_all"] is not None:
        columns["Groups"] = [f"{record['groups']} of {table['groups_in_all']}" for record in records]
    columns["Seconds"] = [record["seconds"] for record in records]
    return pd.DataFrame(columns)


def shared_table(table: Mapping[str, Any]) -> pd.DataFrame:
    """Picks in common, methods by methods."""
    labels = [record["label"] for record in table["methods"]]
    rows = [
        [f"{count} ({share:.2f})" for count, share in zip(counts, shares, strict=True)]
        for counts, shares in zip(table["shared"], table["jaccard"], strict=True)
    ]
    return pd.DataFrame(rows, index=labels, columns=labels)
