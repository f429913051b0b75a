"""The same comparison with a language model: its cost first, then what it answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui.evaluate_parts import draw_table
from ui.evaluate_run import run_analysis
from ui.evaluate_verdict import draw_comparison, draw_verdict, method_label
from ui.frame import escape
from ui.model_settings import draw_model_settings
from ui.remember import remembered

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_model_part", "rows_frame"]

ANALYSIS, COST = "in-context", "in-context-cost"


def draw_model_part(page: OpenPage, *, watched: Collection[str]) -> None:
    """Draw the settings of the model, the cost, and the newest answers. `watched`: as in `run_analysis`."""
    with st.expander("Ask a language model instead of the proxy"):
        st.caption(
            "In-context accuracy: for each test item the prompt of every pool is answered, those of 20 random pools, "
            "one without demonstrations and one with demonstrations at random among them. Prompts are written as on "
            "the Prompts page, with its token budget and answer reserve."
        )
        model = draw_model_settings(page)
        items = st.number_input(
            "Test items to ask about", 10, 5_000, 60, width=240, **remembered(page.project.id, "in-context-items")
        )
        options = {"model": model.as_json(), "items": int(items), "seed": 0}
        cost = run_analysis(
            page, COST, button="What would it cost?", options=options, primary=False, watched=(*watched, ANALYSIS)
        )
        if cost is not None and cost["model"] == options["model"]:
            st.caption(escape(_cost_words(cost)))
        button = f"Ask about {int(items):,} test items"
        table = run_analysis(page, ANALYSIS, button=button, options=options, primary=False, watched=(*watched, COST))
        if table is not None:
            _draw(table)


def _cost_words(table: Mapping[str, Any]) -> str:
    cost = table["cost"]
    if not cost["calls"] and not cost["kept"]:
        return f"Nothing: the stand-in answers {cost['requests']:,} prompts on this machine."
    return (
        f"{cost['calls']:,} calls for {table['items']:,} test items and {table['pools'] + 3} rows, about "
        f"{cost['tokens_in']:,} tokens to read and at most {cost['tokens_out']:,} to write; {cost['kept']:,} answers "
        f"are kept from before. Counted with {cost['tokenizer']}."
    )


def _draw(table: Mapping[str, Any]) -> None:
    draw_verdict(table, table["comparison"])
    unread = max(row["unparsed"] for row in table["rows"].values())
    said = f"Asked: {table['scorer']}; labels from {table['told_by']}. Unparsed answers: at most {unread:.0%} of a row."
    masses = [row["missing_mass"] for row in table["rows"].values() if row["missing_mass"] is not None]
    if masses:
        said += f" Missing mass: {max(masses):.1%} at most."
    st.caption(escape(said))
    draw_comparison({"in-context": "Answered right"}, [table["comparison"]], name="in-context")
    draw_table(rows_frame(table), name="in-context-rows", alt="What each pool's prompts were answered")


def rows_frame(table: Mapping[str, Any]) -> pd.DataFrame:
    """A row per pool and for the two rows beside them."""
    return pd.DataFrame(
        [
            {
                "Pool": "These picks" if name == "chosen" else method_label(name),
                "Right": round(row["accuracy"]["value"], 4),
                "95% from": round(row["accuracy"]["low"], 4),
                "95% to": round(row["accuracy"]["high"], 4),
                "Unparsed": round(row["unparsed"], 4),
                "Missing mass": row["missing_mass"],
                "Demonstrations": round(row["demonstrations"], 2),
            }
            for name, row in table["rows"].items()
        ]
    )
