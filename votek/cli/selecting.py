"""The command `select`: which texts of a file should a person label?"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from votek.cli import app
from votek.cli.confidence import scorer_requests
from votek.cli.kept_stages import kept_stages
from votek.cli.output import AsJson, Seed, answer, progress_bar, write_whole
from votek.cli.reading import Delimiter, Encoding, File, Format, Id, Model, NearCopies, Template, Text, read_file
from votek.cli.row_options import (
    Confidence,
    DryRun,
    Exclude,
    Floor,
    Group,
    Label,
    Labeled,
    RowOptions,
    ScorerModel,
    ScorerName,
    ScorerUrl,
    ScorerWay,
    read_row_options,
    scores_folder,
)
from votek.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from votek.datatypes import Dataset, Progress, Selection
    from votek.pipeline import Prepared
    from votek.scoring import Scorer

__all__ = ["parse_k", "picks_jsonl"]

PAPER_K, PAPER_METHOD = 150, "fast-vote-k"


def parse_k(value: str) -> int | Literal["auto"]:
    """`--k`: "auto", "paper" (150) or a number."""
    if value == "auto":
        return "auto"
    if value == "paper":
        return PAPER_K
    try:
        return int(value)
    except ValueError:
        raise InputError(f"--k was {value!r}; give auto, paper (= {PAPER_K}) or a whole number.") from None


def picks_jsonl(selection: Selection, dataset: Dataset) -> bytes:
    """One line per pick, in pick order: rank (from 1), index, id, text, gain."""
    lines = [
        json.dumps(
            {"rank": rank, "index": int(row), "id": dataset.ids[row], "text": dataset.texts[row], "gain": float(gain)},
            ensure_ascii=False,
        )
        for rank, (row, gain) in enumerate(zip(selection.indices, selection.gains, strict=True), 1)
    ]
    return "".join(f"{line}\n" for line in lines).encode()


@app.command()
def select(
    file: File,
    budget: Annotated[int, typer.Option(help="How many texts to pick.")],
    out: Annotated[Path, typer.Option(help="Where the picks go, as JSON lines in pick order.")],
    text: Text = None,
    template: Template = None,
    id_column: Id = None,
    format: Format = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    method: Annotated[str, typer.Option(help="Selection method; `votek methods` lists them.")] = "auto",
    labeled: Labeled = None,
    exclude: Exclude = None,
    confidence: Confidence = None,
    label: Label = None,
    scorer: ScorerName = "knn",
    scorer_model: ScorerModel = "",
    scorer_url: ScorerUrl = None,
    scorer_way: ScorerWay = "echo",
    dry_run: DryRun = False,
    group: Group = None,
    floor: Floor = None,
    k: Annotated[
        str, typer.Option(help="Neighbours per text: auto, paper (fast vote-k with 150) or a number.")
    ] = "auto",
    rho: Annotated[float, typer.Option(help="How fast the votes of covered texts fade.")] = 10.0,
    seed: Seed = 0,
    near_copies: NearCopies = 0.95,
    model: Model = "all-MiniLM-L6-v2",
    as_json: AsJson = False,
) -> None:
    """Pick the texts that a person should label."""
    from votek import pipeline
    from votek.scoring import ModelSettings, open_scorer

    dataset = read_file(file, text, template, id_column, format, encoding, delimiter)
    neighbors = parse_k(k)
    if k == "paper" and method == "auto":
        method = PAPER_METHOD  # the paper's setting means the paper's method, not k = 150 for another one
    asked = read_row_options(
        dataset,
        method=method,
        labeled=labeled,
        exclude=exclude,
        confidence=confidence,
        label=label,
        scorer=ModelSettings.from_json(
            {"tier": scorer, "model": scorer_model, "base_url": scorer_url, "way": scorer_way}
        ),
        group=group,
        floor=floor,
    )
    if dry_run and asked.model is None:
        raise InputError("--dry-run tells what asking a scorer would take, and nothing is to be asked; leave it out.")
    # Opened before anything takes long: a folder without a model is known at once.
    asks = None if asked.model is None or dry_run else open_scorer(asked.model, cache=scores_folder())
    with progress_bar() as progress:
        width = pipeline.graph_k(neighbors)
        prepared = pipeline.prepare(
            dataset.texts, model=model, threshold=near_copies, k=width, cache=kept_stages(), progress=progress
        )
        if dry_run:
            _tell_cost(as_json, asked, prepared, dataset)
            return
        selection = pipeline.choose(
            prepared,
            budget=budget,
            method=method,
            k=neighbors,
            rho=rho,
            seed=seed,
            labeled=asked.labeled,
            exclude=asked.exclude,
            confidence=_confidence(asked, asks, prepared, dataset, progress),
            groups=asked.groups,
            floor=asked.floor,
            progress=progress,
        )
    write_whole(out, picks_jsonl(selection, dataset))
    values, words = _told(selection, dataset, prepared, asked, out)
    answer(as_json, values if asks is None else {**values, "scorer": asks.name}, words)


def _tell_cost(as_json: bool, asked: RowOptions, prepared: Prepared, dataset: Dataset) -> None:
    from dataclasses import asdict

    from votek.scoring import estimate_cost

    assert asked.model is not None
    _, requests = scorer_requests(prepared, dataset, asked.labels, exclude=asked.exclude)
    cost = estimate_cost(asked.model, requests, cache=scores_folder())
    answer(
        as_json,
        asdict(cost),
        f"{cost.requests:,} texts to ask about, {cost.kept:,} answered already: {cost.calls:,} calls, "
        f"{cost.tokens_in:,} tokens read (by the tokenizer {cost.tokenizer}) and at most {cost.tokens_out:,} written. "
        "Nothing was asked.",
    )


def _confidence(
    asked: RowOptions, scorer: Scorer | None, prepared: Prepared, dataset: Dataset, progress: Progress
) -> NDArray[np.float64] | None:
    from votek.scoring.pool_confidence import pool_confidence

    if scorer is None:
        return asked.confidence
    rows, requests = scorer_requests(prepared, dataset, asked.labels, exclude=asked.exclude)
    return pool_confidence(scorer, requests, rows, len(dataset), progress=progress).values


def _told(
    selection: Selection, dataset: Dataset, prepared: Prepared, asked: RowOptions, out: Path
) -> tuple[dict[str, Any], str]:
    covered = float(selection.coverage[-1])
    values: dict[str, Any] = {
        "picks": len(selection),
        "out": str(out),
        "method": selection.method,
        "k": selection.parameters["k"],
        "coverage": covered,
        "loaded": len(dataset),
        "refused": len(dataset.refusals),
        "distinct": len(prepared.rows),
        "labeled": len(asked.labeled),
        "excluded": len(asked.exclude),
        "digest": selection.digest,
    }
    text = (
        f"Picked {len(selection)} of {len(dataset):,} texts ({len(dataset.refusals)} rows refused, "
        f"{len(prepared.rows):,} distinct); {covered:.0%} are near a pick. Written to {out}"
    )
    if asked.groups is not None:
        sizes = Counter(asked.groups)
        alone = sum(size == 1 for size in sizes.values())
        values["groups"] = {"count": len(sizes), "of_one_text": alone, "floor": asked.floor}
        text += (
            f"\n{len(sizes):,} groups, {alone:,} of them of one text; at least {asked.floor} of each, or all it has."
        )
    return values, text
