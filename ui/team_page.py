"""The Team page: people, how texts are handed out to them, and suggestions, one section at a time."""

from __future__ import annotations

import streamlit as st

from ui.frame import OpenPage
from ui.remember import remembered
from ui.team_handout import draw_handout
from ui.team_log import draw_log
from ui.team_members import draw_members
from ui.team_suggestions import draw_suggestions

__all__ = ["SECTIONS", "draw_team"]

SECTIONS = {"People": draw_members, "Hand-out": draw_handout, "Suggestions": draw_suggestions, "Log": draw_log}
"""Section -> what draws it."""


def draw_team(page: OpenPage) -> None:
    """Draw the page; without accounts, how to turn them on."""
    if not page.workspace.accounts:
        st.info("People do not sign in here, so you work alone; `docs/team.md` says how to turn accounts on.")
        return
    section = st.segmented_control(
        "Part of the team's settings",
        list(SECTIONS),
        default="People",
        required=True,
        label_visibility="collapsed",
        **remembered(page.project.id, "team-section"),
    )
    SECTIONS[section](page)
