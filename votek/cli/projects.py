"""Commands that work on projects: `projects`, `import`, `sample`, `settings`, `reproduce`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer, progress_bar, read_bytes, write_whole
from votek.cli.reading import Delimiter, Encoding, File, Format, Id, Template, Text, read_file
from votek.errors import InputError, NotFoundError, VotekError

if TYPE_CHECKING:
    from votek.datatypes import Project
    from votek.workspace import Workspace

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def project_names(incomplete: str) -> list[str]:
    """Names of projects that begin like this, for completion at the tab key; none where the data cannot be read."""
    try:
        return [one.project.name for one in _open().projects() if one.project.name.startswith(incomplete)]
    except VotekError:
        return []


ProjectName = Annotated[
    str,
    typer.Argument(help="Name or id of the project; `votek projects` lists them.", autocompletion=project_names),
]


def _open() -> Workspace:
    from votek.workspace import Workspace

    return Workspace.open()


def find_project(workspace: Workspace, name: str) -> Project:
    """The project with this id or name.

    Raises:
        NotFoundError: there is none; the message lists those there are.
        InputError: several have this name.
    """
    summaries = workspace.projects(archived=True)
    projects = [summary.project for summary in summaries]
    found = [project for project in projects if name in (project.id, project.name)]
    if len(found) > 1:
        raise InputError(
            f"{len(found)} projects are named {name!r}; give the id of one: {', '.join(p.id for p in found)}"
        )
    if not found:
        there_are = ", ".join(repr(project.name) for project in projects) or "none yet"
        raise NotFoundError(f"There is no project {name!r}. There are: {there_are}.")
    return found[0]


@app.command("projects")
def list_projects(as_json: AsJson = False) -> None:
    """List the projects and where each stands."""
    rows: list[dict[str, Any]] = [
        {
            "id": summary.project.id,
            "name": summary.project.name,
            "texts": summary.texts,
            "tests": summary.tests,
            "labelled": summary.done,
            "queued": summary.queued,
            "next": summary.next_step,
        }
        for summary in _open().projects()
    ]
    lines = [f"{r['id']}  {r['name']}: {r['texts']:,} texts, {r['labelled']} of {r['queued']} labelled" for r in rows]
    answer(as_json, {"projects": rows}, "\n".join(lines) or "No projects yet: votek import FILE --project NAME")


@app.command("import")
def import_file(
    file: File,
    project: Annotated[str, typer.Option(help="Name of the project; made when it is not there.")],
    text: Text = None,
    template: Template = None,
    id_column: Id = None,
    label: Annotated[list[str] | None, typer.Option(help="Column with labels that are in force already.")] = None,
    gold: Annotated[list[str] | None, typer.Option(help="Column with labels kept hidden, for evaluation.")] = None,
    role: Annotated[str, typer.Option(help="pool: texts to pick from; test: items to write prompts for.")] = "pool",
    format: Format = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: AsJson = False,
) -> None:
    """Load a file into a project."""
    if role not in ("pool", "test"):
        raise InputError(f"--role was {role!r}; give pool or test.")
    kind: Literal["pool", "test"] = "pool" if role == "pool" else "test"
    dataset = read_file(file, text, template, id_column, format, encoding, delimiter)
    columns: dict[str, Literal["labelled", "gold", "ignore"]] = dict.fromkeys(label or [], "labelled")
    columns |= dict.fromkeys(gold or [], "gold")
    workspace = _open()
    try:
        target = find_project(workspace, project)
    except NotFoundError:
        target = workspace.create_project(project)
    workspace.import_dataset(target.id, dataset, role=kind, name=file.name, columns=columns)
    refused = [{"row": refusal.row, "reason": refusal.reason} for refusal in dataset.refusals]
    answer(
        as_json,
        {"project": target.id, "loaded": len(dataset), "refused": refused, "digest": dataset.digest},
        "\n".join(
            [f"{len(dataset):,} rows loaded into {target.name!r}, {len(refused)} refused."]
            + [f"  row {refusal['row']}: {refusal['reason']}" for refusal in refused[:20]]
            + ([f"  and {len(refused) - 20} more"] if len(refused) > 20 else [])
        ),
    )


@app.command()
def sample(as_json: AsJson = False) -> None:
    """Make the sample project: messages to a fictional shop's help desk."""
    from votek.workspace.sample import ensure_sample

    workspace = _open()
    project = ensure_sample(workspace, EXAMPLES)
    answer(as_json, {"project": project.id, "name": project.name}, f"The sample project {project.name!r} is ready.")


@app.command()
def settings(as_json: AsJson = False) -> None:
    """Show every setting: its value, its variable and what it is for."""
    from votek.settings import Settings

    values = Settings()
    rows = {
        f"VOTEK_{name.upper()}": {
            "value": _shown(name, getattr(values, name)),
            "about": field.description,
        }
        for name, field in Settings.model_fields.items()
    }
    answer(as_json, rows, "\n".join(f"{name}={row['value']}\n    {row['about']}" for name, row in rows.items()))


def _shown(name: str, value: object) -> str:
    """A setting as it may be read over a shoulder: no key, token or password."""
    if name in ("secret", "metrics_token"):
        return "set" if value else str(value)
    if name == "database_url" and value:
        from votek.store.engines import parse_address

        return parse_address(str(value)).render_as_string(hide_password=True)
    return str(value)


@app.command()
def reproduce(
    manifest: Annotated[Path, typer.Argument(help="The manifest that stands beside an export.")],
    data: Annotated[Path, typer.Argument(help="The file that the texts came from.")],
    tests: Annotated[
        Path | None, typer.Option(help="The file of test items, when the prompts were made for one.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the set; nothing is written when left out.")] = None,
    format: Annotated[
        str, typer.Option(help="Format of what is written; `votek formats` lists them.")
    ] = "prompts-jsonl",
    model: Annotated[
        str | None, typer.Option(help="Where the embedding model lies, if not under its own name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a prompt set again from its manifest, and check that it is identical."""
    from votek import exports
    from votek.reproduction import reproduce as run_again

    recorded = exports.read_manifest(read_bytes(manifest))
    own = out is not None and exports.needs_own_prompts(format)
    with progress_bar() as progress:
        result = run_again(recorded, data, tests=tests, model=model, own=own, progress=progress)
    if out is not None:
        file = exports.write(
            format,
            labelled=result.labelled,
            prompts=result.prompts,
            task=exports.recorded_task(recorded),
            own=result.own,
            vectors=result.vectors,
        )
        write_whole(out, file.content)
    identical = not result.differences
    answer(
        as_json,
        {"identical": identical, "differences": result.differences, "notes": result.notes},
        "\n".join(
            ["Identical." if identical else "Not identical:", *result.differences]
            + [f"note: {note}" for note in result.notes]
        ),
    )
    if not identical:
        raise typer.Exit(1)
