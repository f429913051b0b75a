"""An analysis as a section of the Evaluate page shows it: asked for, under way, failed, or its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.frame import errors_shown, escape
from ui.jobs import watch_jobs

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Job

__all__ = ["analysis_failure", "ask_for", "run_analysis"]


def run_analysis(
    page: OpenPage,
    name: str,
    *,
    button: str,
    options: Mapping[str, Any],
    primary: bool = True,
    watched: Collection[str] = (),
) -> Mapping[str, Any] | None:
    """Draw the button that starts the analysis and its progress; give the newest table, or None before the first.

    `options`: as the analysis takes them, ready for JSON. `watched`: analyses whose progress another part of the page
    shows while they run, and all others with it.
    """
    space, project = page.workspace, page.project.id
    active = space.jobs(project, active=True)
    busy = any(_is(job, name) for job in active)
    kind = "primary" if primary else "secondary"
    if st.button(button, type=kind, key=f"run-{name}", disabled=busy):
        ask_for(page, name, options)
    if busy and not any(_is(job, other) for job in active for other in watched):
        watch_jobs(space, project, "analysis")
    failure = "" if busy else analysis_failure(page, name)
    if failure:
        st.error(escape(failure))
    found = space.analysis(project, name)
    return None if found is None else found[1]


def ask_for(page: OpenPage, name: str, options: Mapping[str, Any]) -> None:
    """Start the analysis, and draw the page again to show it at work."""
    with errors_shown():
        page.workspace.request_analysis(page.project.id, name, options)
        st.rerun()


def analysis_failure(page: OpenPage, name: str) -> str:
    """Why the newest run of this analysis failed, or "" when it did not."""
    jobs = [job for job in page.workspace.jobs(page.project.id) if _is(job, name)]
    newest = max(jobs, key=lambda job: job.created, default=None)
    return newest.message or "The work stopped." if newest is not None and newest.state == "failed" else ""


def _is(job: Job, name: str) -> bool:
    return job.kind == "analysis" and job.parameters.get("analysis") == name
