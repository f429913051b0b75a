"""The files to take away, by group: what each is, in which order it stands, how to load it. The registry lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.escaping import slug
from ui.frame import escape
from ui.prompts_page_files import Wanted, offer
from ui.prompts_page_parts import state_of
from ui.remember import remembered
from votek.exports import GROUPS, catalogue, find_format, formats
from votek.exports.registry import ALL

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ui.frame import OpenPage
    from ui.prompts_page_parts import Material
    from votek.exports import Format

__all__ = ["draw_exports", "file_name"]

EVERYTHING = "Everything"


def draw_exports(page: OpenPage, material: Material, *, valid: bool) -> None:
    """Draw one group of formats, each with a file to prepare and take away."""
    st.subheader("Take it away", anchor=False)
    st.caption(
        "Beside each file there is its manifest: a record of what the file was made from, by which settings, and who "
        "labelled what. With it, `votek reproduce` can make the same file again."
    )
    if not valid:
        st.info("The downloads come back once the settings above can be used.")
        return
    titles = [*GROUPS.values(), EVERYTHING]
    chosen = st.segmented_control(
        "Kind of file",
        titles,
        default=titles[0],
        required=True,
        label_visibility="collapsed",
        **remembered(page.project.id, "export-group"),
    )
    state = state_of(page, material)
    if chosen == EVERYTHING:
        _everything(page, state)
        return
    shown = [one for one in catalogue() if GROUPS[one.group] == chosen and (one.needs != "prompts" or material.asked)]
    answers = _with_answers(page, shown)
    for format in shown:
        with st.container(border=True, key=f"export-{format.name}"):
            _one(page, format, answers=answers and format.answers, state=state)


def _one(page: OpenPage, format: Format, *, answers: bool, state: Hashable) -> None:
    with st.container(gap="xxsmall"):
        st.markdown(f"**{escape(format.title)}**")
        st.caption(escape(format.sentence))
        st.caption(escape(f"Order: {format.order}."))
    guard = True
    if format.texts_guarded:
        guard = st.checkbox(
            "Keep spreadsheets from running cells as formulas",
            True,
            help="One apostrophe goes before a cell that begins like a formula. Otherwise texts are verbatim.",
            **remembered(page.project.id, "export-guard"),
        )
    wanted = Wanted(format.name, file_name(page.project.name, format.name), guard, answers, state)
    offer(page, wanted, load=format.load)


def _everything(page: OpenPage, state: Hashable) -> None:
    with st.container(border=True, key=f"export-{ALL}"):
        st.markdown("**Everything in one zip file**")
        st.caption(escape(formats()[ALL] + " Without the right answers of test items."))
        offer(page, Wanted(ALL, file_name(page.project.name, ALL), True, False, state), primary=True)


def _with_answers(page: OpenPage, shown: list[Format]) -> bool:
    """Whether right answers go out: asked only where there are any, and a format that can hold them."""
    known = page.workspace.right_answers_known(page.project.id) if any(one.answers for one in shown) else 0
    if not known:
        return False
    return st.checkbox(
        "Include the right answers of the test items",
        key=f"{page.project.id}-export-answers",
        help=f"{known:,} test items have one in the file. They go into the formats that have a place for them; "
        "otherwise they never leave.",
    )


def file_name(project: str, format: str) -> str:
    """A file name that every system takes.

    >>> file_name("Help: desk?", "labelled-csv"), file_name("日本", "all")
    ('Help-desk-labelled.csv', 'votek-export.zip')
    """
    return f"{slug(project)}-{'export.zip' if format == ALL else find_format(format).file}"
