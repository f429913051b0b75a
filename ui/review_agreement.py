"""Agreement: how far people label alike, how sure that is, and who takes what for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.evaluate_parts import draw_table, draw_value, method_note
from ui.frame import OpenPage, escape
from ui.remember import remembered
from ui.review_charts import confusion_chart
from ui.review_parts import names_of, plural
from ui.theme import quiet_ink
from votek.annotation.agreement import MIN_ITEMS

if TYPE_CHECKING:
    from votek.annotation.agreement import Agreement, Figure

__all__ = ["draw_agreement"]

_LEVELS = {"nominal": "names", "ordinal": "ranks, in the order of the labels", "interval": "numbers"}
_SHOWN = 25
_NOTE = """
**Same label**: of each text the share of pairs of people who gave the same label; the mean over texts.

**Alpha** (Krippendorff 2011) and **kappa** (Cohen 1960 for two people, Fleiss 1971 for several) take off what chance
alone would give: 1 is perfect, 0 is no better than chance, below 0 is worse.

The range in brackets holds the true value in 95 of 100 cases; it comes from drawing the texts again 2,000 times.
*Undefined*: everybody gave the same label throughout, so nothing can be told from chance. Below ten texts that two
people labelled there are *too few to say*. Final labels that a reviewer gave do not count.
"""


def draw_agreement(page: OpenPage) -> None:
    """Draw the figures, the pairs of people, and the confusion of one pair."""
    found = page.workspace.agreement(page.project.id, level=_level(page))
    if not found.items:
        st.info(
            "Agreement needs two people who label the same texts, and so far no text has labels of two. Invite "
            "somebody, and let some texts be labelled twice, on the Team page."
        )
        return
    said = f"{plural(found.items, 'text was', 'texts were')} labelled by two people or more."
    if found.items < MIN_ITEMS:
        said += f" From {MIN_ITEMS} on, figures show here."
    st.caption(said)
    places = st.columns(3)
    values = (
        ("Same label", found.percent, "share of pairs that agree"),
        ("Krippendorff's alpha", found.krippendorff, "agreement beyond chance, everybody"),
        ("Fleiss' kappa", found.fleiss, f"the same, for {plural(found.fleiss.items, 'text', 'texts')}"),
    )
    for place, (title, figure, note) in zip(places, values, strict=True):
        with place:
            draw_value(title, figure.words(), _remark(figure) or note)
    _pairs(page, found)
    _confusion(page)
    method_note("What these figures mean", _NOTE)


def _level(page: OpenPage) -> Any:
    task = page.project.task
    if task.type != "single" or len(task.labels) < 3:
        return "auto"
    numbers = all(_is_number(label.name) for label in task.labels)
    there = [name for name in _LEVELS if name != "interval" or numbers]
    return st.segmented_control(
        "For alpha, the labels are",
        there,
        default="nominal",
        required=True,
        format_func=_LEVELS.__getitem__,
        **remembered(page.project.id, "review-level"),
    )


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return name.strip().lower() not in ("nan", "inf", "-inf", "infinity", "-infinity")


def _remark(figure: Figure) -> str:
    if figure.status == "undefined":
        return "everybody gave the same label throughout"
    if figure.status == "too few":
        return f"{plural(figure.items, 'text', 'texts')}; {MIN_ITEMS} are needed"
    if figure.low is None:
        return "too little variation for an interval"
    return ""


def _pairs(page: OpenPage, found: Agreement) -> None:
    import pandas as pd

    st.subheader("Each two people", anchor=False)
    names = names_of(page, found.people)
    frame = pd.DataFrame(
        {
            "People": [" and ".join(names[who] for who in kappa.people) for _, kappa in found.pairs],
            "Texts": [kappa.items for _, kappa in found.pairs],
            "Same label": [share.words() for share, _ in found.pairs],
            "Cohen's kappa": [kappa.words() for _, kappa in found.pairs],
        }
    )
    draw_table(frame, name="review-pairs", alt="Agreement of each two people")


def _confusion(page: OpenPage) -> None:
    tables = page.workspace.review(page.project.id).confusions
    if not tables:
        return
    st.subheader("Who takes what for what", anchor=False)
    names = names_of(page, [who for table in tables for who in (table.first, table.second)])
    at = 0
    if len(tables) > 1:
        at = st.selectbox(
            "People",
            range(len(tables)),
            format_func=lambda place: f"{names[tables[place].first]} and {names[tables[place].second]}",
            key=f"{page.project.id}-confusion-pair",
        )
    table = tables[at]
    if len(table.labels) > _SHOWN:
        st.caption(f"They used {len(table.labels):,} different labels; the {_SHOWN} first are shown.")
    labels = table.labels[:_SHOWN]
    st.plotly_chart(
        confusion_chart(
            labels,
            [row[:_SHOWN] for row in table.counts[:_SHOWN]],
            first=names[table.first],
            second=names[table.second],
            ink=quiet_ink(),
        ),
        key="review-confusion",
        config={"displayModeBar": False},
        alt=escape(f"How often {names[table.first]} and {names[table.second]} chose which labels for the same texts"),
    )
