"""The Prompts page: how prompts are written, what they look like, and the files to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import OpenPage, escape, next_step
from ui.jobs import latest_failure, watch_jobs
from ui.prompts_page_exports import draw_exports
from ui.prompts_page_preview import draw_preview
from ui.prompts_page_settings import draw_settings
from votek.access.roles import may

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["draw_prompts"]


def draw_prompts(page: OpenPage) -> None:
    """Draw the page: settings beside the preview of one prompt, then the downloads."""
    space, project = page.workspace, page.project
    dataset = space.dataset(project.id)
    if dataset is None or not len(dataset):
        st.info("There are no texts in this project yet. Prompts are written from texts that were labelled.")
        next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return
    labelled = space.labelled_rows(project.id)
    if not labelled:
        st.info("No text is labelled yet. Every labelled text can stand in a prompt as an example.")
        if space.queue(project.id):
            next_step("Start labelling", page="pages/4_Annotate.py", query=page.query)
        else:
            next_step("Choose what to label", page="pages/2_Select.py", query=page.query)
        return
    tests = space.dataset(project.id, "test")
    if not _vectors_there(page, tests):
        return
    _what_for(page, dataset, tests, labelled=len(labelled))
    left, right = st.columns([2, 3], gap="large")
    with left:
        settings, problem = draw_settings(page)
    with right:
        items = tests if tests is not None else dataset
        draw_preview(page, items, labelled, settings, own=tests is None, problem=problem)
    draw_exports(page, with_prompts=tests is not None or len(labelled) < len(dataset), valid=settings is not None)


def _vectors_there(page: OpenPage, tests: Dataset | None) -> bool:
    space, project = page.workspace, page.project
    busy = watch_jobs(space, project.id, "prepare")
    missing = space.embeddings(project.id) is None or (
        tests is not None and space.embeddings(project.id, "test") is None
    )
    if not missing:
        return True
    if busy:
        st.caption("Prompts can be written as soon as the texts have been compared.")
        return False
    failure = latest_failure(space, project.id, "prepare")
    if failure:
        st.error(escape(failure))
    else:
        st.info("The texts have not been compared with each other yet; that is how similar examples are found.")
    if next_step("Compare the texts"):
        space.request_preparation(project.id)
        st.rerun()
    return False


def _what_for(page: OpenPage, dataset: Dataset, tests: Dataset | None, *, labelled: int) -> None:
    source = f"{labelled:,} labelled text" + ("s" if labelled != 1 else "")
    if tests is not None:
        st.markdown(f"**{source}** to draw from, **{len(tests):,} test items** to write a prompt for.")
    else:
        rest = len(dataset) - labelled
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{source}** to draw from. There is no test file, so prompts are written for "
                f"the **{rest:,} texts without a label**.",
                width="stretch",
            )
            if may(page.role, "owner"):
                st.page_link("pages/1_Data.py", label="Add test items", query_params=page.query)
    st.caption(
        "A test item is a text to write a prompt for. A demonstration is a labelled text that stands in the "
        "prompt as an example of the answer."
    )
