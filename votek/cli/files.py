"""Commands that need no project: `embed` for the texts of a file, `methods` for what is there to select by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer, progress_bar, write_whole
from votek.cli.reading import Delimiter, Encoding, File, Format, Model, Template, Text, read_file

if TYPE_CHECKING:
    from votek.selection.problem import Method


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
def methods(
    details: Annotated[
        bool, typer.Option("--details", help="With --json: an object per method instead of its sentence.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the selection methods: what each does, what it needs, its paper."""
    from votek.selection.registry import METHODS

    table = list(METHODS.values())
    values = {method.name: _details(method) if details else method.sentence for method in table}
    answer(as_json, values, "\n".join(_lines(method) for method in table))


def _needs(method: Method) -> list[str]:
    confidence = {"needed": ["confidence"], "optional": [], "unused": []}[method.confidence]
    return [*(["vectors"] if method.needs_vectors else []), *confidence]


def _details(method: Method) -> dict[str, object]:
    return {
        "label": method.label,
        "sentence": method.sentence,
        "paper": method.paper,
        "needs": _needs(method),
        "confidence": method.confidence,
    }


def _lines(method: Method) -> str:
    indent = " " * 20
    needs = {"needed": "Needs a confidence for each text. ", "optional": "Reads a confidence where one is given. "}
    below = (needs.get(method.confidence, "") + method.paper).strip()
    first = f"{method.name:<20}{method.label}. {method.sentence}"
    return f"{first}\n{indent}{below}" if below else first
