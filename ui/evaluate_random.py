"""Does the pool beat random? The section of the Evaluate page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.evaluate_charts import curve_chart
from ui.evaluate_model import draw_model_part
from ui.evaluate_parts import draw_table, method_note, warn_of_earlier_picks
from ui.evaluate_run import run_analysis
from ui.evaluate_spread import draw_spread
from ui.evaluate_verdict import draw_comparison, draw_verdict, method_label
from ui.frame import escape, next_step
from ui.remember import remembered
from ui.theme import quiet_ink
from votek.jobs.compare_methods import comparable
from votek.selection.registry import METHODS

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_against_random"]

ANALYSIS = "against-random"
_USUAL = ("fast-vote-k", "k-center")
_WHERE = {"auto": "Test items, where they have labels", "pool": "A part of the texts that no pool holds"}
_NOTE = """
No language model takes part: a test item counts as right when the labelled text most similar to it has its label (1-NN;
cosine, centred by the mean of all texts). That is a **proxy** for what the pool does in a prompt. All pools take their
labels from the same place and answer the same items, so that they differ by their texts alone.

**Random pools** hold as many distinct texts as the picks. **Percentile**: share of the random pools that are worse,
equal ones counting half. **Gain**: the picks minus the mean of the random pools, item by item; its interval is a paired
bootstrap over test items (10,000 resamples, 2.5% to 97.5%). *Beats* needs an interval above 0 and the 95th percentile.
Where the interval includes 0 nothing can be told with so few items, whatever the numbers look like.

Without a test file, a slice of the labelled texts is held out: drawn by lot from those that are in no compared pool and
no copy of one, at most half of them. Random pools are drawn from all labelled texts but the slice.

**Nearest few**: the labels of the most similar texts, each weighted by its cosine. **A labelled text at random**
answers with the label of any text of the pool (its expected share); then it should not matter how the pool was picked.
**A classifier** is logistic regression on the vectors. Su et al. 2022 (*Selective annotation makes language models
better few-shot learners*, arXiv 2209.01975) found that picking helps prompts with similar demonstrations, and neither
of these two.
"""
_MEASURES = {
    "1-nn": "Nearest labelled text",
    "top-j": "Nearest few",
    "random-retrieval": "A labelled text at random",
    "linear-probe": "A classifier trained on the pool",
}


def draw_against_random(page: OpenPage) -> None:
    """Draw the section: the one button, the verdict, and what it rests on."""
    st.caption(
        "Picking is only worth it if the picks serve better than as many texts drawn at random. This asks each pool "
        "about the same test items and compares."
    )
    if page.workspace.selection(page.project.id) is None:
        st.info("No texts have been picked yet. Pick some first; then check here whether they beat random ones.")
        next_step("Choose what to label", page="pages/2_Select.py", query=page.query)
        return
    above = st.container()
    with st.expander("What is compared"):
        options = _options(page)
    with above:
        table = run_analysis(page, ANALYSIS, button="Check against random", options=options)
    if table is not None:
        _stale(page, table)
        if table["labelled"]:
            _draw(table)
        else:
            _unlabelled(page, table)
    draw_model_part(page, watched=(ANALYSIS,))
    method_note("How this is measured, and the paper", _NOTE)


def _options(page: OpenPage) -> dict[str, Any]:
    project = page.project.id
    methods = [name for name in comparable() if name != "random"]
    others = st.multiselect(
        "Other methods, picking as many texts from scratch",
        methods,
        default=[name for name in _USUAL if name in methods],
        format_func=lambda name: METHODS[name].label,
        max_selections=4,
        **remembered(project, "against-methods"),
    )
    where = st.radio(
        "Test on", list(_WHERE), format_func=_WHERE.__getitem__, horizontal=True, **remembered(project, "against-where")
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        nearest = st.number_input(
            "Nearest few: how many", 2, 50, 5, width=200, **remembered(project, "against-nearest")
        )
        held_out = st.number_input(
            "Texts to label for a test",
            10,
            500,
            30,
            width=200,
            help="Only for an honest test without gold labels and without a test file.",
            **remembered(project, "against-held-out"),
        )
        seed = st.number_input("Seed", 0, 2**31 - 1, 0, width=160, **remembered(project, "against-seed"))
    probe = st.toggle("Train a classifier on each pool, too", value=True, **remembered(project, "against-probe"))
    return {
        "methods": list(others),
        "tested_on": where,
        "nearest": int(nearest),
        "held_out": int(held_out),
        "probe": probe,
        "seed": int(seed),
    }


def _stale(page: OpenPage, table: Mapping[str, Any]) -> None:
    queue = page.workspace.queue(page.project.id)
    warn_of_earlier_picks((item.row for item in queue if item.origin != "added"), table["picks"])


def _draw(table: Mapping[str, Any]) -> None:
    comparisons = [table["main"], *table["more"]]
    draw_verdict(table, table["main"])
    st.caption(escape(" ".join(_grounds(table))))
    st.subheader("The picks among the random pools", anchor=False)
    names = {**_MEASURES, "top-j": f"Nearest {table['nearest']} labelled texts"}
    draw_comparison(names, comparisons, name="against-random")
    st.subheader("With fewer labels", anchor=False)
    st.caption(
        "Accuracy of the nearest labelled text with the first picks of each pool, in pick order. The grey band holds "
        "nine in ten random pools."
    )
    curve = table["curve"]
    named = {**curve, "others": {method_label(name): values for name, values in curve["others"].items()}}
    st.plotly_chart(
        curve_chart(named, ink=quiet_ink()),
        key="learning-curve",
        config={"displayModeBar": False},
        alt="Accuracy by number of labelled texts, for the picks, for random pools with their range, and other methods",
    )
    frame = _curve_frame(named)
    shares = {name: st.column_config.NumberColumn(format="percent") for name in frame.columns[1:]}
    draw_table(frame, name="learning-curve", alt="Accuracy by number of labelled texts", column_config=shares)


def _grounds(table: Mapping[str, Any]) -> list[str]:
    said = [
        f"Tested on {table['tested_on']}; labels from {table['told_by']}; {table['size']:,} labelled texts in every "
        f"pool, random ones drawn from {table['eligible']:,}. A proxy: no language model was asked."
    ]
    if table["left_out"]:
        said.append(f"{table['left_out']:,} picks have no label and are left out.")
    if table["unseen"]:
        shown = ", ".join(f"{label} ({count})" for label, count in list(table["unseen"].items())[:5])
        more = f" and {len(table['unseen']) - 5} more" if len(table["unseen"]) > 5 else ""
        said.append(f"Labels of test items that no text has count as wrong for every pool: {shown}{more}.")
    return said


def _curve_frame(curve: Mapping[str, Any]) -> Any:
    import pandas as pd

    length = len(curve["budgets"])
    others = {name: [*values, *[None] * (length - len(values))] for name, values in curve["others"].items()}
    columns = {
        "Labelled texts": curve["budgets"],
        "These picks": curve["pool"],
        "Random pools, mean": curve["random"],
        "Random pools, 5%": curve["low"],
        "Random pools, 95%": curve["high"],
        **others,
    }
    return pd.DataFrame(columns).round(4)


def _unlabelled(page: OpenPage, table: Mapping[str, Any]) -> None:
    """No accuracy: why, the way to an honest test, and what can be said without labels."""
    st.info(escape(table["reason"]))
    offer = table["offer"]
    waiting = list(offer["to_label"])
    queued = {item.row for item in page.workspace.queue(page.project.id)}
    to_add = [row for row in waiting if row not in queued]
    held = "" if offer["tests"] else f" and {len(offer['held_out'])} texts to test on"
    with st.container(border=True):
        st.markdown("**An honest test**")
        st.caption(
            f"Label one random pool of {len(offer['pool'])} texts{held}, then check again. It takes "
            f"{len(waiting):,} more labels beside those of the picks; what is labelled serves as demonstrations, too."
        )
        if to_add and st.button(f"Add {len(to_add):,} texts to the queue", key="add-random-pool"):
            added = page.workspace.add_to_queue(page.project.id, to_add)
            st.toast(f"{added:,} texts were added to the end of the queue.")
            st.rerun()
        if not to_add:
            if waiting:
                st.caption(f"They are in the queue; {len(waiting):,} are still to be labelled.")
            st.page_link("pages/4_Annotate.py", label="Go on labelling", query_params=page.query)
    st.subheader("What can be said without labels", anchor=False)
    st.markdown(escape(table["health"]["sentence"]))
    draw_spread(table["health"], name="against-random-health")
