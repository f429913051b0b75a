"""Which texts are trivial or impossible for every model? The section of the Evaluate page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.charts_failure import interval_chart, right_models_chart
from ui.evaluate_impossible import draw_impossible
from ui.evaluate_parts import chance_words, draw_table, draw_value, method_note
from ui.evaluate_predictions import draw_predictions
from ui.evaluate_run import run_analysis
from ui.frame import escape
from ui.remember import remembered
from ui.theme import quiet_ink

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_difficulty"]

ANALYSIS = "difficulty"
_OWN, _FILE = "Simple models of this app", "A file of predictions"
_TEXTS, _TESTS = "The texts", "The test items"
_NOTE = """
An item is **trivial** when every model gets it right, **impossible** when none does, and **differentiating** otherwise:
only those tell models apart. By chance alone, models that err independently with their accuracies p₁ … p_K make an item
trivial with probability p₁ · … · p_K and impossible with (1 − p₁) · … · (1 − p_K): the ends of the Poisson-binomial
distribution. p is the probability of so many items, or more (differentiating: or fewer), under that null.

**Error consistency** (kappa) says whether two models err on the same items, beyond what their accuracies give:
κ = (c_obs − c_exp) / (1 − c_exp), c_exp = p₁p₂ + (1 − p₁)(1 − p₂). It is 0 for independent errors and 1 for the same.
The interval is a bootstrap over items. Where both models are right everywhere, κ is undefined.

Meding, Schulze Buschoff, Geirhos and Wichmann 2021, *Trivial or impossible* (arXiv 2110.05922). For ImageNet, 48.2%
of the items are quoted as trivial, 14.3% as impossible and 37.5% as differentiating, and 38.5% of the impossible ones
as known label errors, against 0.2% of the trivial ones; versions of the paper differ in these figures. Error
consistency: Geirhos, Meding and Wichmann 2020 (arXiv 2006.16736).
"""


def draw_difficulty(page: OpenPage) -> None:
    """Draw the section: whose answers, the button, and what they say about the items."""
    st.caption(
        "Several models answer the same items. What none of them gets right is often labelled wrongly, and what all of "
        "them get right does not tell them apart."
    )
    source = st.radio(
        "Whose answers?", [_OWN, _FILE], horizontal=True, **remembered(page.project.id, "difficulty-source")
    )
    options = _own(page) if source == _OWN else draw_predictions(page)
    if options is None:
        found = page.workspace.analysis(page.project.id, ANALYSIS)
        table = None if found is None else found[1]
    else:
        table = run_analysis(page, ANALYSIS, button="Find what is hard", options=options)
    if table is not None:
        _draw(page, table)
    method_note("How difficulty is measured, and the paper", _NOTE)


def _own(page: OpenPage) -> dict[str, Any]:
    st.caption(
        "Four models of the vectors alone, no language model: the nearest labelled text, the five nearest, the nearest "
        "class mean, and a linear probe. Each text is answered by models that have not seen it."
    )
    if page.workspace.dataset(page.project.id, "test") is None:
        return {"of": "pool", "seed": 0}
    of = st.radio("Which items?", [_TEXTS, _TESTS], horizontal=True, **remembered(page.project.id, "difficulty-of"))
    return {"of": "pool" if of == _TEXTS else "test", "seed": 0}


def _draw(page: OpenPage, table: Mapping[str, Any]) -> None:
    items = "texts" if table["of"] == "pool" else "test items"
    who = "simple models" if table["own"] else "models of the uploaded file"
    st.caption(
        escape(
            f"{len(table['models'])} {who} on {len(table['rows']):,} {items}; right answers from {table['told_by']}."
            + (f" {table['unknown']:,} without a right answer are left out." if table["unknown"] else "")
        )
    )
    for note in table["notes"]:
        st.warning(escape(note))
    for place, found in zip(st.columns(3), table["classes"], strict=True):
        with place:
            draw_value(
                found["name"].capitalize(),
                f"{found['count']:,} ({found['share']:.1%})",
                f"by chance {found['expected']:,.1f}; {chance_words(found['p_value'])}",
            )
    st.plotly_chart(
        right_models_chart(table["observed"], table["expected"], ink=quiet_ink()),
        key="difficulty-counts",
        config={"displayModeBar": False},
        alt="Items by the number of models that are right, beside what chance would give",
    )
    draw_impossible(page, table)
    _draw_models(table)


def _draw_models(table: Mapping[str, Any]) -> None:
    import pandas as pd

    st.subheader("Do the models err on the same items?", anchor=False)
    pairs = table["pairs"]
    defined = [pair for pair in pairs if pair["kappa"] is not None]
    rows = [
        {
            "name": f"{pair['first']} / {pair['second']}",
            "value": pair["kappa"],
            "low": pair["low"],
            "high": pair["high"],
        }
        for pair in sorted(defined, key=lambda pair: -pair["kappa"])[:15]
    ]
    if rows:
        st.plotly_chart(
            interval_chart(
                rows,
                title="kappa, 95%",
                ink=quiet_ink(),
                line=0.0,
                line_name="chance",
                percent=False,
            ),
            key="difficulty-kappa",
            config={"displayModeBar": False},
            alt="Error consistency of each two models with its interval",
        )
    for reason in dict.fromkeys(pair["reason"] for pair in pairs if pair["reason"]):
        st.caption(escape(f"Kappa or its interval is left out for some pairs: {reason}."))
    accuracies = dict(zip(table["models"], table["accuracies"], strict=True))
    draw_table(
        pd.DataFrame(
            {
                "First model": [pair["first"] for pair in pairs],
                "Second model": [pair["second"] for pair in pairs],
                "First right": [accuracies[pair["first"]] for pair in pairs],
                "Second right": [accuracies[pair["second"]] for pair in pairs],
                "Observed": [pair["observed"] for pair in pairs],
                "By chance": [pair["expected"] for pair in pairs],
                "Kappa": [pair["kappa"] for pair in pairs],
                "Low": [pair["low"] for pair in pairs],
                "High": [pair["high"] for pair in pairs],
                "Kappa, unbiased": [pair["unbiased"] for pair in pairs],
            }
        ),
        name="error-consistency",
        alt="Error consistency of each two models",
        column_config={
            name: st.column_config.NumberColumn(format="%.3f")
            for name in (
                "First right",
                "Second right",
                "Observed",
                "By chance",
                "Kappa",
                "Low",
                "High",
                "Kappa, unbiased",
            )
        },
    )
