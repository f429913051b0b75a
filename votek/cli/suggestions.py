"""The command `suggestions`: whether they are on, and what they did to those who saw them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project

if TYPE_CHECKING:
    from votek.workspace.suggesting import SuggestionReport

_SOURCES = {"knn": "the nearest labelled texts", "model": "the project's model"}


@app.command()
def suggestions(
    project: ProjectName,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Show likely labels beside texts, or stop it.")] = None,
    source: Annotated[str | None, typer.Option(help="knn (nearest labelled texts) or model (the project's).")] = None,
    blind_share: Annotated[
        float | None, typer.Option(help="Share of the texts, 0 to 1, for which nothing is shown.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report how often people agreed with shown and with held-back suggestions; with options, change them."""
    from votek.workspace import Workspace

    workspace = Workspace.open()
    target = find_project(workspace, project)
    given: dict[str, Any] = {"on": on, "source": source, "blind_share": blind_share}
    changes = {name: value for name, value in given.items() if value is not None}
    if changes:
        target = workspace.set_suggestions(target.id, replace(target.suggestions, **changes))
    report = workspace.suggestion_report(target.id)
    answer(as_json, {"project": target.id, **report.to_json()}, "\n".join(_lines(report, target.name)))


def _lines(report: SuggestionReport, name: str) -> list[str]:
    settings = report.settings
    stand = f"on, from {_SOURCES[settings.source]}, {settings.blind_share:.0%} held back" if settings.on else "off"
    lines = [f"Suggestions in {name!r}: {stand}.", *report.total.sentences()]
    for who, found in report.people.items():
        shown, blind = (f"{arm.agreed} of {arm.n}" for arm in (found.shown, found.blind))
        lines.append(f"  {who}: {shown} shown and {blind} held back")
    return lines
