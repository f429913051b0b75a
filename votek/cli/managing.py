"""`votek project` and `votek task`: what a project is called, whether it is put away, and what people are asked."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer, read_bytes
from votek.cli.projects import ProjectName, find_project
from votek.errors import FileError, InputError

if TYPE_CHECKING:
    from votek.datatypes import LabelSpec, TaskSpec, TaskType

_TYPES = {"single": "one label", "multi": "several labels", "text": "a written answer"}


@app.command("project")
def manage(
    project: ProjectName,
    rename: Annotated[str | None, typer.Option(help="Give it this name.")] = None,
    archive: Annotated[
        bool | None, typer.Option("--archive/--unarchive", help="Put it away, or bring it back; nothing is deleted.")
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Remove it and all its labels for good.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a project; rename it, put it away, or delete it."""
    from votek.workspace import Workspace

    space = Workspace.open()
    found = find_project(space, project)
    if delete and (rename is not None or archive is not None):
        raise InputError("--delete stands alone; give --rename, --archive or --unarchive without it.")
    if delete:
        if not yes and not typer.confirm(
            f"Delete {found.name!r} with all its labels? This cannot be undone.", err=True
        ):
            raise InputError("Nothing was deleted. `votek bundle` keeps a copy of a project in a file.")
        space.delete_project(found.id)
        answer(as_json, {"id": found.id, "deleted": True}, f"{found.name!r} is deleted.")
        return
    if rename is not None:
        space.rename_project(found.id, rename)
    if archive is not None:
        space.archive_project(found.id, archive)
    now = next(one for one in space.projects(archived=True) if one.project.id == found.id)
    values = {
        "id": found.id,
        "name": now.project.name,
        "archived": now.project.archived,
        "created": now.project.created.isoformat(),
        "texts": now.texts,
        "tests": now.tests,
        "queued": now.queued,
        "labelled": now.done,
        "next": now.next_step,
    }
    away = ", put away" if now.project.archived else ""
    answer(
        as_json,
        values,
        f"{now.project.name}{away}: {now.texts:,} texts, {now.tests:,} test items, {now.done} of {now.queued} labelled",
    )


@app.command()
def task(
    project: ProjectName,
    type: Annotated[str | None, typer.Option(help="single, multi (several labels) or text (written answers).")] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="NAME or NAME=DEFINITION, in order; all labels that there are to be.")
    ] = None,
    guidelines: Annotated[Path | None, typer.Option(help="A Markdown file: what people read beside each text.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what people are asked; with options, change it. Labels that somebody gave already cannot be dropped."""
    from votek.workspace import Workspace

    if type is not None and type not in _TYPES:
        raise InputError(f"--type was {type!r}; give one of {', '.join(_TYPES)}.")
    space = Workspace.open()
    found = find_project(space, project)
    wanted = replace(
        found.task,
        type=cast("TaskType", type or found.task.type),
        labels=_labels(label, found.task) if label else found.task.labels,
    )
    words = _read_text(guidelines) if guidelines is not None else found.guidelines
    space.set_task(found.id, wanted)
    found = space.set_guidelines(found.id, words)
    values = asdict(found.task) | {"guidelines": found.guidelines, "guidelines_version": found.guidelines_version}
    lines = [f"{found.name}: {_TYPES[found.task.type]}"]
    lines += [f"  {one.name}" + (f": {one.definition}" if one.definition else "") for one in found.task.labels]
    answer(as_json, values, "\n".join(lines))


def _labels(given: list[str], before: TaskSpec) -> tuple[LabelSpec, ...]:
    """The labels as given; one that was there keeps its colour, and its definition unless another is given."""
    from votek.datatypes import LabelSpec
    from votek.workspace import label_color, label_key

    known = {one.name: one for one in before.labels}
    made = []
    for place, text in enumerate(given):
        name, equals, definition = text.partition("=")
        one = known.get(name) or LabelSpec(name, label_color(place))
        made.append(replace(one, key=label_key(place), definition=definition if equals else one.definition))
    return tuple(made)


def _read_text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileError(
            f"{path} is not UTF-8 text ({problem.reason} at byte {problem.start}). Save it as UTF-8."
        ) from None
