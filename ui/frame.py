"""Opens a page: project, navigation, errors, theme; and ends it with the one primary button."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui.account import Account, current_account
from ui.escaping import escape
from ui.navigation import HOME, draw_sidebar, pages
from ui.theme import apply_style
from votek.access import load_secret, mint_token
from votek.access.roles import may
from votek.datatypes import LOCAL, Person, Role
from votek.errors import VotekError
from votek.settings import Settings
from votek.workspace import Workspace

if TYPE_CHECKING:
    from votek.datatypes import Project
    from votek.workspace import ProjectSummary

__all__ = [
    "OpenPage",
    "errors_shown",
    "escape",
    "next_step",
    "open_home",
    "open_page",
    "show_error",
    "workspace",
]

_ROLE = "votek-role"
"""Where a page keeps the person's role, for `next_step`."""


@dataclass(frozen=True)
class OpenPage:
    """What an opened page works with.

    `workspace` is the person's view: it does what their role may do. `since`: when their session began.
    """

    workspace: Workspace
    summary: ProjectSummary
    person: Person = LOCAL
    role: Role = "owner"
    since: dt.datetime | None = None

    @property
    def project(self) -> Project:
        """The current project."""
        return self.summary.project

    @property
    def query(self) -> dict[str, str]:
        """URL parameters that keep this project when going to another page."""
        return {"project": self.project.id}

    def may(self, least: Role) -> bool:
        """Whether the person's role reaches as far as `least`; for what to show, as the backend decides again."""
        return may(self.role, least)

    def label_token(self) -> str:
        """A token with which the labeler labels in this person's name."""
        keys = load_secret(workspace().settings)
        return mint_token(keys, project=self.project.id, person=self.person.id, since=self.since)


@st.cache_resource(show_spinner=False)
def _open_workspace(settings_json: str) -> Workspace:
    return Workspace.open(Settings.model_validate_json(settings_json))


def workspace() -> Workspace:
    """The one workspace of this server, for the settings now in the environment."""
    return _open_workspace(Settings().model_dump_json())


@contextmanager
def open_page(title: str, *, role: Role = "owner", purpose: str = "", wide: bool = False) -> Iterator[OpenPage]:
    """Draw the frame of a page and give its workspace and project.

    `role`: the least role in the project that sees the page. `purpose`: one sentence, what the page is for. `wide`: use
    the whole window. Whoever is not signed in is asked to. The project is the one of the `project` URL parameter, else
    the person's newest. Errors that a person can act on, raised inside, become one message; where there is nothing
    to show, the page ends here.
    """
    _begin(title, wide=wide)
    try:
        space, account, mine = _enter()
        summaries = mine.projects()
        summary = _current(summaries)
        own = mine.my_role(summary.project.id) if summary is not None else None
        draw_sidebar(summaries, summary, own, space, account)
        st.title(title, anchor=False)
        if purpose and may(own, role):
            st.caption(purpose)
        if summary is None or own is None:
            _no_project(summaries)
        elif not may(own, role):
            _not_for(own, role)
        else:
            st.session_state[_ROLE] = own
            yield OpenPage(mine, summary, account.person, own, account.since)
            return
    except VotekError as error:
        show_error(error)
    st.stop()


@contextmanager
def open_home(*, purpose: str = "") -> Iterator[Workspace]:
    """Draw the frame of the home page, which needs no project; gives the person's view of the workspace."""
    _begin("Projects", wide=False)
    try:
        space, account, mine = _enter()
        draw_sidebar(mine.projects(), None, None, space, account)
        st.title("Projects", anchor=False)
        if purpose:
            st.caption(purpose)
        yield mine
    except VotekError as error:
        show_error(error)
        st.stop()


def _enter() -> tuple[Workspace, Account, Workspace]:
    """The workspace, who is signed in, and the workspace as this person may use it."""
    space = workspace()
    account = current_account(space)
    return space, account, space.as_person(account.person, since=account.since)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show errors that a person can act on in place; for dialogs and fragments, which run without their page."""
    try:
        yield
    except VotekError as error:
        show_error(error)


def show_error(error: VotekError) -> None:
    """Show an error that a person can act on; its text names the next step."""
    st.error(escape(str(error)))


def next_step(
    label: str, *, page: str | None = None, query: Mapping[str, str] | None = None, disabled: bool = False
) -> bool:
    """End a page with its one primary button; with `page`, a click goes there.

    `query`: URL parameters for the page (use `OpenPage.query`). Returns whether it was clicked. A page that the
    person's role does not see is no next step for them: nothing is drawn.
    """
    if page is not None and page not in {entry.path for entry in pages(st.session_state.get(_ROLE, "owner"))}:
        return False
    st.space("small")
    clicked = st.button(label, type="primary", key="next-step", disabled=disabled)
    if clicked and page is not None:
        st.switch_page(page, query_params=dict(query or {}))
    return clicked


def _begin(title: str, *, wide: bool) -> None:
    st.set_page_config(page_title=f"{title} · votek", layout="wide", initial_sidebar_state="auto")
    apply_style(wide=wide)


def _current(summaries: list[ProjectSummary]) -> ProjectSummary | None:
    wanted = st.query_params.get("project")
    if wanted is None:
        return summaries[-1] if summaries else None
    return next((s for s in summaries if s.project.id == wanted), None)


def _no_project(summaries: list[ProjectSummary]) -> None:
    if summaries:
        st.error(
            "This project is not there, or you no longer work in it; it may have been archived or deleted. Choose "
            "another one from all projects."
        )
    else:
        st.info("There is no project yet. Create one on the home page, then come back here.")
    st.page_link(HOME, label="Go to all projects")


def _not_for(own: Role, role: Role) -> None:
    st.info(
        f"This page is for people with the role {role}, and yours in this project is {own}. Ask one of its owners if "
        "you need it."
    )
    st.page_link(HOME, label="Go to all projects")
