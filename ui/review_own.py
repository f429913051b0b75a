"""On the Annotate page: the texts of one's own that are to be looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.review_parts import plural

if TYPE_CHECKING:
    from collections.abc import Container

    from ui.frame import OpenPage

__all__ = ["own_recheck"]


def own_recheck(page: OpenPage, there: Container[str]) -> str | None:
    """Say how many texts this person should look at again, if any; the id of the one they want to see now.

    `there`: ids that the labeler holds.
    """
    project = page.project.id
    marked = [one for one in page.workspace.my_rechecks(project, who=page.person.id) if one.item in there]
    if not marked:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        changed = "their labels' meaning or the guidelines have changed"
        st.caption(
            f"{plural(len(marked), 'text', 'texts')} of yours to look at again, as {changed}: give the label once "
            "more, the same or another."
        )
        wanted = st.button("Open the next one", key=f"{project}-recheck", type="tertiary")
    return marked[0].item if wanted else None
