"""What labels of a file would do to a project, what cannot be kept, and what was loaded before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from ui.frame import OpenPage, errors_shown, escape

if TYPE_CHECKING:
    from votek.imports import ImportedLabels, Loss
    from votek.workspace.import_plan import Conflict

__all__ = ["draw_comparison", "draw_earlier", "draw_losses"]

_SHOWN = 200
_EXISTING: dict[Literal["keep", "add"], str] = {
    "keep": "Keep what is there, leave those of the file out",
    "add": "Put those of the file beside, so that Review can settle them",
}


def draw_losses(losses: Sequence[Loss], *, title: str) -> None:
    """Draw each kind of loss with its count and where it occurs."""
    if not losses:
        st.caption("Nothing in the file has to be left out.")
        return
    with st.expander(f"{title}: {sum(loss.count for loss in losses):,}", expanded=True):
        for loss in losses:
            st.text(f"{loss.count:,} × {loss.sentence}")
            found = "; ".join(f"row {one.row:,}: {one.excerpt}".rstrip(": ") for one in loss.examples)
            st.caption(escape(f"For example {found}"))


def draw_comparison(page: OpenPage, found: ImportedLabels, *, key: str) -> tuple[Literal["keep", "add"], int]:
    """Draw what loading would do here; returns how to treat labels that are there, and how many answers are new."""
    space, project = page.workspace, page.project
    seen = space.import_labels(project.id, found, preview=True)
    existing: Literal["keep", "add"] = "keep"
    own = {loss.kind: loss for loss in seen.losses if loss not in found.losses}
    if "kept" in own:
        st.markdown("**Some of these texts have been labelled here already**")
        _conflicts(seen.conflicts, key=key)
        existing = st.radio(
            f"{seen.agreeing:,} labels are the same, {len(seen.conflicts):,} differ. What shall happen to those texts?",
            list(_EXISTING),
            format_func=_EXISTING.__getitem__,
            key=f"{key}-existing",
        )
        if existing == "add":
            seen = space.import_labels(project.id, found, preview=True, existing="add")
            own = {loss.kind: loss for loss in seen.losses if loss not in found.losses}
    words = (
        f"{seen.added:,} answers are new, {seen.known:,} are here already; they are about {seen.texts:,} of the texts."
    )
    st.text(words + (f" New labels of the task: {', '.join(seen.new_labels[:20])}." if seen.new_labels else ""))
    if own:
        draw_losses(tuple(own.values()), title="What does not come into this project")
    return existing, seen.added


def _conflicts(conflicts: Sequence[Conflict], *, key: str) -> None:
    if not conflicts:
        return
    rows = [(one.item, _words(one.here), _words(one.there)) for one in conflicts[:_SHOWN]]
    st.dataframe(
        pd.DataFrame(rows, columns=["Id", "Here", "In the file"]),
        hide_index=True,
        height=35 * min(len(rows) + 1, 6) + 2,
        key=f"{key}-conflicts",
        alt="Texts with another label here than in the file",
    )


def draw_earlier(page: OpenPage, *, key: str) -> None:
    """Draw the earlier imports of labels, each with a way to take it back."""
    space, project = page.workspace, page.project
    earlier = space.label_imports(project.id)
    if earlier:
        st.markdown("**Loaded earlier**")
    for one in earlier:
        with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-import-{one.id}"):
            stands = f"{one.standing:,} entries" if one.standing else "taken back"
            st.text(f"{one.file or one.tool}, {one.time:%Y-%m-%d %H:%M} UTC: {stands}", width="stretch")
            if one.standing and st.button(
                "Take back", key=f"{key}-back-{one.id}", help=f"Import {one.id} of {one.tool}"
            ):
                with errors_shown():
                    count = space.take_back_labels(project.id, one.id)
                    st.session_state[f"{key}-done"] = f"{count:,} answers were taken back."
                    st.rerun()


def _words(value: Any) -> str:
    return "skipped" if value is None else ", ".join(value) if isinstance(value, list) else str(value)
