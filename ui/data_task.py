"""What a person is asked to do with each text: the task type, its labels, the guidelines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui.data_labels import draw_labels
from ui.frame import escape
from ui.remember import remembered
from votek.errors import InputError

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import LabelSpec, TaskType

__all__ = ["TASK_WORDS", "draw_guidelines", "draw_task"]

TASK_WORDS: dict[TaskType, str] = {
    "single": "Choose one label",
    "multi": "Choose several labels",
    "text": "Write an answer",
}


def draw_task(page: OpenPage) -> tuple[LabelSpec, ...]:
    """Draw the task of the project and save what is changed; returns the labels as they stand on the page."""
    task = page.project.task
    st.header("What you will do with each text", anchor=False)
    refused = f"task-refused-{page.project.id}"
    turn, message = st.session_state.get(refused, (0, ""))
    kind = st.segmented_control(
        "Task",
        list(TASK_WORDS),
        format_func=TASK_WORDS.__getitem__,
        default=task.type,
        required=True,
        label_visibility="collapsed",
        key=f"task-type-{page.project.id}-{task.version}-{turn}",
    )
    if kind != task.type:
        try:
            page.workspace.set_task(page.project.id, replace(task, type=kind))
        except InputError as error:
            # A new key shows the stored choice again.
            st.session_state[refused] = (turn + 1, str(error))
        st.rerun()
    if message:
        st.error(escape(message))
        st.session_state[refused] = (turn, "")
    return draw_labels(page, task) if kind != "text" else ()


def draw_guidelines(page: OpenPage) -> None:
    """Draw the guidelines of the project and save what is changed."""
    project = page.project
    with st.expander("Guidelines", expanded=bool(project.guidelines)):
        text = st.text_area(
            "What should an annotator know? Shown beside every text.",
            project.guidelines,
            height=160,
            **remembered(project.id, f"guidelines-{project.guidelines_version}"),
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            save = st.button("Save guidelines")
            changed = text != project.guidelines
            st.caption("Not saved yet." if changed else "Saved." if text else "", width="content")
        if save and changed:
            page.workspace.set_guidelines(project.id, text)
            st.rerun()
