"""Suggestions: switched on by an owner, with what they risk; where they come from; and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui.evaluate_parts import draw_table
from ui.evaluate_run import run_analysis
from ui.frame import errors_shown, escape
from ui.model_settings import draw_model_settings
from votek.datatypes import SuggestionSettings

if TYPE_CHECKING:
    from typing import Literal

    from ui.frame import OpenPage
    from votek.evaluation.influence import Arm
    from votek.workspace.suggesting import SuggestionReport

__all__ = ["draw_suggestions"]

_SOURCES: dict[Literal["knn", "model"], str] = {"knn": "The nearest labelled texts", "model": "The project's model"}
_STEPS = tuple(range(0, 55, 5))
ANALYSIS, COST = "suggestions", "suggestions-cost"


def draw_suggestions(page: OpenPage) -> None:
    """Draw the settings, for the model as source also its cost and the button that asks it, and the report."""
    project = page.project
    if project.task.type == "text":
        st.info(
            "Written answers are not suggested: one that stands there to be taken over says nothing about the text. "
            "Suggestions are for tasks in which labels are chosen."
        )
        return
    st.caption(
        "A likely label can be shown beside a text, with how likely it is. It saves thinking, and that is the risk: "
        "people tend to agree with what stands there. So suggestions are off unless you switch them on, nothing is "
        "chosen until somebody chooses it, and in the blind share nothing is shown: what people decide there "
        "tells how much the suggestions sway them."
    )
    _draw_settings(page)
    if project.suggestions.on and project.suggestions.source == "model":
        _draw_model(page)
    _draw_report(page)


def _draw_settings(page: OpenPage) -> None:
    stored = page.project.suggestions
    shares = sorted({*_STEPS, round(100 * stored.blind_share)})
    with st.form(f"{page.project.id}-suggestions", border=False):
        on = st.toggle("Show a likely label beside each text", stored.on)
        source = st.radio(
            "Where it comes from",
            list(_SOURCES),
            index=list(_SOURCES).index(stored.source),
            format_func=_SOURCES.__getitem__,
            captions=[
                "Once 8 texts are labelled: the 8 nearest ones vote. Shown where a label has more than half.",
                "Asked when you say so, with the labels in force as examples.",
            ],
        )
        share = st.select_slider(
            "Blind share",
            shares,
            value=round(100 * stored.blind_share),
            format_func=lambda percent: f"{percent}%",
            help="In this share of the texts, drawn by lot for each person, nothing is shown. 0%: the influence of "
            "suggestions cannot be measured.",
        )
        if st.form_submit_button("Save"):
            wanted = SuggestionSettings(on=on, source=source, blind_share=int(share) / 100)
            with errors_shown():
                page.workspace.set_suggestions(page.project.id, wanted, who=page.person.id)
                st.rerun()


def _draw_model(page: OpenPage) -> None:
    """The model, then what asking it would cost; only then the button that asks."""
    with st.expander("The project's model"):
        model = draw_model_settings(page)
    if model.tier == "knn":
        st.info("No model is chosen yet. Name one above, or take the nearest labelled texts.")
        return
    cost = run_analysis(page, COST, button="What would it cost?", options={}, primary=False, watched=(ANALYSIS,))
    if cost is None or cost["model"] != model.as_json():
        st.caption("Look at the cost first; then the model can be asked.")
        return
    st.caption(escape(_cost_words(cost)))
    table = run_analysis(page, ANALYSIS, button="Ask the model", options={}, primary=False, watched=(COST,))
    if table is not None:
        unread = f"; for {table['unread']:,} no label or no probability could be read" if table["unread"] else ""
        st.caption(
            escape(
                f"Asked {table['scorer']} about {table['asked']:,} texts, with {table['labels']:,} labels as "
                f"examples{unread}. Ask again when more is labelled; what somebody was shown already stays."
            )
        )


def _cost_words(cost: Mapping[str, Any]) -> str:
    return (
        f"For all texts still to be labelled, with {cost['labels']:,} labels as examples: {cost['calls']:,} calls, "
        f"about {cost['tokens_in']:,} tokens to read and at most {cost['tokens_out']:,} to write; "
        f"{cost['kept']:,} answers are kept from before. Counted with {cost['tokenizer']}."
    )


def _draw_report(page: OpenPage) -> None:
    report = page.workspace.suggestion_report(page.project.id)
    if not report.people and not report.undecided:
        if page.project.suggestions.on:
            st.caption("Nothing has been suggested yet. What people decide beside suggestions is reported here.")
        return
    st.markdown("**What suggestions did**")
    for sentence in report.total.sentences():
        st.caption(escape(sentence))
    if report.people:
        names = page.workspace.person_names(page.project.id, report.people)
        draw_table(_frame(report, names), name="suggestions", alt="What each person decided beside suggestions")


def _frame(report: SuggestionReport, names: Mapping[str, str]) -> pd.DataFrame:
    """A row per person; shares only where there are enough decisions."""

    def percent(arm: Arm) -> str:
        return "too few to say" if arm.share is None else f"{arm.share.value:.0%}"

    return pd.DataFrame(
        [
            {
                "Person": names.get(who, who),
                "Shown": found.shown.n,
                "Agreed": percent(found.shown),
                "Held back": found.blind.n,
                "Agreed all the same": percent(found.blind),
            }
            for who, found in report.people.items()
        ]
    )
