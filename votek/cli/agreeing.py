"""`votek agreement`: how far the people of a project agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from votek.cli import app
from votek.cli.output import AsJson, Seed, answer
from votek.cli.projects import ProjectName, find_project
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.annotation.agreement import Agreement, Figure

_LEVELS = ("auto", "nominal", "ordinal", "interval")


@app.command()
def agreement(
    project: ProjectName,
    level: Annotated[
        str, typer.Option(help="What labels are: auto, nominal (names), ordinal (as listed), interval (numbers).")
    ] = "auto",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say how far people agree about the texts that several of them labelled."""
    from votek.workspace import Workspace

    if level not in _LEVELS:
        raise InputError(f"--level was {level!r}; give one of {', '.join(_LEVELS)}.")
    workspace = Workspace.open()
    target = find_project(workspace, project)
    chosen = cast(Literal["auto", "nominal", "ordinal", "interval"], level)
    found = workspace.agreement(target.id, level=chosen, seed=seed)
    names = workspace.person_names(target.id, found.people)
    answer(as_json, found.to_json(), "\n".join(_lines(found, names)))


def _lines(found: Agreement, names: dict[str, str]) -> list[str]:
    lines = [f"{found.items:,} texts were labelled by two people or more."]
    for title, figure in (
        ("same label", found.percent),
        (f"Krippendorff's alpha ({found.level})", found.krippendorff),
        ("Fleiss' kappa", found.fleiss),
    ):
        lines.append(f"{title:<32} {_words(figure)}")
    for share, kappa in found.pairs:
        first, second = (names[who] for who in kappa.people)
        lines.append(f"{first} and {second}: same label {_words(share)}; Cohen's kappa {_words(kappa)}")
    return lines


def _words(figure: Figure) -> str:
    return f"{figure.words()}, n = {figure.items}"
