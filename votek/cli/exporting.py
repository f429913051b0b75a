"""Commands of exports: `export` writes one, or unpacks one that is a folder; `formats` lists what there is."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.beside import manifest_place
from votek.cli.output import AsJson, answer, write_whole
from votek.cli.projects import ProjectName, find_project
from votek.cli.ready import make_ready
from votek.errors import InputError, StorageError

if TYPE_CHECKING:
    from votek.exports import ExportFile, Format, WrittenFile
    from votek.workspace import Workspace

__all__: list[str] = []


def _names(incomplete: str) -> list[str]:
    from votek.exports import formats

    return [name for name in formats() if name.startswith(incomplete)]


@dataclass(frozen=True)
class _Place:
    """Where an export goes: `path` of the file, or of the folder that it is unpacked into, and of its manifest."""

    path: Path
    manifest: Path
    unpacked: bool


@app.command()
def export(
    project: ProjectName,
    format: Annotated[
        str, typer.Option(help="Format of the export; `votek formats` lists them.", autocompletion=_names)
    ],
    out: Annotated[
        Path,
        typer.Option(help="Where the file goes. A format that is a folder is unpacked there, unless it ends in .zip."),
    ],
    formula_guard: Annotated[
        bool,
        typer.Option(
            "--formula-guard/--no-formula-guard",
            help="In CSV: one apostrophe before a cell that a spreadsheet would run as a formula.",
        ),
    ] = True,
    answers: Annotated[
        bool, typer.Option("--answers", help="Let the right answers of the test items go out with their prompts.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing, with exit code 1, when `votek lint` finds a fault.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the labelled set or the prompts of a project, with the manifest beside."""
    from votek.workspace import Workspace

    place = _place(format, out)
    workspace = Workspace.open()
    target = find_project(workspace, project)
    _make_ready(workspace, target.id, format)
    if strict:
        _refuse_faults(workspace, target.id, format)
    made, manifest = _written(workspace, target.id, format, place, formula_guard=formula_guard, answers=answers)
    write_whole(place.manifest, manifest.content)
    values = {
        "out": str(place.path),
        "manifest": str(place.manifest),
        "bytes": made.size,
        "sha256": made.sha256,
        "format": format,
        "unpacked": place.unpacked,
        "formula_guard": made.guarded,
        "answers": made.answers,
        "left_out": dict(made.left_out),
        "lint": (lint := json.loads(manifest.content)["export"]["lint"]),
    }
    lines = [f"{place.path} written ({made.size:,} bytes), its manifest beside it in {place.manifest}"]
    lines += [f"with the right answers of {made.answers:,} test items"] if made.answers else []
    lines += [f"left out: {name}: {reason}" for name, reason in made.left_out.items()]
    answer(as_json, values, "\n".join(lines))
    if lint["by_rule"]:
        found = ", ".join(f"{name} ({count:,})" for name, count in lint["by_rule"].items())
        typer.echo(f"The check found: {found}. See: votek lint {shlex.quote(project)} --target {format}", err=True)


def _refuse_faults(workspace: Workspace, project_id: str, format: str) -> None:
    from votek.cli.linting import lint_lines

    report = workspace.lint(project_id, target=format)
    if not report.passed:
        typer.echo("\n".join([*lint_lines(report), "Nothing is written."]), err=True)
        raise typer.Exit(1)


@app.command()
def formats(
    details: Annotated[
        bool, typer.Option("--details", help="With --json: an object per format instead of its sentence.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the export formats: what each is, in which order it stands, how to load it."""
    from votek.exports import GROUPS, catalogue
    from votek.exports import formats as sentences
    from votek.exports.registry import ALL

    table = sentences()
    values: dict[str, Any] = dict(table)
    if details:
        values = {format.name: _details(format) for format in catalogue()}
    lines = []
    for group, title in GROUPS.items():
        lines += [title, *(line for format in catalogue() if format.group == group for line in _lines(format)), ""]
    lines += ["Everything", f"  {ALL:<28}{table[ALL]}"]
    answer(as_json, values, "\n".join(lines))


def _details(format: Format) -> dict[str, Any]:
    return {
        "title": format.title,
        "sentence": format.sentence,
        "group": format.group,
        "file": format.file,
        "needs": format.needs,
        "order": format.order,
        "load": format.load,
        "answers": format.answers,
    }


def _lines(format: Format) -> list[str]:
    indent = " " * 30
    return [
        f"  {format.name:<28}{format.sentence}",
        f"{indent}Order: {format.order}. File: {format.file}",
        *(f"{indent}{line}" for line in f"Load: {format.load}".splitlines()),
    ]


def _place(format: str, out: Path) -> _Place:
    from votek.exports import find_format
    from votek.exports.format import ZIP
    from votek.exports.registry import ALL

    folder = format == ALL or find_format(format).mime == ZIP
    if not out.parent.is_dir():
        raise StorageError(f"{out} could not be written: there is no folder {out.parent}. Name another place.")
    if folder and out.suffix.lower() != ".zip":
        if out.exists() and not (out.is_dir() and not any(out.iterdir())):
            raise InputError(
                f"{out} is there already. Name a new or empty folder to unpack {format!r} into, or a file that ends in "
                ".zip."
            )
        return _Place(out, manifest_place(out), True)
    if out.is_dir():
        if folder:
            raise InputError(f"{out} is a folder. Name a file that ends in .zip, or a new or empty folder.")
        out = out / find_format(format).file
    return _Place(out, manifest_place(out), False)


def _make_ready(workspace: Workspace, project_id: str, format: str) -> None:
    """Make the vectors that prompts need where they are missing, so that they can be written without a worker."""
    from votek.exports import needs_prompts

    if needs_prompts(format):
        make_ready(workspace, project_id)


def _written(
    workspace: Workspace, project_id: str, format: str, place: _Place, *, formula_guard: bool, answers: bool
) -> tuple[WrittenFile, ExportFile]:
    if not place.unpacked:
        return workspace.save_export(project_id, format, place.path, formula_guard=formula_guard, answers=answers)
    name, mark = place.path.name, secrets.token_hex(4)
    packed, partial = place.path.with_name(f".{name}.{mark}.zip"), place.path.with_name(f".{name}.{mark}.part")
    try:
        made = workspace.save_export(
            project_id, format, packed, formula_guard=formula_guard, answers=answers, name=name
        )
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(partial)
        os.replace(partial, place.path)  # takes the place of an empty folder
    except OSError as error:
        raise StorageError(
            f"{place.path} could not be written ({error.strerror}). Choose another place with --out."
        ) from error
    finally:
        packed.unlink(missing_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
    return made
