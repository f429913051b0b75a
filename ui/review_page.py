"""The Review page: one section at a time, for one person as for a team.

To add a section, write `ui/review_NAME.py` with a function that takes the open page and draws it, and add a line to
`SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from ui.frame import OpenPage, next_step
from ui.remember import remembered
from ui.review_agreement import draw_agreement
from ui.review_history import draw_history
from ui.review_progress import draw_progress
from ui.review_settle import draw_disagreements, draw_rechecks
from ui.review_versions import draw_versions

__all__ = ["SECTIONS", "Section", "draw_review"]


class Section(NamedTuple):
    """One part of the page: its short name, its heading, and what draws it."""

    label: str
    heading: str
    draw: Callable[[OpenPage], None]


SECTIONS: tuple[Section, ...] = (
    Section("Progress", "How far the labels are", draw_progress),
    Section("Agreement", "How well people agree", draw_agreement),
    Section("Disagreements", "Texts that people labelled differently", draw_disagreements),
    Section("Re-check", "Texts to look at again", draw_rechecks),
    Section("Versions", "Guidelines and labels over time", draw_versions),
    Section("History", "Who did what, and when", draw_history),
)


def draw_review(page: OpenPage) -> None:
    """Draw the choice of a section, then the section, then the next step."""
    if not page.summary.texts:
        st.info("There are no texts in this project yet. Once they are there and labelled, the labels show here.")
        if page.may("owner"):
            next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return
    sections = {section.label: section for section in SECTIONS}
    chosen = st.segmented_control(
        "Part of the review",
        list(sections),
        default=SECTIONS[0].label,
        required=True,
        label_visibility="collapsed",
        **remembered(page.project.id, "review-section"),
    )
    section = sections[chosen]
    st.header(section.heading, anchor=False)
    section.draw(page)
    next_step("Build prompts", page="pages/6_Prompts.py", query=page.query)
