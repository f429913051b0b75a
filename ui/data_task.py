"""What a person is asked to do with each text: the task type, its labels, the guidelines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui.palette import COLOR_NAMES, label_color
from votek.datatypes import LabelSpec, TaskSpec

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import TaskType

__all__ = ["TASK_WORDS", "draw_guidelines", "draw_task", "make_labels"]

TASK_WORDS: dict[TaskType, str] = {
    "single": "Choose one label",
    "multi": "Choose several labels",
    "text": "Write an answer",
}
KEYS = "1234567890"
_HEX = {name: color for color, name in COLOR_NAMES.items()}


def make_labels(names: Iterable[str]) -> tuple[LabelSpec, ...]:
    """Labels for these names, in this order: each with a colour, the first ten with a key.

    >>> [(label.name, label.key) for label in make_labels(["a", "b", "a", " "])]
    [('a', '1'), ('b', '2')]
    """
    distinct = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    return tuple(
        LabelSpec(name, label_color(i), key=KEYS[i] if i < len(KEYS) else "") for i, name in enumerate(distinct)
    )


def draw_task(page: OpenPage) -> None:
    """Draw the task of the project and save what is changed."""
    task = page.project.task
    st.header("What you will do with each text", anchor=False)
    kind = st.segmented_control(
        "Task",
        list(TASK_WORDS),
        format_func=TASK_WORDS.__getitem__,
        default=task.type,
        required=True,
        label_visibility="collapsed",
        key=f"task-type-{page.project.id}-{task.version}",
    )
    if kind != task.type:
        page.workspace.set_task(page.project.id, replace(task, type=kind))
        st.rerun()
    if kind != "text":
        _label_table(page, task)


def _label_table(page: OpenPage, task: TaskSpec) -> None:
    if not task.labels:
        _first_labels(page, task)
        return
    with st.expander(f"{len(task.labels)} labels", expanded=len(task.labels) <= 12):
        st.caption("Each label with its meaning, key and colour. New labels go in a new row.")
        frame = pd.DataFrame(
            [(label.name, label.definition, label.key, _color_name(label.color)) for label in task.labels],
            columns=["Label", "Definition", "Key", "Colour"],
        )
        colors = list(dict.fromkeys([*COLOR_NAMES.values(), *frame["Colour"]]))
        edited = st.data_editor(
            frame,
            num_rows="dynamic",
            key=f"labels-{page.project.id}-{task.version}",
            column_config={
                "Label": st.column_config.TextColumn(required=True, max_chars=200),
                "Definition": st.column_config.TextColumn(width="medium"),
                "Key": st.column_config.SelectboxColumn(options=["", *KEYS], width="small"),
                "Colour": st.column_config.SelectboxColumn(options=colors, width="small"),
            },
            alt="The labels of this project with definition, key and colour",
        )
        labels = _read_labels(edited)
        if labels != task.labels and st.button("Save labels"):
            page.workspace.set_task(page.project.id, replace(task, labels=labels))
            st.rerun()


def _first_labels(page: OpenPage, task: TaskSpec) -> None:
    names = st.text_area(
        "Labels, one on each line",
        placeholder="complaint\nquestion\npraise",
        key=f"first-labels-{page.project.id}",
        height=120,
    )
    if st.button("Save labels", disabled=not names.strip()):
        page.workspace.set_task(page.project.id, replace(task, labels=make_labels(names.splitlines())))
        st.rerun()


def _color_name(color: str) -> str:
    return COLOR_NAMES.get(color.upper(), color)


def _read_labels(edited: pd.DataFrame) -> tuple[LabelSpec, ...]:
    labels: dict[str, LabelSpec] = {}
    for position, row in enumerate(edited.fillna("").astype(str).to_dict("records")):
        name = row["Label"].strip()
        if name and name not in labels:
            color = _HEX.get(row["Colour"], row["Colour"]) or label_color(position)
            labels[name] = LabelSpec(name, color, row["Definition"], row["Key"])
    return tuple(labels.values())


def draw_guidelines(page: OpenPage) -> None:
    """Draw the guidelines of the project and save what is changed."""
    project = page.project
    with st.expander("Guidelines", expanded=bool(project.guidelines)):
        text = st.text_area(
            "What should an annotator know? Shown beside every text.",
            project.guidelines,
            height=160,
            key=f"guidelines-{project.id}-{project.guidelines_version}",
        )
        if text != project.guidelines and st.button("Save guidelines"):
            page.workspace.set_guidelines(project.id, text)
            st.rerun()
