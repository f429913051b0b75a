"""The command `difficulty`: which items are trivial or impossible for several models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from votek.cli import app
from votek.cli.output import AsJson, Seed, answer, progress_bar, write_whole
from votek.errors import InputError

__all__ = ["difficulty"]

Predicted = Annotated[
    Path, typer.Argument(help="Predictions: a row per item, with its id and the answer of each model in a column.")
]
PredictedId = Annotated[str, typer.Option("--id", help="Column of the ids.")]
Models = Annotated[
    list[str] | None, typer.Option("--model", help="Column of a model; give it for each. All columns when left out.")
]
Gold = Annotated[str | None, typer.Option(help="Column of the right answers in the predictions.")]
GoldFile = Annotated[
    Path | None, typer.Option(help="Where the right answers are, if not in the predictions; matched by --id.")
]
GoldColumn = Annotated[str, typer.Option(help="Column of the right answers in --gold-file.")]
Out = Annotated[Path | None, typer.Option(help="Where the ids of the impossible items go, one per line.")]


@app.command()
def difficulty(
    file: Predicted,
    id_column: PredictedId = "id",
    model: Models = None,
    gold: Gold = None,
    gold_file: GoldFile = None,
    gold_column: GoldColumn = "label",
    out: Out = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Tell which items are trivial or impossible for several models, and whether the models err alike."""
    from votek.evaluation import match_predictions, read_predictions
    from votek.jobs.analyse_difficulty import difficulty_table

    predictions = read_predictions(file, id=id_column, models=model or None, gold=gold)
    if gold is None:
        predictions = match_predictions(predictions, _right_answers(gold_file, id_column, gold_column))
    with progress_bar() as progress:
        table = difficulty_table(predictions, seed=seed, progress=progress)
    impossible = [item for item, right in zip(table["ids"], table["right"], strict=True) if right == 0]
    if out is not None:
        write_whole(out, "".join(f"{item}\n" for item in impossible).encode())
    lines = [f"{len(table['models'])} models on {len(table['ids']):,} items"]
    for one in table["classes"]:
        chance = f"by chance {one['expected']:.1f}, p = {one['p_value']:.3g}"
        lines.append(f"{one['name']:<16}{one['count']:>7,}  {one['share']:>6.1%}   {chance}")
    lines += [_pair(pair) for pair in table["pairs"]]
    lines += table["notes"] + ([] if out is None else [f"The impossible ones are listed in {out}"])
    answer(as_json, {**table, "impossible": impossible}, "\n".join(lines))


def _pair(pair: dict[str, Any]) -> str:
    names = f"{pair['first']} / {pair['second']}"
    if pair["kappa"] is None:
        return f"{names}: error consistency is undefined: {pair['reason']}"
    ends = f" ({pair['low']:.3f} to {pair['high']:.3f})" if pair["low"] is not None else f"; {pair['reason']}"
    return f"{names}: error consistency {pair['kappa']:.3f}{ends}"


def _right_answers(file: Path | None, id_column: str, label: str) -> dict[str, str]:
    from votek.datasets import read_table

    if file is None:
        raise InputError(
            "There are no right answers. Give --gold COLUMN of the predictions, or --gold-file FILE with "
            "--gold-column COLUMN."
        )
    table = read_table(file)
    return dict(zip(map(str.strip, table.column(id_column)), map(str.strip, table.column(label)), strict=True))
