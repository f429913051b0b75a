"""What the linter says: one finding per fault, and the report that holds them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["SEVERITIES", "About", "Finding", "LintReport", "Severity"]

Severity = Literal["error", "warning", "note"]
About = Literal["label", "text", "test item", "settings"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Worst first."""


@dataclass(frozen=True)
class Finding:
    """One fault.

    `about`: what kind of thing `item` names: a label, a labelled text (its id), a test item (its id) or a setting.
    `reason`: what was found, with the numbers; `fix`: what to do next. `prompt`: id of a test item whose prompt
    shows it, "" when none does or it is not about one prompt.
    """

    rule: str
    severity: Severity
    about: About
    item: str
    reason: str
    fix: str
    prompt: str = ""


@dataclass(frozen=True)
class LintReport:
    """All findings, worst first, then in the order of the rules.

    `checked`: names of the rules that ran; `not_checked`: those that could not, with the reason. `prompts`,
    `labelled`, `tests`: how many of each were looked at.
    """

    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    not_checked: Mapping[str, str] = field(default_factory=dict)
    prompts: int = 0
    labelled: int = 0
    tests: int = 0

    def __len__(self) -> int:
        return len(self.findings)

    def __bool__(self) -> bool:
        return True  # a report without findings is still a report

    @property
    def passed(self) -> bool:
        """Whether there is no error and no warning; notes are no fault."""
        return all(finding.severity == "note" for finding in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings each rule has, worst rule first; rules without any are left out."""
        return dict(Counter(finding.rule for finding in self.findings))

    @property
    def by_severity(self) -> dict[Severity, int]:
        """How many errors, warnings and notes."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    def of(self, rule: str) -> tuple[Finding, ...]:
        """The findings of one rule."""
        return tuple(finding for finding in self.findings if finding.rule == rule)

    def summary(self) -> dict[str, Any]:
        """The counts, as they stand in the manifest beside an export."""
        return {
            "passed": self.passed,
            "by_severity": dict(self.by_severity),
            "by_rule": self.counts,
            "not_checked": dict(self.not_checked),
        }

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            **self.summary(),
            "checked": list(self.checked),
            "prompts": self.prompts,
            "labelled": self.labelled,
            "tests": self.tests,
            "findings": [asdict(finding) for finding in self.findings],
        }
