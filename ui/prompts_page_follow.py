"""Keeps the fields of the Prompts page in step with what is stored, also where something else changed it.

A widget shows what was last typed into it. Without this, settings that were taken from a preset, taken back from an
earlier version, or changed by another person or a command would be overwritten by the old fields at the next click.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.prompts_page_retrieval import retrieval_fields
from ui.prompts_page_tokens import token_fields
from votek.prompts import settings_in_force

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import PromptSettings, TaskSpec

__all__ = ["field_values", "follow_store", "keep_in_step"]


def follow_store(page: OpenPage) -> None:
    """Before any field is drawn: give the fields the stored settings where those changed without them."""
    stored, slot = page.project.prompts, _slot(page)
    if slot in st.session_state and st.session_state[slot] != stored:
        for name, value in field_values(stored, page.project.task).items():
            st.session_state[f"{page.project.id}-{name}"] = value
    st.session_state[slot] = stored


def keep_in_step(page: OpenPage, settings: PromptSettings | None) -> None:
    """After the fields are drawn: remember what they stored (None: nothing)."""
    if settings is not None:
        st.session_state[_slot(page)] = settings


def field_values(settings: PromptSettings, task: TaskSpec) -> dict[str, Any]:
    """What each field of the page shows for these settings."""
    words = {
        "prompt-instruction": settings_in_force(settings, task).instruction or "",
        "prompt-demonstration": settings.demonstration,
        "prompt-query": settings.query,
        "prompt-separator": settings.separator,
    }
    return words | retrieval_fields(settings) | token_fields(settings)


def _slot(page: OpenPage) -> str:
    return f"{page.project.id}-prompts-stored"
