"""`votek prompts`: how a project's prompts are retrieved and written, and the literal prompt of a test item."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import Prompt, PromptSettings
    from votek.workspace import Workspace

Item = Annotated[str | None, typer.Option(help="Id of a test item, or of a text without a label: print its prompt.")]


@app.command("prompts")
def prompts(
    project: ProjectName,
    retrieval: Annotated[
        str | None, typer.Option(help="Which demonstrations: similar, mmr, balanced, random or fixed.")
    ] = None,
    n: Annotated[int | None, typer.Option(help="Demonstrations in a prompt, at most.")] = None,
    order: Annotated[
        str | None, typer.Option(help="ascending (most similar last) or descending; not for random and fixed.")
    ] = None,
    token_budget: Annotated[str | None, typer.Option(help="Tokens of a prompt with its answer, or none.")] = None,
    answer_reserve: Annotated[int | None, typer.Option(help="Tokens of them kept free for the answer.")] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(help="wordpiece, characters/4 (an estimate), cl100k_base, o200k_base, or a tokenizer.json."),
    ] = None,
    floor: Annotated[
        str | None, typer.Option(help="Least cosine of a demonstration, -1 to 1, or none; not for random and fixed.")
    ] = None,
    label_cap: Annotated[str | None, typer.Option(help="Demonstrations of one label, at most, or none.")] = None,
    diversity: Annotated[float | None, typer.Option(help="For mmr, 0 to 1: weight of being unlike the others.")] = None,
    seed: Annotated[int | None, typer.Option(help="For random: the seed of the draw.")] = None,
    show: Item = None,
    as_json: AsJson = False,
) -> None:
    """Show how a project's prompts are made, change it, or print the literal prompt of one item."""
    from votek.workspace import Workspace

    given = {
        "retrieval": retrieval,
        "n": n,
        "order": order,
        "answer_reserve": answer_reserve,
        "tokenizer": tokenizer,
        "diversity": diversity,
        "seed": seed,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    changes |= _or_none("--token-budget", "token_budget", token_budget, int)
    changes |= _or_none("--floor", "floor", floor, float)
    changes |= _or_none("--label-cap", "label_cap", label_cap, int)
    workspace = Workspace.open()
    target = find_project(workspace, project)
    settings, changed = target.prompts, False
    if changes:
        settings = _changed(workspace, target.id, settings, changes)
        changed = settings != target.prompts
    prompt = None if show is None else workspace.prompt_set(target.id, test_ids=[show]).prompts[0]
    values: dict[str, Any] = {"project": target.id, "settings": asdict(settings), "changed": changed}
    if prompt is not None:
        values["prompt"] = _described(workspace, target.id, prompt)
    answer(as_json, values, _lines(settings) if prompt is None else prompt.text)


def _or_none(option: str, name: str, given: str | None, kind: type[int] | type[float]) -> dict[str, Any]:
    """The value of an option that may be "none"; nothing where it was not given."""
    if given is None:
        return {}
    if given.strip().lower() == "none":
        return {name: None}
    try:
        return {name: kind(given)}
    except ValueError:
        wanted = "a whole number" if kind is int else "a number"
        raise InputError(f"{option} was {given!r}; give {wanted}, or none for no limit.") from None


def _changed(
    workspace: Workspace, project_id: str, settings: PromptSettings, changes: dict[str, Any]
) -> PromptSettings:
    """Check the settings with the changes made, and keep them in the project."""
    from votek.prompts import check_settings

    wanted = replace(settings, **changes)
    of_pool, of_queries = workspace.template_columns(project_id)
    check_settings(wanted, pool_fields=of_pool, query_fields=of_queries)
    return workspace.set_prompts(project_id, wanted).prompts


def _described(workspace: Workspace, project_id: str, prompt: Prompt) -> dict[str, Any]:
    id_of = {row.row: row.id for row in workspace.labelled_rows(project_id)}
    return {
        "id": prompt.id,
        "text": prompt.text,
        "tokens": prompt.tokens,
        "demonstrations": [id_of[row] for row in prompt.demonstrations],
        "skipped": prompt.skipped,
        "over_budget": prompt.over_budget,
    }


def _lines(settings: PromptSettings) -> str:
    """Each setting as `name: value`; texts as they would be written in Python, so that line breaks show."""
    rows = asdict(settings).items()
    return "\n".join(
        f"{name.replace('_', ' ')}: {'none' if value is None else repr(value) if name in _TEXTS else value}"
        for name, value in rows
    )


_TEXTS = ("instruction", "demonstration", "query", "separator")
