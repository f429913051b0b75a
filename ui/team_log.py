"""Who changed what in the project besides labels: the audit log."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ui.frame import OpenPage
from votek.datatypes import LOCAL
from votek.workspace import AuditEntry

__all__ = ["draw_log"]

SHOWN = 500
_ACTIONS = {
    "create_project": "made the project",
    "rename_project": "renamed the project",
    "archive_project": "archived the project, or brought it back",
    "set_task": "changed the labels",
    "set_guidelines": "changed the guidelines",
    "set_prompts": "changed how prompts are written",
    "restore_prompts": "took an earlier version of the prompts back",
    "import_dataset": "loaded a file",
    "import_labels": "loaded labels of another tool",
    "take_back_labels": "took loaded labels back",
    "request_selection": "asked for picks",
    "restart_selection": "asked for fresh picks",
    "request_second_round": "opened round 2",
    "add_to_queue": "added texts by hand",
    "exclude": "excluded texts",
    "include_again": "let excluded texts in again",
    "set_handout": "changed the hand-out",
    "apply_overlap_plan": "changed which texts several people label",
    "set_suggestions": "changed the suggestions",
    "save_model_settings": "chose the model",
    "bundle": "took the project out as a bundle",
    "open_bundle": "opened the project from a bundle",
    "export": "exported",
    "export_files": "exported",
    "request_analysis": "asked for an analysis",
    "keep_predictions": "gave predictions of a model",
    "cancel_job": "stopped work in the background",
}


def draw_log(page: OpenPage) -> None:
    """Draw the log, newest first."""
    entries = page.workspace.audit_log(page.project.id, limit=SHOWN)
    if not entries:
        st.info("Nothing was changed here by anybody who signed in. What people change shows here from now on.")
        return
    names = page.workspace.person_names(page.project.id, [entry.who for entry in entries])
    names |= {LOCAL.id: "Who runs the server"}
    table = pd.DataFrame(
        {
            "When (UTC)": [entry.time.strftime("%Y-%m-%d %H:%M:%S") for entry in entries],
            "Who": [names[entry.who] for entry in entries],
            "What": [_words(entry) for entry in entries],
        }
    )
    st.dataframe(table, hide_index=True)
    st.caption("Nobody can change this log here. It holds no text and no label; these are in the history of labels.")


def _words(entry: AuditEntry) -> str:
    if entry.action == "role":
        email, role = entry.details["email"], entry.details["role"]
        return f"gave {email} the role {role}" if role else f"took {email} out of the project"
    return _ACTIONS.get(entry.action, entry.action.replace("_", " "))
