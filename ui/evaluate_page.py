"""The Evaluate page: one question at a time, each answered by a section of its own.

To add a section, write `ui/evaluate_NAME.py` with a function that takes the open page and draws below the
question, and add a line to `SECTIONS`. `ui.evaluate_run` starts an analysis in the worker and gives its table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from ui.evaluate_difficulty import draw_difficulty
from ui.evaluate_groups import draw_groups
from ui.evaluate_health import draw_health
from ui.evaluate_pruning import draw_pruning
from ui.evaluate_random import draw_against_random
from ui.frame import OpenPage, next_step
from ui.remember import remembered

__all__ = ["SECTIONS", "Section", "draw_evaluate"]


class Section(NamedTuple):
    """One question: its short name, the question in full, and what draws the answer."""

    label: str
    question: str
    draw: Callable[[OpenPage], None]


SECTIONS: tuple[Section, ...] = (
    Section("Against random", "Does the pool beat random?", draw_against_random),
    Section("Pool health", "How well do the picks stand for all texts?", draw_health),
    Section("Worst group", "Which group of texts fares worst?", draw_groups),
    Section("Difficulty", "Which texts are trivial, and which impossible?", draw_difficulty),
    Section("Pruning", "Which part of the texts is worth keeping?", draw_pruning),
)


def draw_evaluate(page: OpenPage) -> None:
    """Draw the choice of a question, then the section that answers it."""
    dataset = page.workspace.dataset(page.project.id)
    if dataset is None or not len(dataset):
        st.info("There are no texts in this project yet. What is evaluated is a choice among them.")
        next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return
    sections = {section.label: section for section in SECTIONS}
    chosen = st.segmented_control(
        "Question",
        list(sections),
        default=SECTIONS[0].label,
        required=True,
        label_visibility="collapsed",
        **remembered(page.project.id, "evaluate-section"),
    )
    section = sections[chosen]
    st.header(section.question, anchor=False)
    section.draw(page)
