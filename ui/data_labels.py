"""The labels of a task: their names as lines of text, their details in a table, saved by one button."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui.frame import errors_shown
from ui.palette import COLOR_NAMES, label_color
from ui.remember import remembered
from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import InputError

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["alike", "draw_labels", "make_labels", "revised_labels", "save_labels", "shown_keys"]

KEYS = "1234567890"
_SLOTS = [*KEYS, *(f"⇧{key}" for key in KEYS)]
_HEX = {name: color for color, name in COLOR_NAMES.items()}


def make_labels(names: Iterable[str]) -> tuple[LabelSpec, ...]:
    """Labels for these names, in this order: each with a colour, the first ten with a key.

    >>> [(label.name, label.key) for label in make_labels(["a", "b", "a", " "])]
    [('a', '1'), ('b', '2')]
    """
    return revised_labels(names, ())


def revised_labels(names: Iterable[str], before: Sequence[LabelSpec]) -> tuple[LabelSpec, ...]:
    """The labels with these names: a name that was there keeps its details, and so does one changed in its line.

    Keys follow the order of the lines, unless some were chosen by hand; then new labels take free ones.

    >>> [(label.name, label.key) for label in revised_labels(["c", "a"], make_labels(["a", "b", "d"]))]
    [('c', '1'), ('a', '2')]
    """
    distinct = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if distinct == [label.name for label in before]:
        return tuple(before)
    known = {label.name: label for label in before}
    in_order = all(label.key in ("", _usual_key(i)) for i, label in enumerate(before))
    free = [key for key in KEYS if key not in shown_keys(before).values()]
    labels = []
    for i, name in enumerate(distinct):
        changed = before[i] if len(distinct) == len(before) and before[i].name not in distinct else None
        old = known.get(name, changed)
        key = _usual_key(i) if in_order else old.key if old is not None else free.pop(0) if free else ""
        labels.append(replace(old, name=name, key=key) if old else LabelSpec(name, label_color(i), key=key))
    return tuple(labels)


def _usual_key(place: int) -> str:
    return KEYS[place] if place < len(KEYS) else ""


def shown_keys(labels: Sequence[LabelSpec]) -> dict[str, str]:
    """The key each label has while labelling: its own, else the next free one; a label past twenty has none.

    >>> shown_keys([LabelSpec("a", "#0072b2"), LabelSpec("b", "#0072b2", key="1")])
    {'b': '1', 'a': '2'}
    """
    keys = {label.name: label.key for label in labels if label.key}
    free = [slot for slot in _SLOTS if slot not in keys.values()]
    rest = [label.name for label in labels if not label.key]
    return keys | dict(zip(rest, free, strict=False))


def alike(names: Iterable[str], known: Iterable[str] = ()) -> str:
    """What to say about two names that differ only by case or spaces, or "" when there are none.

    Two that are both in `known` are left alone: they are in the data.

    >>> alike(["banking", "Banking"])
    '“banking” and “Banking” differ only by capital letters or spaces. Keep one of them.'
    """
    seen: dict[str, str] = {}
    settled = set(known)
    for name in filter(None, (name.strip() for name in names)):
        other = seen.setdefault("".join(name.casefold().split()), name)
        if other != name and not {other, name} <= settled:
            return f"“{other}” and “{name}” differ only by capital letters or spaces. Keep one of them."
    return ""


def draw_labels(page: OpenPage, task: TaskSpec) -> tuple[LabelSpec, ...]:
    """Draw the names, their details and the buttons; returns the labels as they stand on the page."""
    fresh = f"labels-fresh-{page.project.id}"
    turn = f"{task.version}-{st.session_state.get(fresh, 0)}"
    names = st.text_area(
        "Labels, one on each line",
        "\n".join(label.name for label in task.labels),
        placeholder="complaint\nquestion\npraise",
        help="Change, add or remove lines. A label that was given already stays until those texts have another.",
        height=max(120, min(360, 28 * len(task.labels) + 60)),
        **remembered(page.project.id, f"labels-{turn}"),
    )
    labels = revised_labels(names.splitlines(), _details(page, task, turn) if task.labels else ())
    with st.container(horizontal=True, vertical_alignment="center"):
        save = st.button("Save labels", key=f"save-labels-{page.project.id}")
        if st.button("Discard changes", key=f"discard-labels-{page.project.id}", type="tertiary"):
            st.session_state[fresh] = st.session_state.get(fresh, 0) + 1
            st.rerun()
        st.caption("Not saved yet." if labels != task.labels else "Saved." if labels else "", width="content")
    if save:
        with errors_shown():
            save_labels(page, labels)
            st.rerun()
    return labels


def save_labels(page: OpenPage, labels: tuple[LabelSpec, ...]) -> None:
    """Store the labels of the project.

    Raises:
        InputError: two names are all but the same, or the labels cannot be stored.
    """
    task = page.project.task
    clash = alike((label.name for label in labels), (label.name for label in task.labels))
    if clash:
        raise InputError(clash)
    page.workspace.set_task(page.project.id, replace(task, labels=labels))


def _details(page: OpenPage, task: TaskSpec, turn: str) -> tuple[LabelSpec, ...]:
    """The stored labels with what was changed in the table; names and rows are fixed there."""
    keys = shown_keys(task.labels)
    rows = [
        (x.name, x.definition, keys.get(x.name, ""), COLOR_NAMES.get(x.color.upper(), x.color)) for x in task.labels
    ]
    frame = pd.DataFrame(rows, columns=["Label", "Definition", "Key", "Colour"])
    with st.expander("Meaning, key and colour of each label"):
        edited = st.data_editor(
            frame,
            num_rows="fixed",
            hide_index=True,
            disabled=["Label"],
            key=f"labels-{page.project.id}-{turn}",
            column_config={
                "Definition": st.column_config.TextColumn(width="medium"),
                "Key": st.column_config.SelectboxColumn(
                    options=list(dict.fromkeys(["", *KEYS, *frame["Key"]])), width="small"
                ),
                "Colour": st.column_config.SelectboxColumn(
                    options=list(dict.fromkeys([*COLOR_NAMES.values(), *frame["Colour"]])), width="small"
                ),
            },
            alt="The labels of this project with definition, key and colour",
        )
    return tuple(
        replace(
            label,
            definition=row["Definition"],
            key=label.key if row["Key"] == keys.get(label.name, "") or row["Key"] not in KEYS else row["Key"],
            color=label.color if row["Colour"] == was else _HEX.get(row["Colour"], label.color),
        )
        for label, was, row in zip(
            task.labels, frame["Colour"], edited.fillna("").astype(str).to_dict("records"), strict=True
        )
    )
