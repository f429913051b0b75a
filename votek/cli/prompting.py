"""`votek prompts`: how a project's prompts are retrieved and written, and the literal prompt of a test item."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer
from votek.cli.projects import ProjectName, find_project
from votek.cli.prompt_words import (
    Columns,
    Demonstration,
    Diff,
    Instruction,
    PresetName,
    Query,
    Restore,
    Separator,
    Tokens,
    Versions,
    check_one_thing,
    counts_told,
    difference_told,
    versions_told,
    word_changes,
)
from votek.cli.ready import make_ready
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import Project, Prompt, PromptSettings
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
    preset: PresetName = None,
    column: Columns = None,
    instruction: Instruction = None,
    demonstration: Demonstration = None,
    query: Query = None,
    separator: Separator = None,
    show: Item = None,
    tokens: Tokens = False,
    versions: Versions = False,
    diff: Diff = None,
    restore: Restore = None,
    as_json: AsJson = False,
) -> None:
    """Show how a project's prompts are made, change it, or print the literal prompt of one item."""
    from votek.workspace import Workspace

    given = {
        "retrieval": retrieval,
        "n": n,
        "order": order,
        "answer_reserve": answer_reserve,
        "tokenizer": None if tokenizer is None else _from_here(tokenizer),
        "diversity": diversity,
        "seed": seed,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    changes |= _or_none("--token-budget", "token_budget", token_budget, int)
    changes |= _or_none("--floor", "floor", floor, float)
    changes |= _or_none("--label-cap", "label_cap", label_cap, int)
    workspace = Workspace.open()
    target = find_project(workspace, project)
    words = {"instruction": instruction, "demonstration": demonstration, "query": query, "separator": separator}
    changes |= word_changes(target, preset, column, words)
    check_one_thing(
        {
            "--versions": versions,
            "--diff": diff is not None,
            "--restore": restore is not None,
            "a change": bool(changes),
        }
    )
    if tokens and show is None:
        raise InputError("--tokens counts a prompt; say which with --show ITEM.")
    if versions:
        answer(as_json, *versions_told(workspace, target.id))
    elif diff is not None:
        answer(as_json, *difference_told(workspace, target.id, *diff))
    else:
        settings = _settled(workspace, target, changes, restore)
        _tell(workspace, target, settings, show, as_json=as_json, tokens=tokens)


def _settled(workspace: Workspace, target: Project, changes: dict[str, Any], restore: int | None) -> PromptSettings:
    """The settings in force after what was asked for is done."""
    if restore is not None:
        made = {one.version: one.settings for one in workspace.prompt_versions(target.id)}
        if restore in made:
            _check(workspace, target.id, made[restore])
        return workspace.restore_prompts(target.id, restore).prompts
    return _changed(workspace, target.id, target.prompts, changes) if changes else target.prompts


def _tell(
    workspace: Workspace, target: Project, settings: PromptSettings, show: str | None, *, as_json: bool, tokens: bool
) -> None:
    from votek.prompts import count_parts, has_own_words

    changed = settings != target.prompts
    values: dict[str, Any] = {"project": target.id, "settings": asdict(settings), "changed": changed}
    text = _lines(settings)
    if _words_of(settings) != _words_of(target.prompts) and has_own_words(target.prompts, task=target.task):
        values["words_replaced"] = target.prompts_version
        text += f"\nThe words you had before stay as version {target.prompts_version}; --restore takes them back."
    if show is not None:
        make_ready(workspace, target.id)
        prompt = workspace.prompt_set(target.id, test_ids=[show]).prompts[0]
        values["prompt"] = _described(workspace, target.id, prompt)
        text = prompt.text
        if tokens:
            labelled = workspace.labelled_rows(target.id)
            values["tokens"], text = counts_told(count_parts(prompt, settings, pool=labelled, task=target.task))
    answer(as_json, values, text)


def _words_of(settings: PromptSettings) -> tuple[str | None, ...]:
    return tuple(getattr(settings, name) for name in _TEXTS)


def _from_here(tokenizer: str) -> str:
    """A path as a server in another folder finds it too; where people sign in, paths begin in the operator's folder."""
    from votek.access import accounts_configured
    from votek.prompts.tokenizer_files import tokenizer_path

    named = "/" in tokenizer or tokenizer.endswith(".json")
    path = tokenizer_path(tokenizer) if named and not accounts_configured() else None
    return tokenizer if path is None else str(path)


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
    wanted = replace(settings, **changes)
    _check(workspace, project_id, wanted)
    return workspace.set_prompts(project_id, wanted).prompts


def _check(workspace: Workspace, project_id: str, settings: PromptSettings) -> None:
    from votek.prompts import check_settings

    of_pool, of_queries = workspace.template_columns(project_id)
    check_settings(settings, pool_fields=of_pool, query_fields=of_queries)


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
