"""The command `handout`: how texts are handed out to a team, and where that stands."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.annotation.overlap_plan import OverlapPlan
    from votek.datatypes import HandoutSettings, Project
    from votek.workspace import HandoutProgress

_WAYS = {"open": "to whoever comes next", "shares": "by shares", "named": "some to named people"}


@app.command("handout")
def handout(
    project: ProjectName,
    overlap: Annotated[int | None, typer.Option(help="How many different people decide about each text.")] = None,
    minutes: Annotated[int | None, typer.Option(help="How long a text stays with somebody who does nothing.")] = None,
    share: Annotated[
        list[str] | None, typer.Option(help="ADDRESS=PARTS: deal the texts out in proportion; once for each person.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="ITEM=ADDRESS: give this text to this person; as often as needed.")
    ] = None,
    anybody: Annotated[bool, typer.Option("--anybody", help="No shares and names any more.")] = False,
    plan: Annotated[
        int | None, typer.Option(help="Which texts to give to a second person, for so many extra labels.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put the plan in force.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how texts are handed out to a team; with options, change it."""
    from votek.workspace import Workspace

    space = Workspace.open()
    found = find_project(space, project)
    if apply and plan is None:
        raise InputError("--apply puts a plan in force: give --plan with a number of extra labels as well.")
    people = {one.email: one.person.id for one in space.members(found.id) if one.person is not None}
    wanted = replace(found.handout, overlap=overlap or found.handout.overlap, minutes=minutes or found.handout.minutes)
    wanted = _assigned(wanted, people, share or [], name or [], anybody=anybody)
    if wanted != found.handout:
        space.set_handout(found.id, wanted)
    chosen = space.overlap_plan(found.id, budget=plan) if plan is not None else None
    if apply and plan is not None:
        space.apply_overlap_plan(found.id, budget=plan)
    found, stand = space.project(found.id), space.handout_progress(found.id)
    result: dict[str, Any] = {"settings": asdict(found.handout), "progress": asdict(stand)}
    if chosen is not None:
        result["plan"] = asdict(chosen)
    lines = _lines(found, stand, {person: email for email, person in people.items()}, chosen)
    answer(as_json, result, "\n".join(lines))


def _assigned(
    settings: HandoutSettings, people: dict[str, str], shares: list[str], names: list[str], *, anybody: bool
) -> HandoutSettings:
    """The settings with who gets what as it was said."""
    if sum(map(bool, (shares, names, anybody))) > 1:
        raise InputError("Give one of --share, --name and --anybody: they exclude each other.")
    if anybody:
        return replace(settings, assignment="open", shares={}, named={})
    if shares:
        parts = {_person(people, one): _whole(part) for one, part in map(_pair, shares)}
        return replace(settings, assignment="shares", shares=parts)
    if names:
        named: dict[str, tuple[str, ...]] = {}
        for item, one in map(_pair, names):
            named[item] = (*named.get(item, ()), _person(people, one))
        return replace(settings, assignment="named", named=named)
    return settings


def _lines(project: Project, stand: HandoutProgress, names: dict[str, str], plan: OverlapPlan | None) -> list[str]:
    asked = project.handout
    return [
        f"{project.name}: {asked.overlap} for each text, {_WAYS[asked.assignment]}, kept for {asked.minutes:g} minutes",
        f"{stand.closed:,} of {stand.texts:,} texts closed, {stand.begun:,} begun, {stand.disputed:,} disputed",
        *(f"  {names.get(one, one)}: {mine.done:,} decided, {mine.held:,} held" for one, mine in stand.people.items()),
        *([plan.note, *(f"  {choice.item}: {choice.reason}" for choice in plan.choices)] if plan is not None else []),
    ]


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = text.rpartition("=")
    if not equals or not left or not right:
        raise InputError(f"{text!r} must be two parts joined by =, such as ann@example.org=2.")
    return left, right


def _person(people: dict[str, str], email: str) -> str:
    if email not in people:
        there = ", ".join(sorted(people)) or "nobody yet"
        raise InputError(f"{email!r} has not signed in to this project. Those who have: {there}.")
    return people[email]


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise InputError(f"A share must be a whole number of parts; {text!r} was given.")
    return int(text)
