"""Progress: how far each part of the queue and each person is, what was chosen, flagged and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.evaluate_parts import draw_table, draw_value, method_note
from ui.frame import OpenPage
from ui.palette import OKABE_ITO
from ui.review_charts import bars_chart, parts_chart
from ui.review_parts import names_of, plural, when
from ui.theme import quiet_ink
from votek.annotation.pace import PAUSE_SECONDS

if TYPE_CHECKING:
    from votek.annotation.pace import Pace
    from votek.annotation.review import PartProgress
    from votek.workspace import Review

__all__ = ["draw_progress"]

_SHOWN = 20
_NOTE = f"""
A decision took as long as the time since the same person's action before it. Left out are a person's first action,
pauses of more than {PAUSE_SECONDS / 60:.0f} minutes, and labels that arrived together after a lost connection. Shown
are the median and the middle half.
"""


def draw_progress(page: OpenPage) -> None:
    """Draw how far everything is."""
    found = page.workspace.review(page.project.id)
    if not found.people:
        st.info("Nobody has labelled anything yet. As soon as somebody does, it shows here.")
    _numbers(found)
    if found.parts:
        st.plotly_chart(
            parts_chart([_stands(part) for part in found.parts], ink=quiet_ink()),
            key="review-parts",
            config={"displayModeBar": False},
            alt="How many texts of each part of the queue are labelled, disagreed about, waiting and to do",
        )
    if found.people:
        _people(page, found)
        _labels(page, found)
        _remarks(page, found)
        method_note("How the time for a text is measured", _NOTE)


def _numbers(found: Review) -> None:
    texts = sum(part.texts for part in found.parts)
    skipped = sum(part.status.get("skipped", 0) for part in found.parts)
    labelled, open_, disputed = (
        sum(part.labelled for part in found.parts),
        sum(part.status.get("open", 0) for part in found.parts),
        sum(part.status.get("disputed", 0) for part in found.parts),
    )
    asked = plural(found.needed, "person decides", "people decide")
    places = st.columns(3)
    values = (
        ("Labelled", f"{labelled:,} of {texts - skipped:,}", f"{asked} about each text"),
        ("Waiting for others", f"{open_:,}", "somebody has decided, others are still to"),
        ("Disagreed about", f"{disputed:,}", "no majority, and not settled yet"),
    )
    for place, (title, value, note) in zip(places, values, strict=True):
        with place:
            draw_value(title, value, note)


def _stands(part: PartProgress) -> dict[str, Any]:
    status = part.status
    return {
        "name": part.name,
        "labelled": part.labelled,
        "disagreed": status.get("disputed", 0),
        "waiting for others": status.get("open", 0),
        "skipped": status.get("skipped", 0),
        "to do": part.todo,
    }


def _people(page: OpenPage, found: Review) -> None:
    import pandas as pd

    st.subheader("People", anchor=False)
    names = names_of(page, [one.who for one in found.people])
    paces = {one.who: one for one in found.pace}
    frame = pd.DataFrame(
        {
            "Person": [names[one.who] for one in found.people],
            "Labels": [one.labels for one in found.people],
            "Skipped": [one.skips for one in found.people],
            "Settled": [one.settled for one in found.people],
            "Flags": [one.flags for one in found.people],
            "Comments": [one.comments for one in found.people],
            "Seconds a text": [_seconds(paces.get(one.who)) for one in found.people],
            "Last at (UTC)": [when(one.last) for one in found.people],
        }
    )
    draw_table(
        frame, name="review-people", alt="What each person did, how long a text took them, and when they were last here"
    )


def _seconds(pace: Pace | None) -> str:
    if pace is None or pace.median is None:
        return "too few to say"
    return f"{pace.median:.0f} ({pace.low:.0f} to {pace.high:.0f})"


def _labels(page: OpenPage, found: Review) -> None:
    import pandas as pd

    used = [one for one in found.labels if page.project.task.type != "text" or one.final]
    if not used:
        return
    st.subheader("Labels", anchor=False)
    colors = {label.name: label.color for label in page.project.task.labels}
    shown = sorted(used, key=lambda one: -one.final)[:_SHOWN] if page.project.task.type == "text" else used[:_SHOWN]
    st.plotly_chart(
        bars_chart(
            [(one.label, one.final, colors.get(one.label, OKABE_ITO[0])) for one in shown],
            ink=quiet_ink(),
            title="texts with this label",
        ),
        key="review-labels",
        config={"displayModeBar": False},
        alt="How many texts have each label",
    )
    people = [one.who for one in found.people if one.labels]
    names = names_of(page, people)
    columns = {names[who]: [one.people.get(who, 0) for one in used] for who in people}
    frame = pd.DataFrame({"Label": [one.label for one in used], "In force": [one.final for one in used], **columns})
    draw_table(frame, name="review-labels", alt="How often each label is in force, and how often each person gave it")


def _remarks(page: OpenPage, found: Review) -> None:
    import pandas as pd

    st.subheader("Flags and comments", anchor=False)
    if not found.remarks:
        st.caption("Nothing is flagged, and nobody has left a comment.")
        return
    names = names_of(page, [one.who for one in found.remarks])
    frame = pd.DataFrame(
        {
            "Text": [found.texts.get(one.item, "") for one in found.remarks],
            "Person": [names[one.who] for one in found.remarks],
            "Flagged": ["yes" if one.flagged else "" for one in found.remarks],
            "Comment": [one.comment for one in found.remarks],
            "Id": [one.item for one in found.remarks],
        }
    )
    draw_table(frame, name="review-remarks", alt="Flagged texts and comments, with who made them")
