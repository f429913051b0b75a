"""Commands that work on files alone, without a project: `select`, `embed`, `methods`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer, progress_bar, write_whole
from votek.cli.reading import Delimiter, Encoding, File, Format, Id, Template, Text, read_file
from votek.errors import InputError

if TYPE_CHECKING:
    from votek.datatypes import Dataset, Selection

__all__ = ["parse_k", "picks_jsonl"]

PAPER_K = 150

Model = Annotated[str, typer.Option(help="Embedding model: the packaged default, a name or a folder.")]
NearCopies = Annotated[
    float,
    typer.Option(
        help="Cosine from which texts count as near-copies: one of a group may be picked. Above 1: exact copies only."
    ),
]


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
    k: Annotated[str, typer.Option(help="Neighbours per text: auto, paper (150) or a number.")] = "auto",
    rho: Annotated[float, typer.Option(help="How fast the votes of covered texts fade.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Seed of whatever is random.")] = 0,
    near_copies: NearCopies = 0.95,
    model: Model = "all-MiniLM-L6-v2",
    as_json: AsJson = False,
) -> None:
    """Pick the texts that a person should label."""
    from votek import pipeline

    dataset = read_file(file, text, template, id_column, format, encoding, delimiter)
    neighbors = parse_k(k)
    with progress_bar() as progress:
        prepared = pipeline.prepare(
            dataset.texts,
            model=model,
            threshold=near_copies,
            k=pipeline.graph_k(neighbors),
            progress=progress,
        )
        selection = pipeline.choose(
            prepared, budget=budget, method=method, k=neighbors, rho=rho, seed=seed, progress=progress
        )
    write_whole(out, picks_jsonl(selection, dataset))
    covered = float(selection.coverage[-1])
    answer(
        as_json,
        {
            "picks": len(selection),
            "out": str(out),
            "method": selection.method,
            "k": selection.parameters["k"],
            "coverage": covered,
            "loaded": len(dataset),
            "refused": len(dataset.refusals),
            "distinct": len(prepared.rows),
            "digest": selection.digest,
        },
        f"Picked {len(selection)} of {len(dataset):,} texts ({len(dataset.refusals)} rows refused, "
        f"{len(prepared.rows):,} distinct); {covered:.0%} are near a pick. Written to {out}",
    )


@app.command()
def embed(
    file: File,
    out: Annotated[Path, typer.Option(help="Where the vectors go: a .npy file, float32, one row per text.")],
    text: Text = None,
    template: Template = None,
    format: Format = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    model: Model = "all-MiniLM-L6-v2",
    as_json: AsJson = False,
) -> None:
    """Turn texts into vectors."""
    import io

    import numpy as np

    from votek.embeddings import embed as embed_texts

    dataset = read_file(file, text, template, None, format, encoding, delimiter)
    with progress_bar() as progress:
        embeddings = embed_texts(dataset.texts, model=model, progress=progress)
    buffer = io.BytesIO()
    np.save(buffer, embeddings.vectors, allow_pickle=False)
    write_whole(out, buffer.getvalue())
    count, width = embeddings.vectors.shape
    answer(
        as_json,
        {"texts": count, "dimensions": width, "model": model, "model_digest": embeddings.model_digest, "out": str(out)},
        f"{count:,} vectors of {width} dimensions written to {out}",
    )


@app.command()
def methods(as_json: AsJson = False) -> None:
    """List the selection methods."""
    from votek.selection import methods as known

    table = known()
    answer(as_json, dict(table), "\n".join(f"{name:<16} {sentence}" for name, sentence in table.items()))
