"""`votek bundle` and `votek open-bundle`: one project as a file, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project


@app.command()
def bundle(
    project: ProjectName,
    out: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
    addresses: Annotated[
        bool,
        typer.Option(help="With the e-mail addresses of its people, and their roles. Names are in it either way."),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Write everything of one project into one file, while everybody goes on working."""
    from votek.workspace import Workspace

    with Workspace.open() as workspace:
        made = workspace.bundle(find_project(workspace, project).id, out, addresses=addresses)
    values = {
        "file": str(made.path),
        "bytes": made.size,
        "sha256": made.digest,
        "rows": made.rows,
        "files": made.files,
        "missing": list(made.manifest.missing),
    }
    lines = [
        f"{made.path} written and read back: {made.rows:,} rows, {made.files:,} files, {made.size:,} bytes.",
        f"SHA-256 {made.digest}",
    ]
    if addresses:
        lines.append("E-mail addresses of its people are in it; --no-addresses leaves them out.")
    answer(as_json, values, "\n".join(lines))


@app.command("open-bundle")
def open_bundle(
    file: Annotated[Path, typer.Argument(help="A file made by `votek bundle`.")],
    name: Annotated[str | None, typer.Option(help="What to call the project; as it was when left out.")] = None,
    roles: Annotated[bool, typer.Option(help="Give the addresses in it the roles they had.")] = True,
    look: Annotated[bool, typer.Option("--look", help="Only say what is in it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a project of a bundle; one that is here already stays, and the bundle becomes a copy."""
    from votek.workspace import Workspace

    with Workspace.open() as workspace:
        if look:
            inside = workspace.look_into_bundle(file)
            people = ", ".join(inside.people) or "nobody who signed in"
            given = "".join(f"\n  {address}: {role}" for address, role in sorted(inside.roles.items()))
            answer(
                as_json,
                asdict(inside),
                f"{inside.name!r}: {inside.texts:,} texts, {inside.tests:,} test items, {inside.labelled:,} labelled, "
                f"{inside.events:,} entries in the log, {inside.rounds} rounds of picks. People: {people}."
                + (f"\nRoles:{given}" if given else "")
                + ("\nThe project is here already; opening makes a copy." if inside.here else ""),
            )
            return
        made = workspace.open_bundle(file, name=name, roles=roles)
    values = {
        "project": made.id,
        "name": made.project.name,
        "copied": made.copied,
        "known": made.known,
        "new": made.new,
        "notes": list(made.notes),
    }
    answer(as_json, values, "\n".join([f"{made.project.name!r} is here ({made.id}).", *made.notes]))
