"""Registers the settler's files with Streamlit and mounts it; parts of the labeler serve both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["settler"]

_HERE = Path(__file__).parent
_SHARED = _HERE.parent / "labeler"
# There is no build step: the scripts are one module, joined in the order in which they need each other.
_SCRIPTS = (
    *(_SHARED / f"{name}.js" for name in ("dom", "keys", "connection", "outbox", "choices", "saved", "panels")),
    *(_HERE / f"{name}.js" for name in ("model", "view", "settler")),
)

_mount = st.components.v2.component(
    "votek_settler",
    html=(_HERE / "settler.html").read_text("utf-8"),
    css="\n".join(path.read_text("utf-8") for path in (_SHARED / "labeler.css", _HERE / "settler.css")),
    js="\n".join(path.read_text("utf-8") for path in _SCRIPTS),
)


def settler(
    *, project: str, person: str, name: str, token: str, state: Mapping[str, Any], words: Mapping[str, str]
) -> None:
    """Mount the settler of one list of texts for one person.

    `name`: of the list, "disagreements" or "recheck". `token`: for `/api/labels`. `state`: `task`, `guidelines`,
    `guidelines_version` and `items`, each with `id`, `text`, `status`, `value`, `kind` of the event that settles it,
    `settled`, `ruling` (event, sequence, who, mine, label, why) or None, `again` and `voices` (who, label, comment,
    flagged, when). `words`: done, submit, finished, none.
    """
    base = st.get_option("server.baseUrlPath").strip("/")
    _mount(
        key=f"settler-{project}-{name}",
        data={
            "base": f"/{base}/" if base else "/",
            "project": project,
            "person": person,
            "name": name,
            "token": token,
            "state": dict(state),
            "words": dict(words),
        },
        on_token_change=_nothing,
        on_progress_change=_nothing,
    )


def _nothing() -> None:
    """A trigger's run is all that is wanted of it."""
