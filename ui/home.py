"""The home page: every project, where it stands, and its next step."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import errors_shown, escape, next_step
from ui.home_bundles import draw_opened, draw_opening, take_out
from ui.navigation import entry_page, standing
from votek.access.roles import may

if TYPE_CHECKING:
    from votek.datatypes import Project
    from votek.workspace import ProjectSummary, Workspace

__all__ = ["NEW_NAME", "draw_projects", "free_name"]

NEW_NAME = "New project"
"""What a project is called until its file gives it a name."""


def draw_projects(space: Workspace) -> None:
    """Draw every project with its next step, the archived ones apart, and the button for a new one."""
    summaries = space.projects()
    may_make = space.may_make_projects()
    st.markdown(
        "votek picks the few texts that are most worth labelling, you label them, and it writes prompts for a language "
        "model that show the most fitting of them as examples."
    )
    if not summaries and may_make:
        st.info("No project yet. A new one starts with a file of texts: CSV, JSON, Excel, Parquet or plain lines.")
    draw_opened()
    names = Counter(summary.project.name for summary in summaries)
    for summary in summaries:
        _card(space, summary, dated=names[summary.project.name] > 1)
    _archived(space)
    if not may_make:
        return
    if next_step("New project"):
        project = _empty_project(summaries) or space.create_project(NEW_NAME)
        st.switch_page("pages/1_Data.py", query_params={"project": project.id})
    draw_opening(space)


def _empty_project(summaries: list[ProjectSummary]) -> Project | None:
    """A project that was begun and never filled: used again rather than leaving a row of empty ones."""
    return next((s.project for s in summaries if not s.texts and s.project.name == NEW_NAME), None)


def free_name(space: Workspace, name: str) -> str:
    """`name`, or with " (2)", " (3)" … behind it when a project has that name already."""
    taken = {summary.project.name for summary in space.projects(archived=True)}
    taken |= {summary.project.name for summary in space.projects()}
    count = 2
    free = name
    while free in taken - {NEW_NAME}:
        free, count = f"{name} ({count})", count + 1
    return free


def _created(project: Project) -> str:
    return f"created {project.created:%Y-%m-%d %H:%M} UTC"


def _card(space: Workspace, summary: ProjectSummary, *, dated: bool) -> None:
    project = summary.project
    role = space.my_role(project.id)
    with st.container(border=True, key=f"card-{project.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            with st.container(gap=None, key=f"about-{project.id}"):
                st.markdown(f"**{escape(project.name)}**" + (" :gray-badge[sample]" if project.sample else ""))
                stands = _stands(summary) if may(role, "reviewer") else "You label the texts that are handed to you"
                st.caption(stands + (f" · {_created(project)}" if dated else ""))
            entry = entry_page(summary, role)
            words = "Label" if role == "annotator" else f"Continue: {entry.label}" if entry is not None else ""
            if entry is not None and st.button(words, key=f"continue-{project.id}"):
                st.switch_page(entry.path, query_params={"project": project.id})
            choice = _more(project) if role == "owner" else None
        if choice == "Rename":
            _rename(space, project)
        elif choice == "Take out as a file":
            take_out(space, project)
        elif choice == "Archive":
            space.archive_project(project.id)
            st.rerun()
        elif choice == "Delete":
            _delete(space, summary)


def _more(project: Project) -> str | None:
    choices = ["Rename", "Take out as a file", "Archive", "Delete"]
    return st.menu_button("More", choices, key=f"more-{project.id}", type="tertiary")


def _stands(summary: ProjectSummary) -> str:
    words = standing(summary)
    if not words:
        return "No texts yet"
    labelled = f"{words['annotate']} labelled" if "annotate" in words else "nothing picked yet"
    if summary.labelled > summary.done:  # labels of texts that nobody had to pick
        picks = f"{words['annotate']} picks" if "annotate" in words else "nothing picked yet"
        labelled = f"{summary.labelled:,} labelled, {picks}"
    tests = f" · {summary.tests:,} test texts" if summary.tests else ""
    return f"{words['data']}{tests} · {labelled}"


def _archived(space: Workspace) -> None:
    active = {s.project.id for s in space.projects()}
    there_are = [s for s in space.projects(archived=True) if s.project.id not in active]
    archived = [s for s in there_are if space.my_role(s.project.id) == "owner"]
    if not archived:
        return
    with st.expander(f"Archived ({len(archived)})"):
        for summary in archived:
            project = summary.project
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(f"{project.name} · {_stands(summary)}", width="stretch")
                if st.button("Bring back", key=f"restore-{project.id}"):
                    space.archive_project(project.id, archived=False)
                    st.rerun()
                if st.button("Delete", key=f"delete-{project.id}"):
                    _delete(space, summary)


@st.dialog("Rename project")
def _rename(space: Workspace, project: Project) -> None:
    name = st.text_input("Name", project.name, max_chars=120)
    if st.button("Rename", type="primary", disabled=not name.strip()):
        with errors_shown():
            space.rename_project(project.id, name)
            st.rerun()


@st.dialog("Delete project")
def _delete(space: Workspace, summary: ProjectSummary) -> None:
    st.text(f"{summary.project.name}, {_created(summary.project)}")
    st.markdown(f"Its {summary.texts:,} texts and {summary.labelled:,} labelled items are deleted for good.")
    if st.button("Delete for good", type="primary"):
        with errors_shown():
            space.delete_project(summary.project.id)
            st.rerun()
