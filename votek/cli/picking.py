"""`votek pick`: choose the texts to label inside a project, as the Select page does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from votek.cli import app
from votek.cli.output import AsJson, Seed, answer, write_whole
from votek.cli.projects import ProjectName, find_project
from votek.cli.selecting import parse_k
from votek.errors import VotekError


@app.command("pick")
def pick(
    project: ProjectName,
    budget: Annotated[int, typer.Option(help="How many texts you can label in all; earlier picks count.")],
    method: Annotated[str, typer.Option(help="How to pick; `votek methods` lists the ways.")] = "auto",
    k: Annotated[str, typer.Option(help="Neighbours per text: auto, paper (150) or a number.")] = "auto",
    rho: Annotated[float, typer.Option(help="How fast covered regions lose weight in vote-k.")] = 10.0,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option(help="Also write the picks: JSON lines with rank, id, row, text.")] = None,
    as_json: AsJson = False,
) -> None:
    """Pick the texts of a project to label; the same request again, or a larger budget, goes on from there."""
    from votek.exports.files import json_bytes, json_line
    from votek.jobs.inline import finish_job
    from votek.jobs.preparing import embed_tests
    from votek.workspace import Workspace

    space = Workspace.open()
    target = find_project(space, project)
    job = space.request_selection(target.id, budget=budget, method=method, k=parse_k(k), rho=rho, seed=seed)
    done = finish_job(space, job)
    if done.state != "done":
        raise VotekError(f"The picks of {target.name!r} could not be made. {done.message}".strip())
    embed_tests(space, target.id)  # so that prompts can be written without a worker
    data, labels = space.dataset(target.id), space.labels(target.id)
    texts = data.texts if data is not None else ()
    picks = [
        {"rank": one.rank, "id": one.item, "row": one.row, "text": texts[one.row]} for one in space.queue(target.id)
    ]
    if out is not None:
        write_whole(out, json_bytes("".join(json_line(one) + "\n" for one in picks)))
    chosen = str(space.rounds(target.id)[0].method)
    left = sum(one["id"] not in labels for one in picks)
    answer(
        as_json,
        {"project": target.id, "method": chosen, "picks": picks, "to_label": left},
        f"{len(picks):,} texts picked by {chosen}, {left:,} of them to label: votek queue {target.name!r} lists them",
    )
