"""View settings that survive leaving a page; anything worth keeping longer belongs in the store."""

from __future__ import annotations

from typing import Any

__all__ = ["remembered"]


def remembered(project_id: str, name: str) -> dict[str, Any]:
    """Arguments that make a Streamlit widget keep its value while other pages are open.

    Use as `st.selectbox("Colour by", options, **remembered(page.project.id, "map-colour"))`. The
    setting belongs to one project, so that two projects do not disturb each other.

    >>> remembered("p1", "map-colour")
    {'key': 'p1-map-colour', 'persist_state': 'session'}
    """
    return {"key": f"{project_id}-{name}", "persist_state": "session"}
