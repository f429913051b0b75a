"""The command `prune`: keep a part of the texts, and say which part trains best."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from votek.cli import app
from votek.cli.given_rows import column
from votek.cli.output import AsJson, Seed, answer, progress_bar, share_words, write_whole
from votek.cli.reading import Delimiter, Encoding, File, Format, Id, Model, Template, Text, read_file
from votek.errors import InputError

__all__ = ["prune"]

NEAR = 0.95
"""Cosine from which two texts count as copies, of which the probe sees one."""

Fraction = Annotated[float, typer.Option(help="How much is kept: above 0, up to 1.")]
Way = Annotated[str, typer.Option("--keep", help="Which texts are kept: easy, hard or random.")]
Kept = Annotated[Path, typer.Option(help="Where the kept texts go: a .csv or .jsonl file.")]
Label = Annotated[str | None, typer.Option(help="Column of labels: for class floors, and for the probe that decides.")]
Scores = Annotated[
    str | None, typer.Option(help="Column of numbers, higher for harder (EL2N, forgetting), instead of distances.")
]
Clusters = Annotated[int | None, typer.Option(help="Centroids; as many as labels, else the root of the texts.")]


@app.command()
def prune(
    file: File,
    out: Kept,
    fraction: Fraction = 0.5,
    keep: Way = "hard",
    text: Text = None,
    template: Template = None,
    id_column: Id = None,
    format: Format = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    label: Label = None,
    scores: Scores = None,
    clusters: Clusters = None,
    seed: Seed = 0,
    model: Model = "all-MiniLM-L6-v2",
    as_json: AsJson = False,
) -> None:
    """Keep the easy, the hard or random texts, and try by a held-out probe which of them train best."""
    import numpy as np

    import votek
    from votek.duplicates import find_copies
    from votek.evaluation.pruning import WAYS
    from votek.exports.rows import rows_csv, rows_jsonl
    from votek.jobs.analyse_pruning import pruning_table, score_column

    writers = {".csv": rows_csv, ".jsonl": rows_jsonl}
    if out.suffix.lower() not in writers:
        raise InputError(f"--out {out} has the ending {out.suffix!r}; give a name that ends in .csv or .jsonl.")
    if keep not in WAYS:
        raise InputError(f"--keep was {keep!r}; choose one of: {', '.join(WAYS)}.")
    dataset = read_file(file, text, template, id_column, format, encoding, delimiter)
    labels = [""] * len(dataset) if label is None else [cell.strip() for cell in column(dataset, label, "--label")]
    with progress_bar() as progress:
        vectors = votek.embed(dataset.texts, model=model, progress=progress).vectors
        copies = find_copies(dataset.texts, vectors, threshold=NEAR)
        known = np.array([row for row, cell in enumerate(labels) if cell], dtype=np.int64)
        table = pruning_table(
            vectors,
            fraction=fraction,
            labels=labels,
            tried=np.sort(known[np.unique(copies[known], return_index=True)[1]]),
            scores=None if scores is None else score_column(dataset, scores),
            clusters=clusters,
            seed=seed,
            progress=progress,
        )
    kept = table["kept"][keep]
    write_whole(out, writers[out.suffix.lower()](dataset, kept))
    lines = [f"Kept {len(kept):,} of {len(dataset):,} texts ({keep}). Written to {out}", *table["notes"]]
    lines += [table["no_trial"]] if table["trial"] is None else _trial_lines(table["trial"])
    ids = [dataset.ids[row] for row in kept]
    answer(as_json, {**table, "out": str(out), "way": keep, "kept": len(kept), "ids": ids}, "\n".join(lines))


def _trial_lines(trial: dict[str, Any]) -> list[str]:
    rows = [
        f"{row['way']:<8}{row['kept']:>7,} texts: {share_words(row['accuracy'])} of held-out texts right"
        for row in trial["rows"]
    ]
    return [*rows, trial["verdict"]]
