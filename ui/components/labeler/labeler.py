"""Registers the labeler's files with Streamlit and mounts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["LabelerAnswer", "labeler"]

_HERE = Path(__file__).parent
# There is no build step: the scripts are one module, joined in the order in which they need each other.
_SCRIPTS = (
    *("dom", "keys", "connection", "outbox", "model", "shift", "engine"),
    *("choices", "drafts", "saved", "panels", "suggestion", "view", "labeler"),
)


def _read(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


_mount = st.components.v2.component(
    "votek_labeler",
    html=_read("labeler.html"),
    css=_read("labeler.css"),
    js="\n".join(_read(f"{name}.js") for name in _SCRIPTS),
)


@dataclass(frozen=True)
class LabelerAnswer:
    """What the labeler asks of the page: `go` is "prompts", "select" or None.

    That it wants a fresh token, or that more is labelled than the page shows, needs no answer but the run itself.
    """

    go: str | None


def labeler(*, project: str, person: str, token: str, state: Mapping[str, Any]) -> LabelerAnswer:
    """Mount the labeler of one project for one person.

    `token`: for `/api/labels` and `/api/queue`. `state`: `ui.labels_api.queue_json`; it counts at the
    first mount, later the labeler asks the server itself.
    """
    base = st.get_option("server.baseUrlPath").strip("/")
    answer = _mount(
        key=f"labeler-{project}",
        data={
            "base": f"/{base}/" if base else "/",
            "project": project,
            "person": person,
            "token": token,
            "state": dict(state),
        },
        on_token_change=_nothing,
        on_go_change=_nothing,
        on_progress_change=_nothing,
    )
    return LabelerAnswer(go=answer.go)


def _nothing() -> None:
    """A trigger's run is all that is wanted of it."""
