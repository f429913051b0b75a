"""`votek diff`: two prompt sets or two selections compared, and why they differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from votek.cli import app
from votek.cli.beside import manifest_beside, prompts_beside
from votek.cli.output import AsJson, answer, read_bytes
from votek.cli.projects import find_project
from votek.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from votek.exports import Described, PromptSetDiff, SelectionDiff

SHOWN = 20

Side = Annotated[
    str,
    typer.Argument(
        help="A *.manifest.json, a prompts-jsonl export, a file of picks, or a project; PROJECT@3: by version 3 of its "
        "prompt settings."
    ),
]


@app.command()
def diff(
    a: Side,
    b: Side,
    picks: Annotated[bool, typer.Option("--picks", help="Compare what was picked, not the prompts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two prompt sets or two selections: what was added, removed, re-labelled, re-ordered, and why."""
    from votek.exports import diff_prompt_sets, diff_selections

    one, other = _side(a), _side(b)
    if picks or not (one.is_prompts and other.is_prompts):
        found: PromptSetDiff | SelectionDiff = diff_selections(one, other)
    else:
        found = diff_prompt_sets(one, other)
    entries = found.entries()
    more = [f"  and {len(entries) - SHOWN:,} more; --json lists all"] if len(entries) > SHOWN else []
    lines = [*found.summary(), *(f"  {line}" for line in entries[:SHOWN]), *more]
    answer(as_json, found.to_json(), "\n".join(lines))
    if not found.equal:
        raise typer.Exit(1)


def _side(given: str) -> Described:
    path = Path(given)
    if path.is_file():
        return _of_file(path)
    if path.suffix in (".json", ".jsonl"):
        raise InputError(f"There is no file {given}. Give a file, or the name of a project.")
    return _of_project(given)


def _of_file(path: Path) -> Described:
    """A file, with the one that `votek export` wrote beside it."""
    from votek.exports import describe, read_described

    found = read_described(read_bytes(path), path.name)
    if found.manifest is None and found.prompts is not None:
        beside = manifest_beside(path)
        if beside is not None:
            return describe(read_described(read_bytes(beside), path.name), path.name, also=found)
    elif found.manifest is not None and found.prompts is None:
        beside = prompts_beside(path)
        if beside is not None:
            return describe(found, path.name, also=read_described(read_bytes(beside), beside.name))
    return found


def _of_project(given: str) -> Described:
    from votek.exports import describe
    from votek.workspace import Workspace

    with Workspace.open() as workspace:
        version = None
        try:
            project = find_project(workspace, given)
        except NotFoundError:
            name, at, number = given.rpartition("@")
            if not at or not number.isdecimal():
                raise
            project, version = find_project(workspace, name), int(number)
        return describe(workspace.prompt_set(project.id, version=version), given)
