"""What differs between two prompt sets or two selections, change by change, and why."""

from __future__ import annotations

from votek.exports.differences.changes import Cause, LabelChange, PickChange, PromptChange, PromptSetDiff, SelectionDiff
from votek.exports.differences.compared import diff_prompt_sets
from votek.exports.differences.picks import diff_selections
from votek.exports.differences.sources import Described, describe, read_described

__all__ = [
    "Cause",
    "Described",
    "LabelChange",
    "PickChange",
    "PromptChange",
    "PromptSetDiff",
    "SelectionDiff",
    "describe",
    "diff_prompt_sets",
    "diff_selections",
    "read_described",
]
