"""`votek settle` and `votek history`: what people disagree about, the final word, and who did what."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import Project
    from votek.workspace import ToSettle, Workspace


@app.command()
def settle(
    project: ProjectName,
    item: Annotated[str, typer.Argument(help="Id of the text; left out, the disagreements are listed.")] = "",
    label: Annotated[
        list[str] | None, typer.Option(help="The final label; several where the task allows them.")
    ] = None,
    none_fits: Annotated[bool, typer.Option("--none-fits", help="Say that no label fits.")] = False,
    why: Annotated[str, typer.Option(help="Why; stays with the label and in exports.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the texts that people disagree about, or give one its final label."""
    from votek.workspace import Workspace

    space = Workspace.open()
    found = find_project(space, project)
    if item:
        if bool(label) == none_fits:
            raise InputError("Give the final --label, or --none-fits, for the text.")
        _rule(space, found, item, label or [], why, none_fits=none_fits)
    elif label or none_fits or why:
        raise InputError("Say which text is settled: votek settle PROJECT ITEM --label LABEL")
    open_ones = space.disagreements(found.id)
    people = space.person_names(found.id, [voice.who for one in open_ones for voice in one.voices])
    rows = [_row(one, people) for one in open_ones]
    lines = [f"{row['id']}: " + ", ".join(f"{who} said {said!r}" for who, said in row["voices"]) for row in rows]
    lines.append(f"{len(rows):,} texts to settle.")
    answer(as_json, {"settled": item or None, "to_settle": rows}, "\n".join(lines))


def _rule(space: Workspace, project: Project, item: str, labels: list[str], why: str, *, none_fits: bool) -> None:
    from votek.datatypes import LOCAL
    from votek.workspace import NewEvent

    if project.task.type != "multi" and len(labels) > 1:
        raise InputError(f"{len(labels)} labels were given; this task takes one.")
    value = None if none_fits else labels if project.task.type == "multi" else labels[0]
    event = NewEvent(
        event_id=f"cli-{secrets.token_hex(12)}",
        item=item,
        kind="adjudicate",
        value={"label": value, "why": why},
        task_version=project.task.version,
        guideline_version=project.guidelines_version,
        source="command line",
    )
    (ack,) = space.record_events(project.id, LOCAL.id, [event])
    if not ack.accepted:
        raise InputError(ack.reason)


def _row(one: ToSettle, names: dict[str, str]) -> dict[str, Any]:
    return {"id": one.item, "text": one.text, "voices": [(names[voice.who], voice.label) for voice in one.voices]}


@app.command("history")
def show_history(
    project: ProjectName,
    item: Annotated[str | None, typer.Option(help="Only what was done to this text.")] = None,
    audit: Annotated[
        bool, typer.Option("--audit", help="What was done besides labelling: roles, settings, exports.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell who did what and when, oldest first."""
    from votek.workspace import Workspace

    space = Workspace.open()
    found = find_project(space, project)
    if audit:
        log = space.audit_log(found.id, limit=10_000)[::-1]
        names = space.person_names(found.id, [one.who for one in log])
        rows: list[dict[str, Any]] = [
            {"time": one.time.isoformat(), "who": names[one.who], "action": one.action, "details": dict(one.details)}
            for one in log
        ]
        lines = [f"{row['time']}  {row['who']}  {row['action']}" for row in rows]
    else:
        entries = [one for one in space.history(found.id) if item in (None, one.item)]
        names = space.person_names(found.id, [one.who for one in entries])
        rows = [
            {"time": one.time.isoformat(), "who": names[one.who], "id": one.item, "kind": one.kind, "old": one.old,
             "new": one.new, "source": one.source, "guideline_version": one.guideline_version, "undone": one.undone}
            for one in entries
        ]  # fmt: skip
        lines = [f"{r['time']}  {r['who']}  {r['kind']}  {r['id']}: {r['old']!r} -> {r['new']!r}" for r in rows]
    answer(as_json, {"project": found.id, "history": rows}, "\n".join(lines) or "Nothing was done yet.")
