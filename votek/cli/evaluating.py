"""The command `evaluate`: do the picks beat random ones, and how well do they stand for all texts?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from votek.cli import app
from votek.cli.given_rows import column, crossed_groups, read_rows
from votek.cli.kept_stages import kept_stages
from votek.cli.output import AsJson, Seed, answer, progress_bar
from votek.cli.projects import find_project
from votek.cli.reading import Delimiter, Encoding, Format, Id, Model, Template, Text, read_file
from votek.errors import InputError, VotekError

if TYPE_CHECKING:
    from votek.datatypes import Dataset, Progress
    from votek.pipeline import Prepared

__all__ = ["evaluation_lines"]

Target = Annotated[str, typer.Argument(help="A file of texts, or the name or id of a project.")]
Label = Annotated[str | None, typer.Option("--label", help="For a file: column of the labels of texts and test items.")]
Test = Annotated[
    Path | None, typer.Option(help="For a file: labelled test items; else some of the texts are held out.")
]
Picks = Annotated[Path | None, typer.Option(help="For a file: the pool, a file of ids as `votek select` writes it.")]
Methods = Annotated[str | None, typer.Option(help="Other methods to compare with, with commas between.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="Column of groups, for the coverage of each.")]
Asked = Annotated[bool, typer.Option("--in-context", help="For a project: ask its language model, too.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="With --in-context: only say what asking would take.")]


@app.command()
def evaluate(
    target: Target,
    picks: Picks = None,
    label: Label = None,
    test: Test = None,
    methods: Methods = None,
    group: Groups = None,
    nearest: Annotated[int, typer.Option(help="Labelled texts that have a say in the second measure.")] = 5,
    probe: Annotated[bool, typer.Option(help="Train a classifier on each pool, too.")] = True,
    in_context: Asked = False,
    dry_run: Dry = False,
    items: Annotated[int, typer.Option(help="With --in-context: at most so many test items.")] = 60,
    seed: Seed = 0,
    text: Text = None,
    template: Template = None,
    id_column: Id = None,
    format: Format = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    model: Model = "all-MiniLM-L6-v2",
    as_json: AsJson = False,
) -> None:
    """Check a pool of picks against random pools, and how well it stands for all texts."""
    names = [name.strip() for name in (methods or "").split(",") if name.strip()]
    options = {"methods": names, "nearest": nearest, "probe": probe, "seed": seed}
    if not Path(target).is_file():
        if picks is not None or label is not None or test is not None:
            raise InputError(f"There is no file {target!r}. --picks, --label and --test belong to a file of texts.")
        ask = {"items": items, "seed": seed, "name": "in-context-cost" if dry_run else "in-context"}
        values = _project(target, options, group or [], ask if in_context or dry_run else None)
    else:
        if in_context or dry_run:
            raise InputError("A language model is asked for a project; load the file into one with `votek import`.")
        if picks is None:
            raise InputError("There is no pool to judge. Give --picks FILE, the ids that `votek select` wrote.")
        args = (text, template, id_column, format, encoding, delimiter)
        dataset = read_file(Path(target), *args)
        tests = None if test is None else read_file(test, *args)
        values = _files(dataset, read_rows(picks, dataset, "--picks"), tests, label, options, group or [], model)
    answer(as_json, values, "\n".join(evaluation_lines(values)))


def evaluation_lines(values: Mapping[str, Any]) -> list[str]:
    """What was found, for people to read."""
    lines = []
    against, health, asked = values["against"], values["health"], values.get("in_context")
    if against is not None and against["labelled"]:
        lines += [against["sentence"]]
        lines += [_measure(one) for one in (against["main"], *against["more"])]
        if against["unseen"]:
            unseen = ", ".join(f"{name} ({count})" for name, count in against["unseen"].items())
            lines.append(f"labels of test items that no text has, counted as wrong: {unseen}")
        if against["left_out"]:
            lines.append(f"{against['left_out']} picks have no label and are left out")
    elif against is not None:
        lines += [against["reason"], f"An honest test takes {len(against['offer']['to_label'])} more labels."]
    if asked is not None:
        lines += _asked(asked)
    lines.append(health["sentence"])
    lines += [] if health["ahead"] is None else [health["ahead"]]
    lines += [f"  {one['group']}: coverage {one['coverage']:.3f}, {one['picked']} picked" for one in health["groups"]]
    if against is None:
        lines.append("Without labels nothing tells whether the pool beats random ones; name their column with --label.")
    return lines


def _measure(one: Mapping[str, Any]) -> str:
    place = "" if one["percentile"] is None else f", percentile {one['percentile']:.0f}"
    others = "".join(f", {name} {value:.1%}" for name, value in one["others"].items())
    random = sum(one["random"]) / len(one["random"])
    return f"  {one['measure']}: {one['accuracy']:.1%}, random {random:.1%}{place}{others}"


def _asked(asked: Mapping[str, Any]) -> list[str]:
    if "sentence" in asked:
        return [f"{asked['scorer']}: {asked['sentence']}"]
    cost = asked["cost"]
    return [
        f"Asking would take {cost['calls']:,} calls with {cost['tokens_in']:,} tokens to read and at most "
        f"{cost['tokens_out']:,} to write; {cost['kept']:,} answers are kept from before."
    ]


def _project(name: str, options: Mapping[str, Any], groups: list[str], ask: dict[str, Any] | None) -> dict[str, Any]:
    """The same analyses as on the Evaluate page."""
    from votek.jobs.inline import finish_job
    from votek.workspace import Workspace

    workspace = Workspace.open()
    project = find_project(workspace, name)

    def table(analysis: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        job = finish_job(workspace, workspace.request_analysis(project.id, analysis, asked))
        found = workspace.analysis(project.id, analysis)
        if job.state != "done" or found is None:
            raise VotekError(job.message or f"The analysis {analysis!r} was stopped; start it again.")
        return dict(found[1])

    values: dict[str, Any] = {
        "against": table("against-random", options),
        "health": table("health", {"columns": groups, "seed": options["seed"]}),
    }
    if ask is not None:
        values["in_context"] = table(ask.pop("name"), ask)
    return values


def _files(
    dataset: Dataset,
    picks: list[int],
    tests: Dataset | None,
    label: str | None,
    options: dict[str, Any],
    groups: list[str],
    model: str,
) -> dict[str, Any]:
    from votek import pipeline
    from votek.evaluation import pool_health

    seed = options["seed"]
    with progress_bar() as progress:
        prepared = pipeline.prepare(dataset.texts, model=model, cache=kept_stages(), progress=progress)
        labels = None if label is None else column(dataset, label, "--label")
        against = None
        if labels is not None and label is not None:
            against = _against(dataset, prepared, picks, labels, tests, label, options, model, progress)
        health = pool_health(
            prepared.embeddings,
            picks,
            copies=prepared.copies,
            groups=_words(dataset, groups) if groups else None,
            labels=labels,
            following=_following(prepared, picks, seed, progress),
            seed=seed,
        )
    return {"against": against, "health": health.to_json()}


def _against(
    dataset: Dataset,
    prepared: Prepared,
    picks: list[int],
    labels: list[str],
    tests: Dataset | None,
    label: str,
    options: dict[str, Any],
    model: str,
    progress: Progress,
) -> dict[str, Any]:
    from votek import pipeline
    from votek.evaluation import LabelledItems, against_random
    from votek.jobs.analyse_against import picks_of_methods
    from votek.jobs.judged import is_pair

    held = None
    if tests is not None:
        vectors, _ = pipeline.embed_texts(tests.texts, model=model, progress=progress)
        held = LabelledItems(vectors, column(tests, label, "--label"))
    others = picks_of_methods(prepared, options["methods"], budget=len(picks), seed=options["seed"], report=progress)
    found = against_random(
        prepared.embeddings,
        labels,
        picks,
        tests=held,
        others=others,
        copies=prepared.copies,
        nearest=options["nearest"],
        probe=options["probe"],
        pair=is_pair(dataset),
        seed=options["seed"],
    )
    return {**found.to_json(), "labelled": True, "picks": picks}


def _following(prepared: Prepared, picks: list[int], seed: int, progress: Progress) -> list[int]:
    """The next ten picks by the usual method."""
    from votek import pipeline

    left = len(prepared.rows) - len(set(prepared.node_of[picks].tolist()))
    if left < 1:
        return []
    found = pipeline.choose(prepared, budget=min(10, left), labeled=picks, seed=seed, progress=progress)
    return [int(row) for row in found.indices]


def _words(dataset: Dataset, names: list[str]) -> list[str]:
    from votek.datasets.groups import group_words

    return [group_words(group) for group in crossed_groups(dataset, names)]
