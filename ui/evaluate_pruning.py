"""Which part of the texts is worth keeping? The section of the Evaluate page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.charts_failure import interval_chart, scores_chart
from ui.evaluate_parts import draw_table, method_note, points_words, share_words
from ui.evaluate_run import run_analysis
from ui.frame import escape
from ui.palette import MUTED, OKABE_ITO
from ui.remember import remembered
from ui.theme import quiet_ink

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Dataset

__all__ = ["draw_pruning"]

ANALYSIS = "pruning"
_DISTANCE = "Distance to the nearest centroid"
_COLORS = {"all": MUTED, "random": MUTED, "easy": OKABE_ITO[2], "hard": OKABE_ITO[5]}
_NOTE = """
The texts' vectors are centred, normalised and grouped by k-means, with as many centroids as there are labels (without
labels: max(10, √N)). A text near its centroid is typical, hence **easy**; one far from every centroid is **hard**.
Where data are abundant, hard texts teach more; where they are scarce, easy ones do. Nobody knows where the one turns
into the other, so a linear probe is trained on each part, on random parts of the same size and on everything, and
tested on a fifth of the labelled texts that no part may hold. Every label keeps at least min(N_c, 0.5 m / C) of the m
kept texts.

Sorscher, Geirhos, Shekhar, Ganguli and Morcos 2022, *Beyond neural scaling laws* (arXiv 2206.14486). EL2N and
forgetting scores (Paul et al. 2021, arXiv 2107.07075; Toneva et al. 2019, arXiv 1812.05159) come from training runs:
bring them as a column of numbers, higher for harder.
"""


def draw_pruning(page: OpenPage) -> None:
    """Draw the section: how much to keep and by what, the trial, and the kept texts to take away."""
    dataset = page.workspace.dataset(page.project.id)
    if dataset is None:
        return
    st.caption(
        "A smaller data set can train as well as a large one, if the right texts are kept. Which are right differs "
        "from data set to data set, so this is tried out on texts that were held out."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        percent = st.slider("Keep (%)", 5, 95, 50, 5, width=320, **remembered(page.project.id, "prune-percent"))
        by = st.selectbox(
            "Hard by",
            [_DISTANCE, *_numeric(dataset)],
            help="Or a column of numbers, higher for harder, such as an EL2N or forgetting score.",
            **remembered(page.project.id, "prune-by"),
        )
    if percent < 30:
        st.warning("Below 30% a chosen part easily trains worse than a random one. Look at the trial before using it.")
    options = {"fraction": percent / 100, "scores": None if by == _DISTANCE else by, "seed": 0}
    table = run_analysis(page, ANALYSIS, button="Try easy, hard and random", options=options)
    if table is not None:
        _draw(page, dataset, table)
    method_note("How texts are pruned, and the paper", _NOTE)


def _numeric(dataset: Dataset) -> list[str]:
    """Columns of the file that hold a number in each row, not all the same."""
    import pandas as pd

    found = []
    for name in dataset.fields.columns:
        values = pd.to_numeric(dataset.fields[name], errors="coerce")
        if values.notna().all() and values.nunique() > 1:
            found.append(str(name))
    return found


def _draw(page: OpenPage, dataset: Dataset, table: Mapping[str, Any]) -> None:
    for note in table["notes"]:
        st.warning(escape(note))
    trial = table["trial"]
    if trial is None:
        st.info(escape(table["no_trial"]))
    else:
        _draw_trial(trial)
    by = f"distance to the nearest of {table['clusters']} centroids" if table["clusters"] else "score"
    st.plotly_chart(
        scores_chart(
            table["bins"],
            low=table["scores_low"],
            high=table["scores_high"],
            cuts=table["cuts"],
            ink=quiet_ink(),
            title=by,
        ),
        key="pruning-scores",
        config={"displayModeBar": False},
        alt="How many texts are how hard, and which would be kept",
    )
    _draw_downloads(page, dataset, table)


def _draw_trial(trial: Mapping[str, Any]) -> None:
    import pandas as pd

    st.subheader(trial["verdict"], anchor=False)
    st.caption(
        f"A linear probe, trained on parts of {trial['trained_on']:,} labelled texts and tested on "
        f"{trial['held_out']:,} others. Intervals are 95%."
    )
    rows = trial["rows"]
    st.plotly_chart(
        interval_chart(
            [
                {"name": f"{row['way']} ({row['kept']:,} texts)", "color": _COLORS[row["way"]], **row["accuracy"]}
                for row in rows
            ],
            title="share of held-out texts answered rightly",
            ink=quiet_ink(),
        ),
        key="pruning-trial",
        config={"displayModeBar": False},
        alt="Accuracy of a probe trained on all, easy, hard and random texts",
    )
    draw_table(
        pd.DataFrame(
            {
                "Kept": [row["way"] for row in rows],
                "Texts": [row["kept"] for row in rows],
                "Right": [share_words(**row["accuracy"]) for row in rows],
                "Against random": [_difference(row["against_random"]) for row in rows],
            }
        ),
        name="pruning-trial",
        alt="The trial in numbers",
    )


def _difference(found: Mapping[str, float] | None) -> str:
    if found is None:
        return ""
    return points_words(**found, digits=1)


def _draw_downloads(page: OpenPage, dataset: Dataset, table: Mapping[str, Any]) -> None:
    from votek.exports.rows import rows_csv, rows_jsonl

    st.subheader("Take the kept texts away", anchor=False)
    st.caption(
        "A data set like the one you loaded, without hidden labels: load it as a new project, or read it elsewhere."
    )
    hidden = page.workspace.gold_columns(page.project.id)
    way = st.segmented_control(
        "Which part",
        ["easy", "hard", "random"],
        default="random",
        required=True,
        **remembered(page.project.id, "prune-way"),
    )
    kept = table["kept"][way]
    with st.container(horizontal=True):
        for ending, write in (("csv", rows_csv), ("jsonl", rows_jsonl)):
            st.download_button(
                f"{len(kept):,} {way} texts ({ending.upper()})",
                data=lambda write=write: write(dataset, kept, without=hidden),
                file_name=f"kept-{way}.{ending}",
                on_click="ignore",
                key=f"pruned-{ending}",
            )
