"""Versions of how prompts are written: who changed them when, what two differ in, and the way back."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from ui.frame import OpenPage, escape
from ui.review_parts import names_of, when
from votek.errors import VotekError
from votek.prompts import changed_settings, check_settings, setting_title, settings_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.prompts_page_parts import Material
    from votek.prompts import PromptsVersion

__all__ = ["draw_versions"]


def draw_versions(page: OpenPage, material: Material) -> None:
    """Draw the list of versions, the difference of two of them, and the button that takes the earlier one back."""
    made = page.workspace.prompt_versions(page.project.id)
    st.subheader("How prompts were written before", anchor=False)
    st.caption("Every change is kept as a version, and each exported file names the one it was written by.")
    _table(page, made)
    if len(made) > 1:
        _difference(page, made)


def _table(page: OpenPage, made: Sequence[PromptsVersion]) -> None:
    names = names_of(page, [one.who for one in made if one.who])
    settings = [one.settings for one in made]
    changes = [
        "as the project began",
        *(
            ", ".join(map(setting_title, changed))
            for changed in itertools.starmap(changed_settings, itertools.pairwise(settings))
        ),
    ]
    frame = pd.DataFrame(
        {
            "Version": [one.version for one in made],
            "Changed": changes,
            "From (UTC)": [when(one.time) for one in made],
            "By": [names[one.who] if one.who else "not recorded" for one in made],
        }
    ).iloc[::-1]
    st.dataframe(
        frame,
        hide_index=True,
        key="prompt-versions",
        alt="Every version of the prompt settings, the newest first, with who made it when and what changed",
        column_config={
            "Version": st.column_config.NumberColumn(width=70),
            "Changed": st.column_config.TextColumn(width=230),
            "From (UTC)": st.column_config.TextColumn(width=140),
        },
    )


def _difference(page: OpenPage, made: Sequence[PromptsVersion]) -> None:
    numbers = [one.version for one in made]
    st.subheader("What changed between two versions", anchor=False)
    left, right = st.columns(2)
    older = left.selectbox("From version", numbers, index=len(numbers) - 2, key=f"prompts-older-{len(numbers)}")
    newer = right.selectbox("To version", numbers, index=len(numbers) - 1, key=f"prompts-newer-{len(numbers)}")
    by_number = {one.version: one for one in made}
    lines = settings_difference(by_number[older].settings, by_number[newer].settings)
    if lines:
        st.caption("Lines with a minus are gone, lines with a plus are new.")
        shown = ["…" if line.startswith("@@") else line for line in lines]
        st.code("\n".join(shown[1:]), language="diff", wrap_lines=True)
    else:
        st.caption("These two versions say the same.")
    if by_number[older].settings != made[-1].settings:
        _take_back(page, by_number[older])


def _take_back(page: OpenPage, version: PromptsVersion) -> None:
    of_pool, of_query = page.workspace.template_columns(page.project.id)
    try:
        check_settings(version.settings, pool_fields=of_pool, query_fields=of_query)
    except VotekError as problem:
        st.info(f"Version {version.version} cannot be used with the columns of now. {escape(str(problem))}")
        return
    if st.button(
        f"Take version {version.version} back",
        key="restore-prompts",
        help="Its settings are in force again, as a new version; nothing is lost.",
    ):
        page.workspace.restore_prompts(page.project.id, version.version)
        st.rerun()
