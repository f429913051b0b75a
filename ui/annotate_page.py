"""The Annotate page: mounts the labeler over the queue of the project."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui.components.labeler import labeler
from ui.frame import OpenPage, next_step
from ui.labels_api import queue_json
from ui.review_own import own_recheck
from ui.team_suggestions import draw_suggestions

__all__ = ["draw_annotate"]

_PAGES = {"prompts": "pages/6_Prompts.py", "select": "pages/2_Select.py"}


def draw_annotate(page: OpenPage) -> None:
    """Draw the page: what is missing before labelling can start, or the labeler and the next step."""
    space, project = page.workspace, page.project
    if not page.summary.texts:
        st.info("There are no texts in this project yet. Load a file first; then name the labels and label here.")
        next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return
    if project.task.type != "text" and not project.task.labels:
        st.info("This project has no labels to choose from yet. Add them on the Data page; then label here.")
        next_step("Add labels", page="pages/1_Data.py", query=page.query)
        return
    state = queue_json(space, project.id, page.person.id)
    if not state["items"] and not (state["team"] and page.summary.queued):
        _nothing_picked(page)
        return
    state["open"] = _wanted(state) or own_recheck(page, {item["id"] for item in state["items"]})
    if state["to_come"]:
        _between_rounds(page, state["to_come"])
    answer = labeler(project=project.id, person=page.person.id, token=page.label_token(), state=state)
    if answer.go in _PAGES:
        st.switch_page(_PAGES[answer.go], query_params=page.query)
    _suggestions_of_one(page)
    # once all is labelled, the labeler ends with a button itself
    if page.summary.next_step == "annotate" and page.may("reviewer"):
        next_step("Build prompts", page=_PAGES["prompts"], query=page.query)


def _between_rounds(page: OpenPage, to_come: int) -> None:
    stand = page.workspace.two_rounds(page.project.id)
    missing = stand.missing() if stand is not None else ""
    st.caption(
        f"Round 1 of 2. When these are labelled, a model looks at the rest and {to_come:,} more follow."
        + (f" Of the {stand.waiting:,} that are not, {missing}." if stand is not None and missing else "")
    )


def _suggestions_of_one(page: OpenPage) -> None:
    """Where people sign in, an owner has these settings on the Team page."""
    if not page.workspace.accounts and page.project.task.type != "text":
        with st.expander("Suggestions"):
            draw_suggestions(page)


def _wanted(state: dict[str, Any]) -> str | None:
    """The text named by the `item` URL parameter, labelled or not; taken out of the URL, so that it is opened once."""
    item = st.query_params.pop("item", None)
    return item if any(entry["id"] == item for entry in state["items"]) else None


def _nothing_picked(page: OpenPage) -> None:
    if not page.may("owner"):
        st.info("No texts have been picked for labelling yet. They show here once an owner of the project has done so.")
        return
    if page.workspace.jobs(page.project.id, active=True):
        st.info("The texts to label are being picked. The Select page shows how far that is.")
    else:
        st.info("No texts have been picked for labelling yet. Choose how many on the Select page; then label here.")
    next_step("Choose texts", page=_PAGES["select"], query=page.query)
