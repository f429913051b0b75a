"""The navigation beside every page: projects, the pages that the person's role sees, and who is signed in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from ui.account import Account, draw_account
from votek.access.roles import may
from votek.datatypes import Role

if TYPE_CHECKING:
    from votek.workspace import ProjectSummary, Workspace

__all__ = ["HOME", "PageEntry", "draw_sidebar", "entry_page", "pages", "standing"]

HOME = "app.py"
_ROOT = Path(__file__).resolve().parent.parent


class PageEntry(NamedTuple):
    """One page of the job: its script, its name in the navigation, the step it stands for, and who sees it."""

    path: str
    label: str
    step: str
    role: Role


_PAGES = (
    PageEntry("pages/1_Data.py", "Data", "data", "owner"),
    PageEntry("pages/2_Select.py", "Select", "select", "owner"),
    PageEntry("pages/3_Map.py", "Map", "map", "reviewer"),
    PageEntry("pages/4_Annotate.py", "Annotate", "annotate", "annotator"),
    PageEntry("pages/5_Review.py", "Review", "review", "reviewer"),
    PageEntry("pages/6_Prompts.py", "Prompts", "prompts", "reviewer"),
    PageEntry("pages/7_Evaluate.py", "Evaluate", "evaluate", "reviewer"),
    PageEntry("pages/8_Team.py", "Team", "team", "owner"),
)


def pages(role: Role | None = "owner") -> tuple[PageEntry, ...]:
    """The pages that exist and that this role may see, in the order of the job."""
    return tuple(entry for entry in _PAGES if may(role, entry.role) and (_ROOT / entry.path).exists())


def entry_page(summary: ProjectSummary, role: Role | None) -> PageEntry | None:
    """Where somebody with this role goes on with a project: its next step, or the page that is theirs."""
    seen = pages(role)
    own = "annotate" if role == "annotator" else "review"
    return next((entry for step in (summary.next_step, own) for entry in seen if entry.step == step), None)


def standing(summary: ProjectSummary) -> dict[str, str]:
    """How far a project is, by step: short words for the navigation; a step not begun is left out."""
    words: dict[str, str] = {}
    if summary.texts:
        words["data"] = f"{summary.texts:,} texts"
    if summary.queued:
        words["select"] = f"{summary.queued:,} picked"
        words["annotate"] = f"{summary.done:,} of {summary.queued:,}"
    return words


def draw_sidebar(
    summaries: list[ProjectSummary],
    summary: ProjectSummary | None,
    own: Role | None,
    space: Workspace,
    account: Account,
) -> None:
    with st.sidebar:
        st.page_link(HOME, label="**votek**  \nAll projects" if summary else "**votek**")
        if summary is not None:
            _picker(summaries, summary)
            _links(summary, own)
        draw_account(space, account)
        _close_on_phones()


def _links(summary: ProjectSummary, own: Role | None) -> None:
    # Those who label are handed texts one by one: how far everybody is together would look like their own count.
    words = standing(summary) if may(own, "reviewer") else {}
    for entry in pages(own):
        mark = " :blue-badge[next]" if entry.step == summary.next_step else ""
        note = f" :small[:gray[{words[entry.step]}]]" if entry.step in words else ""
        st.page_link(entry.path, label=f"{entry.label}{note}{mark}", query_params={"project": summary.project.id})


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
