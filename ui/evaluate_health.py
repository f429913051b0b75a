"""How well do the picks stand for all texts? The section of the Evaluate page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.charts_failure import interval_chart
from ui.evaluate_parts import draw_table, draw_value, method_note, warn_of_earlier_picks
from ui.evaluate_run import run_analysis
from ui.evaluate_spread import draw_spread
from ui.frame import escape, next_step
from ui.remember import remembered
from ui.select_floors import group_columns
from ui.theme import quiet_ink
from votek.selection.registry import METHODS

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_health"]

ANALYSIS = "health"
_FEW = 30
_SHOWN = 25
_NOTE = """
Everything here is read off the vectors, without any label. With c(v) the cosine of text v to its nearest pick, over all
distinct texts: **coverage** is the mean of c; **close by** is the share with c ≥ 1 − δ, where δ is the distance within
which a text has N/M others in the median (N texts, M picks; set by the data); the **radius** is the largest 1 − c, and
its 95th percentile says the same without the one farthest text. **Redundancy** is the mean cosine of all pairs of
picks, and the mean cosine of each pick to the nearest other. The **least covered group** has the lowest mean c
of those of at least 5 texts. Each number stands beside those of 20 random pools; the
percentile is the share of these that are worse.

**What more labels would add** continues the selection by ten picks and takes the coverage again. When ten picks add
no more than ten random texts do, or next to nothing, picking further is not worth much; labels may still help.

**Label balance**: entropy H = −Σ p log₂ p of the picks' labels over its largest value log₂ C, and the Kullback-Leibler
divergence Σ p log₂(p/q) from the labels of all texts, q, where a gold column tells them.

A pool can look healthy here and serve badly, when what matters is not what the texts are about. Radius: k-center,
Sener and Savarese 2018 (arXiv 1708.00489). Coverage: facility location.
"""


def draw_health(page: OpenPage) -> None:
    """Draw the section: what the picks cover beside random picks, and what more labels would add."""
    st.caption(
        "How the picks lie among all texts, without any label: whether every text has a pick near it, and whether "
        "picks repeat each other."
    )
    if page.workspace.selection(page.project.id) is None:
        st.info("No texts have been picked yet. Pick some first; then look here how well they stand for the rest.")
        next_step("Choose what to label", page="pages/2_Select.py", query=page.query)
        return
    dataset = page.workspace.dataset(page.project.id)
    there = group_columns(page, dataset, most=_FEW) if dataset is not None else []
    columns = st.multiselect(
        "Groups by (optional)", there, max_selections=3, **remembered(page.project.id, "health-columns")
    )
    table = run_analysis(page, ANALYSIS, button="Check the picks", options={"columns": list(columns), "seed": 0})
    if table is not None:
        _draw(page, table)
    method_note("How this is measured, and the papers", _NOTE)


def _draw(page: OpenPage, table: Mapping[str, Any]) -> None:
    queue = page.workspace.queue(page.project.id)
    warn_of_earlier_picks((item.row for item in queue if item.origin != "added"), table["picks"])
    by_name = {one["name"]: one for one in table["measures"]}
    st.info(escape(table["sentence"]))
    places = st.columns(3)
    for place, name, title in zip(
        places, ("coverage", "within", "radius_p95"), ("Coverage", "Close by", "Radius (95%)"), strict=True
    ):
        one = by_name[name]
        form = ".0%" if name == "within" else ".2f"
        mean = sum(one["random"]) / len(one["random"])
        with place:
            note = f"random pools {mean:{form}}; percentile {one['percentile']:.0f}"
            draw_value(title, f"{one['value']:{form}}", note)
    st.subheader("The picks among random pools", anchor=False)
    if table["judged"] < table["texts"]:
        st.caption(f"Judged by {table['judged']:,} of the {table['texts']:,} texts, drawn at random.")
    draw_spread(table, name="pool-health")
    _ahead(table)
    if table["groups"]:
        _groups(table)
    _balance(table)


def _ahead(table: Mapping[str, Any]) -> None:
    st.subheader("What more labels would add", anchor=False)
    if table["following"] is None:
        st.caption("Nothing is left to pick.")
        return
    st.markdown(escape(table["ahead"]))
    st.caption(f"Picked on by {METHODS[table['next_method']].label}, as raising the budget would.")


def _groups(table: Mapping[str, Any]) -> None:
    import pandas as pd

    st.subheader(escape("Coverage by " + " × ".join(table["columns"])), anchor=False)
    groups = table["groups"]
    rows = [{"name": one["group"], "value": one["coverage"], "low": None, "high": None} for one in groups[:_SHOWN]]
    st.plotly_chart(
        interval_chart(rows, title="mean cosine to the nearest pick", ink=quiet_ink(), percent=False),
        key="group-coverage",
        config={"displayModeBar": False},
        alt="Mean similarity of the texts of each group to the nearest pick",
    )
    frame = pd.DataFrame(
        {
            "Group": [one["group"] for one in groups],
            "Texts": [one["texts"] for one in groups],
            "Picked": [one["picked"] for one in groups],
            "Coverage": [round(one["coverage"], 4) for one in groups],
        }
    )
    draw_table(frame, name="group-coverage", alt="Texts, picks and coverage of each group")


def _balance(table: Mapping[str, Any]) -> None:
    import pandas as pd

    st.subheader("Labels so far", anchor=False)
    found = table["balance"]
    if found is None:
        st.caption("No pick is labelled yet; the balance of labels shows here as they arrive.")
        return
    said = f"Entropy {found['entropy']:.2f} bits"
    if found["evenness"] is not None:
        said += f", {found['evenness']:.0%} of what {found['classes']} labels could have"
    if found["divergence"] is not None:
        said += f"; divergence from the labels of all texts {found['divergence']:.2f} bits"
    if found["missing"]:
        said += f". Not seen yet: {', '.join(found['missing'][:10])}"
        said += f" and {len(found['missing']) - 10} more" if len(found["missing"]) > 10 else ""
    st.caption(escape(said + "."))
    frame = pd.DataFrame({"Label": list(found["counts"]), "Picks": list(found["counts"].values())})
    draw_table(frame, name="label-balance", alt="How many picks have each label")
