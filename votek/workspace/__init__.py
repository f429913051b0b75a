"""The one facade that pages, routes and the command line call for anything about projects."""

from __future__ import annotations

from votek.annotation import Ack, AnnotationItem, AnnotationState, FinalLabel, NewEvent
from votek.workspace.data import OKABE_ITO, label_color, label_key
from votek.workspace.handout_settings import HandoutProgress, PersonProgress
from votek.workspace.people import AuditEntry, signed_in_at
from votek.workspace.projects import ProjectSummary
from votek.workspace.results import SelectionView
from votek.workspace.reviewing import Review, Revision, ToSettle
from votek.workspace.workspace import Workspace, open_workspace

__all__ = [
    "OKABE_ITO",
    "Ack",
    "AnnotationItem",
    "AnnotationState",
    "AuditEntry",
    "FinalLabel",
    "HandoutProgress",
    "NewEvent",
    "PersonProgress",
    "ProjectSummary",
    "Review",
    "Revision",
    "SelectionView",
    "ToSettle",
    "Workspace",
    "label_color",
    "label_key",
    "open_workspace",
    "signed_in_at",
]
