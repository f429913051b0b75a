"""The Data page: a file in, its texts checked and mapped, the task described."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.data_file import draw_refusals, how_read
from ui.data_import_labels import draw_import_labels
from ui.data_labels import save_labels
from ui.data_task import draw_guidelines, draw_task
from ui.data_upload import draw_upload
from ui.frame import OpenPage, errors_shown, escape, next_step
from ui.jobs import watch_jobs

if TYPE_CHECKING:
    from votek.datatypes import Dataset, LabelSpec

__all__ = ["draw_data"]


def draw_data(page: OpenPage) -> None:
    """Draw the upload of a new project, or what a filled one holds."""
    pool = page.workspace.dataset(page.project.id)
    if pool is None:
        draw_upload(page, "pool")
        draw_import_labels(page, empty=True)
        return
    _overview(page, pool)
    labels = draw_task(page)
    draw_guidelines(page)
    _test_texts(page)
    draw_import_labels(page)
    _replace(page)
    _onward(page, labels)


def _onward(page: OpenPage, labels: tuple[LabelSpec, ...]) -> None:
    """Go on where the project stands; labels that were typed and not saved are saved on the way."""
    summary, task = page.summary, page.project.task
    words, there = {
        "prompts": ("Build prompts", "pages/6_Prompts.py"),
        "review": ("Settle disagreements", "pages/5_Review.py"),
        "annotate": ("Go on labelling" if summary.done else "Start labelling", "pages/4_Annotate.py"),
    }.get(summary.next_step, ("Choose texts to label", "pages/2_Select.py"))
    if summary.next_step == "annotate" and task.type != "text" and not labels:
        words, there = "See the picks", "pages/2_Select.py"
    if next_step(words):
        with errors_shown():
            if task.type != "text" and labels != task.labels:
                save_labels(page, labels)
            st.switch_page(there, query_params=page.query)


def _overview(page: OpenPage, pool: Dataset) -> None:
    space, project = page.workspace, page.project
    exact = len(pool) - len(set(pool.duplicates.tolist()))
    prepared = space.prepared(project.id)
    with st.container(horizontal=True, gap="large", key="counts"):
        st.metric("Texts", f"{len(pool):,}", width="content")
        st.metric("Exact copies", f"{exact:,}", width="content")
        if prepared is not None:
            near = len(pool) - len(prepared.rows) - exact
            st.metric("Near-copies", f"{near:,}", width="content")
        st.metric("Refused rows", f"{len(pool.refusals):,}", width="content")
    st.text(how_read(pool.details))
    threshold = space.settings.near_copy_threshold
    found = "" if prepared is not None else " They are counted once the texts are prepared."
    st.caption(
        f"Near-copies: texts that say almost the same, with a cosine similarity of at least {threshold:g} "
        f"(1 means identical).{found} "
        "Of texts that are copies of each other, only one can be picked."
    )
    draw_refusals(pool.refusals, key="pool")
    gold = space.gold_columns(project.id)
    if gold:
        st.caption(f"Hidden gold, kept aside to compare with later: {escape(', '.join(gold))}.")
    watch_jobs(space, project.id, "prepare")
    with st.expander("Look at the texts"):
        st.dataframe(pool.fields.head(200), key="pool-rows", alt="The first 200 rows of the file")


def _test_texts(page: OpenPage) -> None:
    tests = page.workspace.dataset(page.project.id, "test")
    title = "Test texts" if tests is None else f"Test texts: {len(tests):,}"
    with st.expander(title):
        st.caption("A second file: the texts that prompts are made for. They are never picked or shown for labelling.")
        draw_upload(page, "test")


def _replace(page: OpenPage) -> None:
    if page.workspace.has_events(page.project.id):
        return
    with st.expander("Load another file instead"):
        st.caption("Possible while nothing is labelled. The picks of the present file go.")
        draw_upload(page, "pool")
