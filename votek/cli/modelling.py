"""`votek model`: which language model a project asks, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project


@app.command("model")
def choose_model(
    project: ProjectName,
    tier: Annotated[
        str | None, typer.Option(help="knn (no model), transformers (on this computer) or openai (an endpoint).")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the model, or the folder it lies in.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of the endpoint.")] = None,
    way: Annotated[str | None, typer.Option(help="echo, letters or generate: how it is asked.")] = None,
    scoring: Annotated[str | None, typer.Option(help="mean, sum or pmi, with echo.")] = None,
    calibration: Annotated[str | None, typer.Option(help="none, contextual or batch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a project's model; with options, choose another. Keys come from the environment, never from here."""
    from votek.workspace import Workspace

    space = Workspace.open()
    found = find_project(space, project)
    given: dict[str, Any] = {
        "tier": tier, "model": name, "base_url": url, "way": way, "scoring": scoring, "calibration": calibration,
    }  # fmt: skip
    changes = {key: value for key, value in given.items() if value is not None}
    settings = space.model_settings(found.id)
    if changes:
        settings = space.save_model_settings(found.id, replace(settings, **changes))
    values = settings.as_json()
    answer(
        as_json, dict(values), "\n".join(f"{key:<12} {'' if value is None else value}" for key, value in values.items())
    )
