"""Opens a page: project, navigation, errors, theme; and ends it with the one primary button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from ui.escaping import escape
from ui.theme import apply_style
from votek.errors import VotekError
from votek.settings import Settings
from votek.workspace import Workspace

if TYPE_CHECKING:
    from votek.datatypes import Project
    from votek.workspace import ProjectSummary

__all__ = [
    "HOME",
    "OpenPage",
    "PageEntry",
    "errors_shown",
    "escape",
    "next_step",
    "open_home",
    "open_page",
    "pages",
    "show_error",
    "standing",
    "workspace",
]

HOME = "app.py"
_ROOT = Path(__file__).resolve().parent.parent


class PageEntry(NamedTuple):
    """One page of the job: its script, its name in the navigation, the step it stands for."""

    path: str
    label: str
    step: str


_PAGES = (
    PageEntry("pages/1_Data.py", "Data", "data"),
    PageEntry("pages/2_Select.py", "Select", "select"),
    PageEntry("pages/3_Map.py", "Map", "map"),
    PageEntry("pages/4_Annotate.py", "Annotate", "annotate"),
    PageEntry("pages/5_Review.py", "Review", "review"),
    PageEntry("pages/6_Prompts.py", "Prompts", "prompts"),
    PageEntry("pages/7_Evaluate.py", "Evaluate", "evaluate"),
    PageEntry("pages/8_Team.py", "Team", "team"),
)


@dataclass(frozen=True)
class OpenPage:
    """What an opened page works with."""

    workspace: Workspace
    summary: ProjectSummary

    @property
    def project(self) -> Project:
        """The current project."""
        return self.summary.project

    @property
    def query(self) -> dict[str, str]:
        """URL parameters that keep this project when going to another page."""
        return {"project": self.project.id}


def pages() -> tuple[PageEntry, ...]:
    """The pages that exist, in the order of the job."""
    return tuple(entry for entry in _PAGES if (_ROOT / entry.path).exists())


@st.cache_resource(show_spinner=False)
def _open_workspace(settings_json: str) -> Workspace:
    return Workspace.open(Settings.model_validate_json(settings_json))


def workspace() -> Workspace:
    """The one workspace of this server, for the settings now in the environment."""
    return _open_workspace(Settings().model_dump_json())


@contextmanager
def open_page(title: str, *, purpose: str = "", wide: bool = False) -> Iterator[OpenPage]:
    """Draw the frame of a page and give its workspace and project.

    `purpose`: one sentence, what the page is for. `wide`: use the whole window. The project is the one of the
    `project` URL parameter, else the newest. Errors that a person can act on, raised inside, become
    one message; where there is no project to show, the page ends here.
    """
    _begin(title, wide=wide)
    try:
        space = workspace()
        summaries = space.projects()
        summary = _current(summaries)
        _sidebar(summaries, summary)
        st.title(title, anchor=False)
        if purpose:
            st.caption(purpose)
        if summary is None:
            _no_project(summaries)
        else:
            yield OpenPage(space, summary)
            return
    except VotekError as error:
        show_error(error)
    st.stop()


@contextmanager
def open_home(*, purpose: str = "") -> Iterator[Workspace]:
    """Draw the frame of the home page, which needs no project."""
    _begin("Projects", wide=False)
    try:
        space = workspace()
        summaries = space.projects()
        _sidebar(summaries, None)
        st.title("Projects", anchor=False)
        if purpose:
            st.caption(purpose)
        yield space
    except VotekError as error:
        show_error(error)
        st.stop()


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

    `query`: URL parameters for the page (use `OpenPage.query`). Returns whether it was clicked.
    """
    st.space("small")
    clicked = st.button(label, type="primary", key="next-step", disabled=disabled)
    if clicked and page is not None:
        st.switch_page(page, query_params=dict(query or {}))
    return clicked


def standing(summary: ProjectSummary) -> dict[str, str]:
    """How far a project is, by step: short words for the navigation; a step not begun is left out."""
    words: dict[str, str] = {}
    if summary.texts:
        words["data"] = f"{summary.texts:,} texts"
    if summary.queued:
        words["select"] = f"{summary.queued:,} picked"
        words["annotate"] = f"{summary.done:,} of {summary.queued:,}"
    return words


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
            "This project is not there; it may have been archived or deleted. Choose another one from all projects."
        )
    else:
        st.info("There is no project yet. Create one on the home page, then come back here.")
    st.page_link(HOME, label="Go to all projects")


def _sidebar(summaries: list[ProjectSummary], summary: ProjectSummary | None) -> None:
    with st.sidebar:
        st.page_link(HOME, label="**votek**  \nAll projects" if summary else "**votek**")
        if summary is None:
            _close_on_phones()
            return
        _picker(summaries, summary)
        words = standing(summary)
        for entry in pages():
            mark = " :blue-badge[next]" if entry.step == summary.next_step else ""
            note = f" :small[:gray[{words[entry.step]}]]" if entry.step in words else ""
            st.page_link(entry.path, label=f"{entry.label}{note}{mark}", query_params={"project": summary.project.id})
        _close_on_phones()


_CLOSER = """
<script>
if (!window.votekClosesSidebar) {
  window.votekClosesSidebar = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('[data-testid="stSidebar"] a');
    if (!link || !matchMedia("(max-width: 768px)").matches) return;
    setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click());
  });
}
</script>
"""


def _close_on_phones() -> None:
    """Where the navigation covers the page, choosing a page closes it: Streamlit leaves it open."""
    st.html(_CLOSER, unsafe_allow_javascript=True)


def _picker(summaries: list[ProjectSummary], summary: ProjectSummary) -> None:
    # Options that read alike count as one to the widget, and the other project would be opened.
    seen: Counter[str] = Counter()
    names = {}
    for project in (s.project for s in summaries):
        seen[project.name] += 1
        names[project.id] = project.name if seen[project.name] == 1 else f"{project.name} ({seen[project.name]})"
    current = summary.project.id
    chosen = st.selectbox(
        "Project",
        list(names),
        index=list(names).index(current),
        format_func=names.__getitem__,
        key=f"project-{current}",
    )
    if chosen != current:
        st.query_params["project"] = chosen
        st.rerun()
