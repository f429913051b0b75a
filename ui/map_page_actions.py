"""Changes to the labelling queue made on the map, each with a way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ui.frame import escape
from votek.errors import VotekError

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from ui.map_page_data import MapData

__all__ = ["change_queue", "changed", "draw_actions", "draw_done"]

Steps = list[tuple[str, list[int]]]
"""Changes of the queue, in order: "add", "exclude" or "include", and the rows."""


def draw_actions(page: OpenPage, data: MapData, rows: NDArray[np.int64]) -> None:
    """Draw the buttons that change the queue by these rows."""
    listed = [int(row) for row in rows]
    others = [row for row in listed if row not in data.rank]
    open_rows = [row for row in listed if row not in data.labels and row not in data.excluded]
    barred = [row for row in listed if row in data.excluded]
    for label, kind, wanted, about in (
        ("Add to labelling queue", "add", others, "These texts are to be labelled, too"),
        (
            "Exclude from labelling queue",
            "exclude",
            open_rows,
            "Never picked, and out of the labelling queue; labelled texts stay. They still vote.",
        ),
        ("Allow these again", "include", barred, "Excluded texts may be picked again"),
    ):
        st.button(
            f"{label} ({len(wanted):,})",
            key=f"map-{kind}",
            disabled=not wanted,
            help=about,
            type="tertiary" if kind == "include" else "secondary",
            on_click=change_queue,
            args=(page, kind, wanted),
        )


def draw_done(page: OpenPage) -> None:
    """Say what the last action did, with a button that takes it back."""
    done = st.session_state.get(_key(page, "done"))
    if not done:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if done["failed"]:
            st.error(escape(done["words"]))
        else:
            st.success(done["words"])
        if done["undo"]:
            st.button("Undo", key="map-undo", on_click=_undo, args=(page, done["undo"]))


def changed(page: OpenPage) -> bool:
    """Whether the queue was changed since this was last asked, so that the whole page must be drawn anew."""
    return bool(st.session_state.pop(_key(page, "changed"), False))


def change_queue(page: OpenPage, kind: str, rows: Sequence[int]) -> None:
    """Change the queue and remember what was done and how to take it back; for a button's callback."""
    space, project_id = page.workspace, page.project.id
    try:
        queue, barred = {item.row: item.origin for item in space.queue(project_id)}, space.excluded(project_id)
        _run(page, [(kind, list(rows))])
        queue_now, barred_now = {item.row for item in space.queue(project_id)}, space.excluded(project_id)
    except VotekError as error:
        _remember(page, str(error), failed=True)
        return
    if kind == "add":
        moved = [row for row in rows if row in queue_now and row not in queue]
        undo = [("exclude", moved), ("include", [row for row in moved if row not in barred])]
        words = f"{_texts(moved)} added to the labelling queue."
    elif kind == "exclude":
        moved = [row for row in rows if row in barred_now and row not in barred]
        undo = [("include", moved), ("add", [row for row in moved if queue.get(row) == "added"])]
        words = f"{_texts(moved)} excluded from the labelling queue."
    else:
        moved = [row for row in rows if row in barred and row not in barred_now]
        undo = [("exclude", moved)]
        words = f"{_texts(moved)} may be picked again."
    _remember(page, words, undo=undo if moved else [])


def _undo(page: OpenPage, steps: Steps) -> None:
    try:
        _run(page, steps)
    except VotekError as error:
        _remember(page, str(error), failed=True)
    else:
        _remember(page, "Undone: the labelling queue is as it was.")


def _run(page: OpenPage, steps: Steps) -> None:
    space = page.workspace
    acts = {"add": space.add_to_queue, "exclude": space.exclude, "include": space.include_again}
    for kind, rows in steps:
        if rows:
            acts[kind](page.project.id, rows)


def _remember(page: OpenPage, words: str, *, undo: Steps | None = None, failed: bool = False) -> None:
    st.session_state[_key(page, "done")] = {"words": words, "undo": undo or [], "failed": failed}
    st.session_state[_key(page, "changed")] = True


def _key(page: OpenPage, name: str) -> str:
    return f"{page.project.id}-map-{name}"


def _texts(rows: Sequence[int]) -> str:
    return f"{len(rows):,} text" + ("" if len(rows) == 1 else "s")
