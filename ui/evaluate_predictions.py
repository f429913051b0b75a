"""A file of predictions, from the upload to the options of the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.data_file import UPLOAD_TYPES
from ui.frame import errors_shown

if TYPE_CHECKING:
    from ui.frame import OpenPage

__all__ = ["draw_predictions"]

_PROJECT = "The labels of this project"


def draw_predictions(page: OpenPage) -> dict[str, Any] | None:
    """Draw the upload and which column is what; the options of the analysis, or None until they can be used."""
    from votek.datasets import read_table

    st.caption(
        "One row per item: its id as in this project, and a column with the answers of each of at least 3 models."
    )
    upload = st.file_uploader(
        "Predictions",
        type=list(UPLOAD_TYPES),
        max_upload_size=page.workspace.settings.max_upload_mb,
        key=f"{page.project.id}-predictions",
    )
    if upload is None:
        return None
    with errors_shown():
        content = upload.getvalue()
        columns = list(read_table(content, name=upload.name, first=1).columns)
        with st.container(horizontal=True):
            place = columns.index("id") if "id" in columns else 0
            id_column = st.selectbox("Column of the ids", columns, index=place, key=f"{page.project.id}-prediction-id")
            gold = st.selectbox(
                "Right answers", [_PROJECT, *columns], key=f"{page.project.id}-prediction-gold", help=_GOLD_HELP
            )
        left = [name for name in columns if name not in (id_column, gold, "text")]
        models = st.multiselect("Models", left, default=left, key=f"{page.project.id}-prediction-models")
        return _kept(page, upload.name, content, (id_column, None if gold == _PROJECT else gold, tuple(models)))
    return None


_GOLD_HELP = "The labels given here or the hidden gold labels, matched by id; or a column of the file."


def _kept(
    page: OpenPage, name: str, content: bytes, columns: tuple[str, str | None, tuple[str, ...]]
) -> dict[str, Any] | None:
    """Keep the predictions, once for the same file and columns."""
    from votek.errors import InputError
    from votek.evaluation import read_predictions

    id_column, gold, models = columns
    if len(models) < 3:
        raise InputError(f"{len(models)} models are chosen; choose at least 3 columns of answers.")
    mark = (page.project.id, name, hash(content), columns)
    slot = f"{page.project.id}-predictions-kept"
    if st.session_state.get(slot, (None,))[0] != mark:
        found = read_predictions(content, name=name, id=id_column, models=models, gold=gold)
        fit = page.workspace.predictions_fit(page.project.id, found)
        # Where not both fit, the workspace knows which, or says what does not match.
        roles = fit if len(fit) > 1 else [None]
        kept = [page.workspace.keep_predictions(page.project.id, found, of=role) for role in roles]
        st.session_state[slot] = (mark, kept)
    key_of = dict(st.session_state[slot][1])
    role = _which(page) if len(key_of) > 1 else next(iter(key_of))
    if role is None:
        return None
    items = "texts" if role == "pool" else "test items"
    st.caption(f"These are predictions for the {items} of this project.")
    return {"of": role, "predictions": key_of[role], "seed": 0}


def _which(page: OpenPage) -> str | None:
    """Asked, never guessed: answers held against the wrong items make nearly all of them look impossible."""
    return st.radio(
        "Which items? Texts and test items have the same ids.",
        ["pool", "test"],
        index=None,
        format_func=lambda role: "The texts" if role == "pool" else "The test items",
        horizontal=True,
        key=f"{page.project.id}-prediction-of",
    )
