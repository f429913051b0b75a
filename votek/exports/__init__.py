"""Exports: one file per format behind a registry, and the manifest that stands beside each.

Every format keeps every text byte for byte; the CSV's formula guard (on by default) is the one stated
exception.
"""

from __future__ import annotations

from votek.exports.checking import lint_set
from votek.exports.compare import compare
from votek.exports.differences import (
    Described,
    PromptSetDiff,
    SelectionDiff,
    describe,
    diff_prompt_sets,
    diff_selections,
    read_described,
)
from votek.exports.files import ExportFile, LabelledVectors, WrittenFile
from votek.exports.format import GROUPS, Format
from votek.exports.lineage import labelled_rows, prompt_settings, recorded_rounds, recorded_task
from votek.exports.manifest import SCHEMA, build_manifest, manifest_bytes, prompts_digest, read_manifest
from votek.exports.registry import catalogue, find_format, formats, needs_own_prompts, needs_prompts
from votek.exports.writing import ExportMaterial, manifest_file, save, write, write_to

__all__ = [
    "GROUPS",
    "SCHEMA",
    "Described",
    "ExportFile",
    "ExportMaterial",
    "Format",
    "LabelledVectors",
    "PromptSetDiff",
    "SelectionDiff",
    "WrittenFile",
    "build_manifest",
    "catalogue",
    "compare",
    "describe",
    "diff_prompt_sets",
    "diff_selections",
    "find_format",
    "formats",
    "labelled_rows",
    "lint_set",
    "manifest_bytes",
    "manifest_file",
    "needs_own_prompts",
    "needs_prompts",
    "prompt_settings",
    "prompts_digest",
    "read_described",
    "read_manifest",
    "recorded_rounds",
    "recorded_task",
    "save",
    "write",
    "write_to",
]
