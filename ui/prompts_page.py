"""The Prompts page: one section at a time, from the words of a prompt to the files to take away.

To add a section, write `ui/prompts_page_NAME.py` with a function that takes the open page and its `Material`, and add
a line to `SECTIONS`. Only the section that is open runs, so it may build every prompt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from ui.frame import OpenPage, escape, next_step
from ui.jobs import latest_failure, watch_jobs
from ui.prompts_page_diff import draw_comparison
from ui.prompts_page_exports import draw_exports
from ui.prompts_page_follow import follow_store, keep_in_step
from ui.prompts_page_lint import draw_lint
from ui.prompts_page_parts import Material
from ui.prompts_page_presets import draw_presets
from ui.prompts_page_preview import draw_preview, show_prompt
from ui.prompts_page_settings import draw_settings, template_columns
from ui.prompts_page_versions import draw_versions
from ui.remember import remembered
from votek.access.roles import may
from votek.errors import VotekError
from votek.prompts import check_settings

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["SECTIONS", "Section", "draw_prompts"]


class Section(NamedTuple):
    """One part of the page: its short name, and what draws it."""

    label: str
    draw: Callable[[OpenPage, Material], None]


def draw_prompts(page: OpenPage) -> None:
    """Draw what there is to write prompts from, the choice of a section, then the section."""
    material = _material(page)
    if material is None:
        return
    follow_store(page)
    _what_for(page, material)
    sections = {section.label: section for section in SECTIONS}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        chosen = st.segmented_control(
            "Part of the work",
            list(sections),
            default=SECTIONS[0].label,
            required=True,
            label_visibility="collapsed",
            wrap=True,
            **remembered(page.project.id, "prompts-section"),
        )
        asked = st.button("Show a prompt", key="show-prompt")
    sections[chosen].draw(page, material)
    if asked:
        show_prompt(page, material)


def _write(page: OpenPage, material: Material) -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        draw_presets(page, material)
        settings, problem = draw_settings(page)
    keep_in_step(page, settings)
    st.session_state[_problem_key(page)] = problem
    with right:
        draw_preview(page, material, settings, problem=problem)


def _take_away(page: OpenPage, material: Material) -> None:
    draw_exports(page, material, valid=_usable(page))


def _usable(page: OpenPage) -> bool:
    """Whether prompts can be written by the stored settings; says so where the words under Write are not stored."""
    of_pool, of_query = template_columns(page)
    try:
        check_settings(page.project.prompts, pool_fields=of_pool, query_fields=of_query)
    except VotekError as found:
        st.error(escape(str(found)))
        return False
    unsaved = st.session_state.get(_problem_key(page))
    if unsaved:
        st.warning("What stands under Write cannot be used yet, so this goes by what was kept last. " + escape(unsaved))
    return True


def _problem_key(page: OpenPage) -> str:
    return f"{page.project.id}-prompts-problem"


SECTIONS: tuple[Section, ...] = (
    Section("Write", _write),
    Section("Check", draw_lint),
    Section("Versions", draw_versions),
    Section("Compare", draw_comparison),
    Section("Take away", _take_away),
)


def _material(page: OpenPage) -> Material | None:
    """What the page works with; None, with the next step drawn, while something is missing."""
    space, project = page.workspace, page.project
    dataset = space.dataset(project.id)
    if dataset is None or not len(dataset):
        st.info("There are no texts in this project yet. Prompts are written from texts that were labelled.")
        next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return None
    labelled = space.labelled_rows(project.id)
    if not labelled:
        st.info("No text is labelled yet. Every labelled text can stand in a prompt as an example.")
        if space.queue(project.id):
            next_step("Start labelling", page="pages/4_Annotate.py", query=page.query)
        else:
            next_step("Choose what to label", page="pages/2_Select.py", query=page.query)
        return None
    tests = space.dataset(project.id, "test")
    if not _vectors_there(page, tests):
        return None
    return Material(tests if tests is not None else dataset, labelled, own=tests is None)


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


def _what_for(page: OpenPage, material: Material) -> None:
    labelled = len(material.labelled)
    source = f"{labelled:,} labelled text" + ("s" if labelled != 1 else "")
    if not material.own:
        st.markdown(f"**{source}** to draw from, **{len(material.items):,} test items** to write a prompt for.")
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{source}** to draw from. There is no test file, so prompts are written for "
                f"the **{material.asked:,} texts without a label**.",
                width="stretch",
            )
            if may(page.role, "owner"):
                st.page_link("pages/1_Data.py", label="Add test items", query_params=page.query)
    st.caption(
        "A test item is a text to write a prompt for. A demonstration is a labelled text that stands in the "
        "prompt as an example of the answer."
    )
