"""What the templates name and the data lack, and what they forget to name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from votek.errors import InputError
from votek.prompts.instruction import unfilled_fields
from votek.prompts.linter.findings import Finding, Severity
from votek.prompts.linter.masking import counted, shown
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule
from votek.prompts.rows import LabelledRow, QueryRow, label_text
from votek.prompts.templates import Template

__all__ = ["RULE"]

_NAMES = ("demonstration template", "query template")


def _check(given: Material) -> Iterator[Finding]:
    for name, template in given.templates.items():
        if isinstance(template, InputError):
            yield _finding("error", name, str(template), "Correct the template under Write on the Prompts page.")
        else:
            yield from _unused(name, template)
            rows = given.labelled if name == _NAMES[0] else given.queries
            what = "labelled text" if name == _NAMES[0] else "test item"
            for column in template.fields:
                yield from _column(name, template, column, rows, what)
    yield from _instruction(given)


def _unused(name: str, template: Template) -> Iterator[Finding]:
    if name == _NAMES[0] and not template.uses("label"):
        yield _finding(
            "error", name, "It does not name {label}, so no demonstration shows its answer.", "Write {label} into it."
        )
    if not template.uses("text") and not template.fields:
        same = "all demonstrations of one label" if name == _NAMES[0] else "all prompts end alike and"
        yield _finding(
            "error", name, f"It names neither {{text}} nor a column: {same} look the same.", "Write {text} into it."
        )


def _column(
    name: str, template: Template, column: str, rows: Sequence[LabelledRow] | Sequence[QueryRow], what: str
) -> Iterator[Finding]:
    lacking = [row.id for row in rows if column not in row.fields and column in _needed(template, row)]
    empty = [row.id for row in rows if column in row.fields and not row.fields[column].strip()]
    if lacking:
        yield _finding(
            "error",
            name,
            f"It names the column {shown(column)}, which {len(lacking):,} of {counted(len(rows), what)} do not have "
            f"(first: {shown(lacking[0])}).",
            "Take the column out of the template, or load a file that has it.",
        )
    if empty and column in _always(template):
        yield _finding(
            "warning",
            name,
            f"It names the column {shown(column)}, which is empty in {len(empty):,} of {counted(len(rows), what)} "
            f"(first: {shown(empty[0])}).",
            "Fill the column in the file, or take it out of the template.",
        )


def _needed(template: Template, row: LabelledRow | QueryRow) -> tuple[str, ...]:
    label = label_text(row.value) if isinstance(row, LabelledRow) else ""
    return template.missing(row.text, label=label, fields=row.fields)


def _instruction(given: Material) -> Iterator[Finding]:
    written = given.settings.instruction or ""
    others = unfilled_fields(written)
    if others:
        names = ", ".join(others[:5])
        yield _finding(
            "warning",
            "instruction",
            f"In it only {{labels}} is filled in; {shown(names)} stays as it is.",
            "Take it out, or write the words that should stand there.",
        )
    if "{labels}" in written.replace("{{labels}}", "") and not given.task.labels:
        yield _finding(
            "warning",
            "instruction",
            "It names {labels}, which stand for nothing: the task has no list of labels.",
            "Take {labels} out, or give the task its labels.",
        )


def _always(template: Template) -> set[str]:
    """Columns written outside every block; an empty one inside a block may be just what the block is for."""
    depth, found = 0, set()
    for kind, value in template.parts:
        depth += (kind == "if") - (kind == "end")
        if kind == "field" and not depth:
            found.add(value)
    return found


def _finding(severity: Severity, name: str, reason: str, fix: str) -> Finding:
    return Finding("template", severity, "settings", name, reason, fix)


RULE = Rule(
    "template",
    "Templates that the data do not fill",
    "A template that cannot be read, leaves text or label out, or names a column that is not there or is empty.",
    _check,
)
