"""Prompts: which demonstrations stand before a test item, and the literal text.

Needs numpy alone; the tokenizer library loads when tokens are first counted.
"""

from __future__ import annotations

from votek.prompts.build import PromptBuilder, build_prompts
from votek.prompts.counting import PartCounts, count_parts
from votek.prompts.instruction import default_instruction, instruction_text, settings_in_force, unfilled_fields
from votek.prompts.linter import Finding, LintReport, lint
from votek.prompts.presets import Preset, fitting_presets, has_own_words, presets, with_preset
from votek.prompts.retrieval import retrieve
from votek.prompts.retrievers import retrievers
from votek.prompts.rows import LabelledRow, LabelValue, QueryRow, in_pick_order, label_text
from votek.prompts.settings import check_settings
from votek.prompts.templates import Template, parse_template
from votek.prompts.tokenizers import is_estimate, token_counter, tokenizers
from votek.prompts.versions import PromptsVersion, changed_settings, settings_difference, settings_lines
from votek.prompts.wording import setting_title
from votek.prompts.writing import DemonstrationWriter, sample_prompt

__all__ = [
    "DemonstrationWriter",
    "Finding",
    "LabelValue",
    "LabelledRow",
    "LintReport",
    "PartCounts",
    "Preset",
    "PromptBuilder",
    "PromptsVersion",
    "QueryRow",
    "Template",
    "build_prompts",
    "changed_settings",
    "check_settings",
    "count_parts",
    "default_instruction",
    "fitting_presets",
    "has_own_words",
    "in_pick_order",
    "instruction_text",
    "is_estimate",
    "label_text",
    "lint",
    "parse_template",
    "presets",
    "retrieve",
    "retrievers",
    "sample_prompt",
    "setting_title",
    "settings_difference",
    "settings_in_force",
    "settings_lines",
    "token_counter",
    "tokenizers",
    "unfilled_fields",
    "with_preset",
]
