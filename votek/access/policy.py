"""Who may do what: one table of every public method of the workspace.

A method that is not in the table cannot be called by anybody but the program itself; a test checks that
the table is complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from votek.datatypes import Role

__all__ = ["ATTRIBUTES", "EVENTS", "INSIDE", "POLICY", "Rule"]


@dataclass(frozen=True)
class Rule:
    """What a method needs.

    `least`: the lowest role in the project that may call it; "person": anybody who is signed in; "admin": an
    address of VOTEK_ADMINS. `project`: where the method says which project it is about: in its argument
    "project_id", by its "job_id", or nowhere ("none"); "list": it returns what there is, which is
    narrowed to the person's projects. `noted`: a successful call is written to the audit log.
    """

    least: Role | Literal["person", "admin"]
    project: Literal["project_id", "job_id", "none", "list"] = "project_id"
    noted: bool = False


_ANNOTATOR, _REVIEWER, _OWNER = Rule("annotator"), Rule("reviewer"), Rule("owner")
_REVIEWER_NOTED, _OWNER_NOTED = Rule("reviewer", noted=True), Rule("owner", noted=True)

POLICY: Mapping[str, Rule] = {
    # projects
    "projects": Rule("person", "list"),
    "create_project": Rule("admin", "none", noted=True),
    "project": _ANNOTATOR,
    "rename_project": _OWNER_NOTED,
    "archive_project": _OWNER_NOTED,
    "delete_project": _OWNER_NOTED,
    "set_task": _OWNER_NOTED,
    "set_guidelines": _OWNER_NOTED,
    "set_prompts": _REVIEWER_NOTED,
    "prompt_versions": _REVIEWER,
    "restore_prompts": _REVIEWER_NOTED,
    "has_events": _REVIEWER,
    "bundle": _OWNER_NOTED,  # it holds everybody's labels, and addresses
    "look_into_bundle": Rule("admin", "none"),
    "open_bundle": Rule("admin", "none", noted=True),
    # people
    "members": _REVIEWER,
    "person_names": _REVIEWER,
    "my_role": Rule("person"),
    "may_make_projects": Rule("person", "none"),
    "invite": _OWNER,  # changes of roles write to the audit log themselves
    "set_role": _OWNER,
    "remove_member": _OWNER,
    "audit_log": _OWNER,
    # data
    "import_dataset": _OWNER_NOTED,
    "dataset": _REVIEWER,
    "columns": _REVIEWER,
    "gold_columns": _REVIEWER,
    "import_labels": _OWNER,  # both write to the audit log themselves
    "take_back_labels": _OWNER,
    "label_imports": _REVIEWER,
    "template_columns": _REVIEWER,
    # vectors, picks, map
    "embeddings": _REVIEWER,
    "prepared": _REVIEWER,
    "projection": _REVIEWER,
    "rounds": _REVIEWER,
    "selection": _REVIEWER,
    "two_rounds": _ANNOTATOR,
    "request_preparation": _REVIEWER,  # what reading the map and the prompts rests on
    "request_selection": _OWNER_NOTED,
    "restart_selection": _OWNER_NOTED,
    "request_second_round": _OWNER_NOTED,
    "jobs": _REVIEWER,
    "job": Rule("reviewer", "job_id"),
    "cancel_job": Rule("reviewer", "job_id", noted=True),
    # labelling
    "queue": _REVIEWER,
    "excluded": _REVIEWER,
    "add_to_queue": _OWNER_NOTED,
    "exclude": _OWNER_NOTED,
    "include_again": _OWNER_NOTED,
    "annotation_state": _ANNOTATOR,
    "record_events": _ANNOTATOR,
    "label_and_hand": _ANNOTATOR,
    "hand": _ANNOTATOR,
    "leave": _ANNOTATOR,
    "set_handout": _OWNER_NOTED,
    "handout_progress": _REVIEWER,
    "overlap_plan": _OWNER,
    "apply_overlap_plan": _OWNER_NOTED,
    "events": _REVIEWER,
    "labels": _REVIEWER,
    # review
    "review": _REVIEWER,
    "agreement": _REVIEWER,
    "answers": _REVIEWER,
    "disagreements": _REVIEWER,
    "to_recheck": _REVIEWER,
    "my_rechecks": _ANNOTATOR,
    "history": _REVIEWER,
    "revisions": _REVIEWER,
    # suggestions
    "set_suggestions": _OWNER_NOTED,
    "suggestion_report": _REVIEWER,
    # prompts and exports
    "labelled_rows": _REVIEWER,
    "prompt_set": _REVIEWER,
    "lint": _REVIEWER,
    "export": _REVIEWER_NOTED,
    "export_files": _REVIEWER_NOTED,
    "export_manifest": _REVIEWER,
    "right_answers_known": _REVIEWER,
    # evaluation and models
    "analysis": _REVIEWER,
    "request_analysis": _REVIEWER_NOTED,
    "predictions_fit": _REVIEWER,
    "keep_predictions": _REVIEWER_NOTED,
    "model_settings": _REVIEWER,
    "save_model_settings": _OWNER_NOTED,
}
"""Method of `Workspace` -> what it needs."""

EVENTS: Mapping[str, Role] = {"adjudicate": "reviewer"}
"""Kinds of events that are taken from this role upwards only, by whatever method takes events."""

INSIDE = frozenset(
    {
        # opened, closed and signed in by the program
        "as_person",
        "check_session",
        "close",
        "belongs",
        "in_session",
        "open",
        "sign_in",
        "sign_out",
        # parts that other methods are made of
        "build_queue",
        "by_seats",
        "desk",
        "evidence",
        "forget_labelling",
        "hand_out",
        "labelling",
        "labelling_lock",
        "load_pool",
        "needed_pool",
        "pool",
        "prepared_in_force",
        "reasons",
        "request_repair",
        "request_rest",
        "role_in",
        "rounds_in_force",
        "save_export",
        "save_pool",
        "team",
        "writing",
    }
)
"""Public names of `Workspace` that nobody reaches through the view of a person."""

ATTRIBUTES = frozenset({"accounts", "settings"})
"""Plain values that every view shows."""
