"""`votek queue` and `votek map`: which texts are to be labelled, and where all of them lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer, write_whole
from votek.cli.projects import ProjectName, find_project
from votek.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from votek.datatypes import Dataset
    from votek.workspace import Workspace

_SHOWN = 70


@app.command("queue")
def show_queue(
    project: ProjectName,
    add: Annotated[list[str] | None, typer.Option(help="Id of a text to label as well.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Id of a text that is never to be labelled.")] = None,
    include: Annotated[list[str] | None, typer.Option(help="Id of an excluded text to let in again.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the texts to label, in order; with options, add some, or keep some out."""
    from votek.workspace import Workspace

    space = Workspace.open()
    found = find_project(space, project)
    data = _texts(space, found.id)
    row_of = {item: row for row, item in enumerate(data.ids)}
    wanted = [(act, [_row(row_of, item) for item in items or []]) for act, items in
              ((space.exclude, exclude), (space.include_again, include), (space.add_to_queue, add))]  # fmt: skip
    changed = sum(act(found.id, rows) for act, rows in wanted if rows)
    labels = space.labels(found.id)
    rows: list[dict[str, Any]] = [
        {"rank": one.rank, "id": one.item, "row": one.row, "origin": one.origin, "gain": one.gain,
         "labelled": one.item in labels, "text": data.texts[one.row]}
        for one in space.queue(found.id)
    ]  # fmt: skip
    kept_out = [data.ids[row] for row in sorted(space.excluded(found.id))]
    lines = [f"{r['rank']:>4}  {'x' if r['labelled'] else ' '}  {r['id']}  {_short(r['text'])}" for r in rows]
    lines.append(f"{len(rows):,} texts, {sum(r['labelled'] for r in rows):,} labelled (x), {len(kept_out):,} kept out")
    answer(as_json, {"changed": changed, "queue": rows, "excluded": kept_out}, "\n".join(lines))


@app.command("map")
def write_map(
    project: ProjectName,
    out: Annotated[Path, typer.Option(help="JSON lines: id, row, x, y, rank in the queue, label in force.")],
    method: Annotated[str, typer.Option(help="umap, or pca.")] = "umap",
    as_json: AsJson = False,
) -> None:
    """Write where each text lies on the map, and what is picked and labelled; draws the map first if need be."""
    from votek.exports.files import json_bytes, json_line
    from votek.jobs.inline import finish_job
    from votek.prompts import label_text
    from votek.workspace import Workspace

    if method not in ("umap", "pca"):
        raise InputError(f"--method was {method!r}; give umap or pca.")
    kind = cast(Literal["umap", "pca"], method)
    space = Workspace.open()
    found = find_project(space, project)
    data = _texts(space, found.id)
    placed = space.projection(found.id, kind)
    if placed is None:
        done = finish_job(space, space.request_preparation(found.id))
        placed = space.projection(found.id, kind)
        if placed is None:
            raise InputError(f"The map of {found.name!r} could not be drawn. {done.message}".strip())
    ranks = {one.row: one.rank for one in space.queue(found.id)}
    labels = {item: label_text(one.value) for item, one in space.labels(found.id).items()}
    points = enumerate(zip(data.ids, placed.xy.tolist(), strict=True))
    lines = (
        json_line({"id": item, "row": row, "x": x, "y": y, "rank": ranks.get(row), "label": labels.get(item)})
        for row, (item, (x, y)) in points
    )
    write_whole(out, json_bytes("".join(line + "\n" for line in lines)))
    answer(
        as_json,
        {"out": str(out), "texts": len(data), "method": placed.method, "parameters": dict(placed.parameters)},
        f"{len(data):,} texts written to {out}",
    )


def _texts(space: Workspace, project_id: str) -> Dataset:
    data = space.dataset(project_id)
    if data is None:
        raise InputError("There are no texts in this project yet: votek import FILE --project NAME")
    return data


def _row(row_of: dict[str, int], item: str) -> int:
    if item not in row_of:
        raise NotFoundError(f"There is no text with the id {item!r} in this project.")
    return row_of[item]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
