"""Labels from another tool: a file, what was recognised in it and what cannot be kept, then its labels loaded."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from ui.data_file import draw_refusals
from ui.data_import_report import draw_comparison, draw_earlier, draw_losses
from ui.frame import OpenPage, errors_shown, show_error
from ui.home import NEW_NAME, free_name
from votek.datasets import Limits
from votek.errors import VotekError
from votek.imports import label_formats, read_labels
from votek.workspace.importing import fill_from_labels, project_from_labels

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from votek.imports import ImportedLabels

__all__ = ["draw_import_labels"]

TYPES = ["json", "jsonl", "ndjson", "zip", "csv", "tsv", "parquet", "arrow", "xlsx", "gz"]
_DETECT = "Detect"
_HERE, _NEW = "Into this project", "Into a new project"
_TASKS = {"single": "one label for each text", "multi": "several labels for a text", "text": "written answers"}


def draw_import_labels(page: OpenPage, *, empty: bool = False) -> None:
    """Draw the way of labels that were made elsewhere; `empty`: the project has no texts yet, so these come as well."""
    key = f"labels-{page.project.id}"
    done = st.session_state.pop(f"{key}-done", None)
    with st.expander("Labels from another tool", expanded=bool(done)):
        if done:
            st.success(done)
        st.caption(
            "An export of Label Studio, doccano, Argilla, Prodigy or Potato, a zipped folder of Hugging Face datasets, "
            "or a table with labels. Everybody who labelled stays a person of their own. Nothing is stored before you "
            "have seen what was found."
        )
        turn = st.session_state.get(f"{key}-turn", 0)
        upload = st.file_uploader(
            "File with labels",
            type=TYPES,
            max_upload_size=page.workspace.settings.max_upload_mb,
            key=f"{key}-file-{turn}",
        )
        if upload is not None:
            _draw_found(page, upload, key=key, empty=empty)
        if not empty:
            draw_earlier(page, key=key)


def _draw_found(page: OpenPage, upload: UploadedFile, *, key: str, empty: bool) -> None:
    found = _read(page, upload, key=key)
    if found is None:
        return
    people = [name for name in found.people if name]
    with st.container(horizontal=True, gap="large", key=f"{key}-counts"):
        st.metric("Texts", f"{len(found.dataset) if found.has_texts else 0:,}", width="content")
        st.metric("Answers", f"{len(found.answers):,}", width="content")
        st.metric("People named", f"{len(people):,}", width="content")
        st.metric("Labels", f"{len(found.labels):,}", width="content")
    st.text(
        f"{_TASKS[found.task].capitalize()}" + (f", to the question {found.question!r}." if found.question else ".")
    )
    for title, names in (("People", people), ("Labels", found.labels)):
        if names:
            more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
            st.text(f"{title}: {', '.join(names[:20])}{more}")
    draw_refusals(found.dataset.refusals, key=key)
    draw_losses(found.losses, title="What cannot be kept")
    _draw_load(page, found, PurePath(upload.name).name, key=key, empty=empty)


def _read(page: OpenPage, upload: UploadedFile, *, key: str) -> ImportedLabels | None:
    """The labels in the file, read again only when they are read differently; None with an error shown."""
    options = _options(key)
    slot, wanted = f"{key}-found", (upload.file_id, tuple(sorted(options.items())))
    held = st.session_state.get(slot)
    found: ImportedLabels | None = held[1] if held is not None and held[0] == wanted else None
    if found is None:
        st.session_state.pop(slot, None)
        try:
            with st.spinner("Reading the file"):
                limits = Limits.from_settings(page.workspace.settings)
                found = read_labels(upload.getvalue(), name=upload.name, limits=limits, **options)
        except VotekError as error:
            show_error(error)
        else:
            st.session_state[slot] = (wanted, found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if found is not None:
            st.text(f"Recognised as {found.title}: {found.why}.")
        _other_ways(found, key=key)
    return found


def _options(key: str) -> dict[str, Any]:
    names = ("format", "question", "text", "id", "label", "who")
    chosen = {name: st.session_state.get(f"{key}-{name}") for name in names}
    return {name: value for name, value in chosen.items() if value not in (None, "", _DETECT)}


def _other_ways(found: ImportedLabels | None, *, key: str) -> None:
    titles = {_DETECT: _DETECT, **{name: format.title for name, format in label_formats().items()}}
    with st.popover("Read it differently"):
        st.selectbox("Written by", list(titles), format_func=titles.__getitem__, key=f"{key}-format")
        if found is not None and len(found.questions) > 1:
            st.selectbox("Question", [_DETECT, *found.questions], key=f"{key}-question")
        st.text_input("Column or field of the text", key=f"{key}-text")
        st.text_input("Column or field of the id", key=f"{key}-id")
        st.text_input("Column of the label", key=f"{key}-label")
        st.text_input("Who labelled: a column, or a name for all", key=f"{key}-who")


def _draw_load(page: OpenPage, found: ImportedLabels, name: str, *, key: str, empty: bool) -> None:
    where = _HERE
    if found.has_texts and page.workspace.may_make_projects() and not empty:
        where = st.radio("Where do the labels go?", [_HERE, _NEW], key=f"{key}-where", horizontal=True)
    existing: Literal["keep", "add"] = "keep"
    count = len(found.answers)
    if where == _HERE and not empty:
        existing, count = draw_comparison(page, found, key=key)
    words = (
        f"Load {len(found.dataset):,} texts and {count:,} answers"
        if empty or where == _NEW
        else f"Load {count:,} answers"
    )
    if not st.button(words, key=f"{key}-load", disabled=not count and not (empty or where == _NEW)):
        return
    with errors_shown():
        _load(page, found, name, new=where == _NEW, empty=empty, existing=existing, key=key)


def _load(
    page: OpenPage,
    found: ImportedLabels,
    name: str,
    *,
    new: bool,
    empty: bool,
    existing: Literal["keep", "add"],
    key: str,
) -> None:
    space, project = page.workspace, page.project
    title = free_name(space, name.split(".")[0].strip() or "Labels")
    if new:
        project, done = project_from_labels(space, title, found, file=name)
    elif empty:
        done = fill_from_labels(space, project.id, found, file=name)
        if project.name == NEW_NAME:
            space.rename_project(project.id, title)
    else:
        done = space.import_labels(project.id, found, file=name, existing=existing)
    if new or empty:
        space.request_preparation(project.id)
    st.session_state.pop(f"{key}-found", None)
    st.session_state[f"{key}-turn"] = st.session_state.get(f"{key}-turn", 0) + 1
    st.session_state[f"labels-{project.id}-done"] = f"{done.added:,} answers about {done.texts:,} texts were loaded."
    if new:
        st.switch_page("pages/1_Data.py", query_params={"project": project.id})
    st.rerun()
