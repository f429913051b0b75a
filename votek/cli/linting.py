"""`votek lint`: the faults that ruin prompts, in a project's labels, templates and prompts."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project
from votek.cli.ready import make_ready

if TYPE_CHECKING:
    from votek.prompts import LintReport

__all__ = ["lint_lines"]

_LISTED = 20


@app.command("lint")
def lint(
    project: ProjectName,
    target: Annotated[
        str | None,
        typer.Option(help="Where the prompts go: a format of `votek formats`, or a search such as langchain-selector."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Look for this fault alone; may be given again.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Do not look for this fault; may be given again.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look for the faults that ruin prompts; exit code 1 when there is an error or a warning."""
    from votek.workspace import Workspace

    workspace = Workspace.open()
    found = find_project(workspace, project)
    make_ready(workspace, found.id)
    report = workspace.lint(found.id, target=target, only=only or (), ignore=ignore or ())
    answer(as_json, report.to_json(), "\n".join(lint_lines(report)))
    if not report.passed:
        raise typer.Exit(1)


def lint_lines(report: LintReport) -> list[str]:
    """A report as lines: rule by rule, worst first, at most twenty findings of each."""
    from votek.prompts.linter import rules

    lines = []
    titles = {rule.name: rule.title for rule in rules()}
    for name, count in report.counts.items():
        findings = report.of(name)
        lines.append(f"{titles[name]} ({name}): {count:,}")
        for finding, following in zip_longest(findings[:_LISTED], findings[1:_LISTED]):
            lines.append(f"  {finding.severity}: {finding.about} {_printable(finding.item)}. {finding.reason}")
            if following is None or following.fix != finding.fix:
                lines.append(f"  What to do: {finding.fix}")
        if count > _LISTED:
            lines.append(f"  and {count - _LISTED:,} more")
    looked = f"{report.labelled:,} labelled texts, {report.tests:,} test items and {report.prompts:,} prompts"
    lines.append(f"{'Nothing found' if not report.findings else _totals(report)} in {looked}.")
    for reason in dict.fromkeys(report.not_checked.values()):
        names = ", ".join(name for name, own in report.not_checked.items() if own == reason)
        lines.append(f"Not checked: {names} ({reason}).")
    return lines


def _totals(report: LintReport) -> str:
    named = [f"{count:,} {severity}{'' if count == 1 else 's'}" for severity, count in report.by_severity.items()]
    return ", ".join(named)


def _printable(item: str) -> str:
    """An id of somebody's file cannot move the cursor of a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in item)[:80]
