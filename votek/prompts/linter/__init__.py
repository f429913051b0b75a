"""The linter: the faults that ruin prompts, each with its item, the reason and what to do.

One file holds one rule or a small family; `registry.py` lists them. Needs numpy alone; the libraries that know
e-mail addresses, telephone numbers and encodings load when they are first needed.
"""

from __future__ import annotations

from votek.prompts.linter.findings import SEVERITIES, Finding, LintReport, Severity
from votek.prompts.linter.registry import rules
from votek.prompts.linter.rule import Rule
from votek.prompts.linter.run import REGIONS, lint
from votek.prompts.linter.targets import FIRST, LAST, PICKS, TARGETS

__all__ = [
    "FIRST",
    "LAST",
    "PICKS",
    "REGIONS",
    "SEVERITIES",
    "TARGETS",
    "Finding",
    "LintReport",
    "Rule",
    "Severity",
    "lint",
    "rules",
]
