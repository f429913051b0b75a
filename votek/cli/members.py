"""`votek members` and `votek rotate-key`: what whoever runs the server does about people and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import Member


@app.command()
def members(
    project: ProjectName,
    action: Annotated[str, typer.Argument(help="add or remove; left out, the people are listed.")] = "",
    email: Annotated[str, typer.Argument(help="The address to add, to give another role, or to remove.")] = "",
    role: Annotated[str, typer.Option(help="owner, reviewer or annotator.")] = "annotator",
    as_json: AsJson = False,
) -> None:
    """List, add or remove the people of a project: for the first owner, or when nobody is left who could."""
    from votek.workspace import Workspace
    from votek.workspace.people import clean_address

    if action not in ("", "add", "remove"):
        raise InputError(f"{action!r} was given; use add or remove, or leave it out to list the people.")
    if bool(action) != bool(email):
        raise InputError("Give an address after add or remove: votek members PROJECT add ada@example.org --role owner")
    workspace = Workspace.open()
    target = find_project(workspace, project)
    if action == "add":
        known = {member.email for member in workspace.members(target.id)}
        give = workspace.set_role if clean_address(email) in known else workspace.invite
        give(target.id, email, role)  # type: ignore[arg-type]  # it is checked there
    elif action == "remove":
        workspace.remove_member(target.id, email)
    rows = [_row(member) for member in workspace.members(target.id)]
    lines = [f"{row['email']}  {row['role']}{'' if row['signed_in'] else '  (has not signed in yet)'}" for row in rows]
    answer(
        as_json,
        {"project": target.id, "members": rows},
        "\n".join(lines) or f"Nobody has a role in {target.name!r} yet; it belongs to the addresses of VOTEK_ADMINS.",
    )


def _row(member: Member) -> dict[str, Any]:
    return {"email": member.email, "role": member.role, "signed_in": member.person is not None}


@app.command("rotate-key")
def rotate(
    leaked: Annotated[
        bool, typer.Option("--leaked", help="Accept nothing more that the earlier key signed, from now on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign label tokens with a fresh key; what the earlier one signed is accepted until it expires, an hour at most."""
    from votek.access import rotate_key
    from votek.settings import Settings

    kept = rotate_key(Settings(), keep=not leaked)
    after = f"{kept} earlier {'key is' if kept == 1 else 'keys are'} accepted for an hour" if kept else "no earlier key"
    answer(as_json, {"accepted_earlier": kept}, f"A fresh key signs from now on; {after}.")
