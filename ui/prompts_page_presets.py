"""Ready words to begin a project's prompts from: which fit, how they read, and taking them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape
from ui.prompts_page_follow import field_values
from votek.errors import VotekError
from votek.prompts import QueryRow, fitting_presets, has_own_words, sample_prompt, with_preset

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from ui.prompts_page_parts import Material
    from votek.datatypes import Dataset, PromptSettings
    from votek.prompts import Preset

__all__ = ["draw_presets"]

_WORDS = ("prompt-instruction", "prompt-demonstration", "prompt-query", "prompt-separator")


def draw_presets(page: OpenPage, material: Material) -> None:
    """Draw the choice of a preset; its words are taken only by the button under their preview."""
    with st.expander("Begin from ready words", key="presets"):
        of_pool, of_query = page.workspace.template_columns(page.project.id)
        columns = _columns(page, of_pool, of_query)
        offered = {preset.name: preset for preset in fitting_presets(page.project.task, columns)}
        name = st.selectbox(
            "For which task",
            list(offered),
            index=None,
            format_func=lambda name: offered[name].title,
            placeholder="Choose one to see how it reads",
            key=f"{page.project.id}-preset",
        )
        if name is None:
            return
        st.caption(offered[name].sentence)
        chosen = _chosen_columns(page, offered[name], columns)
        if chosen is not None:
            _offer(page, material, offered[name], chosen, of_query)


def _columns(page: OpenPage, of_pool: list[str], of_query: list[str]) -> list[str]:
    """Columns that both the labelled texts and the test items have, without that of the ids."""
    pool = page.workspace.dataset(page.project.id)
    ids = pool.details.get("id") if pool is not None else None
    return [column for column in of_pool if column in of_query and column != ids and not set("{}") & set(column)]


def _chosen_columns(page: OpenPage, preset: Preset, columns: list[str]) -> list[str] | None:
    """The columns that the preset is to write; None while they cannot be used."""
    chosen = []
    for place, what in enumerate(preset.columns):
        column = st.selectbox(
            what + (" (may stay empty)" if preset.optional else ""),
            columns,
            index=None if preset.optional else place,
            placeholder="No column",
            key=f"{page.project.id}-preset-{preset.name}-{place}",
        )
        chosen += [] if column is None else [column]
    if len(set(chosen)) < len(chosen):
        st.info("Choose two columns that differ.")
        return None
    return chosen


def _offer(page: OpenPage, material: Material, preset: Preset, columns: list[str], of_query: list[str]) -> None:
    stored, task = page.project.prompts, page.project.task
    try:
        wanted = with_preset(stored, preset.name, task=task, columns=columns)
        shown = sample_prompt(wanted, material.labelled[0], _first_query(material, of_query), task=task)
    except VotekError as problem:
        st.error(escape(str(problem)))
        return
    st.caption("So it reads, with one demonstration:")
    st.code(shown, language=None, wrap_lines=True, height=320 if len(shown) > 1_500 else "content")
    if wanted == stored:
        st.caption("These are the words of now.")
        return
    _warn(page, stored)
    if st.button("Use these words", key="use-preset"):
        page.workspace.set_prompts(page.project.id, wanted)
        st.rerun()


def _warn(page: OpenPage, stored: PromptSettings) -> None:
    """Say what would go: words of one's own, and words in the fields that are not kept."""
    fields = field_values(stored, page.project.task)
    typed = [st.session_state.get(f"{page.project.id}-{name}", fields[name]) for name in _WORDS]
    if typed != [fields[name] for name in _WORDS]:
        st.warning("The words in the fields below are not kept, because they cannot be used yet. They would be lost.")
    elif has_own_words(stored, task=page.project.task):
        st.warning(
            f"This replaces the words you wrote. They stay under Versions, as version {page.project.prompts_version}."
        )


def _first_query(material: Material, columns: list[str]) -> QueryRow:
    items: Dataset = material.items
    taken = {row.row for row in material.labelled} if material.own else set()
    row = next((row for row in range(len(items)) if row not in taken), 0)
    return QueryRow(items.ids[row], items.texts[row], fields={c: str(items.fields[c].iloc[row]) for c in columns})
