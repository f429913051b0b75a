"""How prompts are written: templates, which demonstrations, how many, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape
from ui.prompts_page_retrieval import draw_retrieval
from ui.prompts_page_templates import draw_templates
from ui.prompts_page_tokens import draw_tokens
from votek.errors import VotekError
from votek.prompts import check_settings

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import PromptSettings

__all__ = ["draw_settings", "template_columns"]


def draw_settings(page: OpenPage) -> tuple[PromptSettings | None, str]:
    """Draw the settings and keep them in the project; while they cannot be used, None and why."""
    st.subheader("How prompts are written", anchor=False)
    stored = page.project.prompts
    of_pool, of_query = template_columns(page)
    templates, problem = draw_templates(page, stored, of_pool, of_query)
    wanted, missing = draw_tokens(page, draw_retrieval(page, templates))
    if missing:
        st.info(missing)
    if not problem and not missing:
        try:
            check_settings(wanted, pool_fields=of_pool, query_fields=of_query)
        except VotekError as found:
            problem = str(found)
            st.error(escape(problem))
    if problem or missing:
        return None, problem or missing
    if wanted != stored:
        page.workspace.set_prompts(page.project.id, wanted)
    return wanted, ""


def template_columns(page: OpenPage) -> tuple[list[str], list[str]]:
    """Columns that the demonstration and the query template may name: those that hold no labels."""
    return page.workspace.template_columns(page.project.id)
