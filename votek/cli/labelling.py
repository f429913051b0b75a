"""`votek label` and `votek import-labels`: labels that were made elsewhere, into a project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project
from votek.cli.reading import Delimiter, Encoding
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import Project, TaskType
    from votek.imports import ImportedLabels, Loss
    from votek.workspace import Workspace
    from votek.workspace.import_report import LabelsImported

LabelFile = Annotated[Path, typer.Argument(help="The export of a tool (file, zip or folder), or a table with labels.")]
LabelFormat = Annotated[
    str | None,
    typer.Option(help="label-studio, argilla, prodigy, potato, doccano, datasets or table; else recognised."),
]
Question = Annotated[str | None, typer.Option(help="Which question to read, where the file asks several.")]
Text = Annotated[str | None, typer.Option(help="Column or field of the text; found when left out.")]
Id = Annotated[str | None, typer.Option("--id", help="Column or field of the ids.")]
Label = Annotated[str | None, typer.Option(help="Column of the labels; found when left out.")]
Who = Annotated[
    str | None, typer.Option(help="Column that names who labelled; any other name is that of whoever gave all labels.")
]
Time = Annotated[str | None, typer.Option(help="Column of the time of each label.")]
Task = Annotated[str | None, typer.Option(help="What the labels are: single, multi or text.")]


@app.command("label")
def label(
    project: ProjectName,
    file: Annotated[Path | None, typer.Argument(help="The export of a tool, or a table with labels.")] = None,
    format: LabelFormat = None,
    id_column: Id = None,
    text: Text = None,
    label: Label = None,
    who: Who = None,
    time: Time = None,
    question: Question = None,
    match: Annotated[str, typer.Option(help="How texts are found: id, text (the same), or auto.")] = "auto",
    existing: Annotated[
        str, typer.Option(help="Texts people labelled here: keep leaves the file's labels out; add puts them beside.")
    ] = "keep",
    queued_only: Annotated[
        bool, typer.Option("--picks-only", help="Only texts that are picked to be labelled.")
    ] = False,
    preview: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    take_back: Annotated[str | None, typer.Option(help="Take back what this earlier import added.")] = None,
    imports: Annotated[bool, typer.Option("--imports", help="List the earlier imports of labels.")] = False,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: AsJson = False,
) -> None:
    """Label texts of a project from a file; everybody whom the file names stays a person of their own."""
    from votek.imports import read_labels
    from votek.workspace import Workspace

    space = Workspace.open()
    target = find_project(space, project)
    if sum((file is not None, take_back is not None, imports)) != 1:
        raise InputError("Give a file of labels, or --imports, or --take-back with the id of an import.")
    if file is None:
        _earlier(space, target, take_back, as_json)
        return
    found = read_labels(
        file, format=format, id=id_column, text=text, label=label, who=who, time=time, question=question,
        task=_task_of(space, target), encoding=encoding, delimiter=delimiter,
    )  # fmt: skip
    done = space.import_labels(
        target.id,
        found,
        file=file.name,
        match=cast(Literal["auto", "id", "text"], match),
        existing=cast(Literal["keep", "add"], existing),
        queued_only=queued_only,
        preview=preview,
    )
    _report(space, target, found, done, as_json)


@app.command("import-labels")
def import_labels(
    file: LabelFile,
    project: Annotated[str, typer.Option(help="Name of the new project.")],
    format: LabelFormat = None,
    id_column: Id = None,
    text: Text = None,
    label: Label = None,
    who: Who = None,
    time: Time = None,
    question: Question = None,
    task: Task = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: AsJson = False,
) -> None:
    """Make a new project of the texts and labels of another tool. For a project that is there: votek label."""
    from votek.imports import read_labels
    from votek.workspace import Workspace
    from votek.workspace.importing import project_from_labels

    space = Workspace.open()
    if any(project in (one.project.id, one.project.name) for one in space.projects(archived=True)):
        raise InputError(f"There is a project {project!r} already. Choose another name, or use: votek label.")
    if task not in (None, "single", "multi", "text"):
        raise InputError(f"--task was {task!r}; give single, multi or text.")
    found = read_labels(
        file, format=format, id=id_column, text=text, label=label, who=who, time=time, question=question,
        task=cast("TaskType | None", task), encoding=encoding, delimiter=delimiter,
    )  # fmt: skip
    made, done = project_from_labels(space, project, found, file=file.name)
    _report(space, made, found, done, as_json)


def _task_of(space: Workspace, project: Project) -> TaskType | None:
    """The kind of answers of a project that has been described; None where the file may decide."""
    task = project.task
    return task.type if task.labels or task.type != "single" or space.has_events(project.id) else None


def _earlier(space: Workspace, project: Project, take_back: str | None, as_json: bool) -> None:
    if take_back is not None:
        count = space.take_back_labels(project.id, take_back)
        answer(as_json, {"taken_back": count}, f"{count:,} labels of the import {take_back} taken back")
        return
    rows: list[dict[str, Any]] = [
        {"id": one.id, "time": one.time.isoformat(), "tool": one.tool, "file": one.file, "added": one.added,
         "standing": one.standing}
        for one in space.label_imports(project.id)
    ]  # fmt: skip
    lines = [
        f"{r['id']}  {r['time'][:16]}  {r['file']} ({r['tool']}): {r['standing']:,} of {r['added']:,}" for r in rows
    ]
    answer(as_json, {"imports": rows}, "\n".join(lines) or "No labels were imported into this project.")


def _report(space: Workspace, project: Project, found: ImportedLabels, done: LabelsImported, as_json: bool) -> None:
    people = ", ".join(name or "nobody whom the file names" for name in done.people) or "nobody"
    would = "would be added" if done.preview else "added"
    lines = [
        f"{found.title}: {found.why}. {len(found.answers):,} answers about {len(found.dataset):,} texts.",
        f"{done.added:,} labels {would} to {project.name!r}, {done.known:,} were there; by {people}.",
    ]
    if done.new_labels:
        lines.append(f"New labels of the task: {', '.join(done.new_labels)}.")
    if done.conflicts:
        lines.append(f"{len(done.conflicts):,} texts were labelled otherwise here:")
        lines += [
            f"  {one.item}: {_words(one.here)} here, {_words(one.there)} in the file" for one in done.conflicts[:5]
        ]
    lines += _loss_lines(done.losses)
    if done.import_id:
        lines.append(f"To take this back: votek label {project.name!r} --take-back {done.import_id}")
    answer(as_json, {"read": found.to_json(), **done.to_json()}, "\n".join(lines))
    if found.answers and not done.added and not done.known:
        raise typer.Exit(1)


def _loss_lines(losses: Iterable[Loss]) -> list[str]:
    lines = []
    for loss in losses:
        lines.append(f"Not kept ({loss.count:,}): {loss.sentence}")
        lines += [f"  row {one.row:,}{': ' + one.excerpt if one.excerpt else ''}" for one in loss.examples[:3]]
    return lines


def _words(value: object) -> str:
    return "skipped" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
