"""How a command says which file to read, and which of its columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from votek.datatypes import Dataset

__all__ = ["Delimiter", "Encoding", "File", "Format", "Id", "Model", "NearCopies", "Template", "Text", "read_file"]

File = Annotated[Path, typer.Argument(help="CSV, TSV, JSONL, JSON, Parquet, XLSX or plain text, or a gzip of those.")]
Text = Annotated[
    list[str] | None, typer.Option("--text", help="Column of the text; give it several times to join columns.")
]
Template = Annotated[
    str | None, typer.Option(help="How several text columns are joined, such as '{premise} / {hypothesis}'.")
]
Id = Annotated[str | None, typer.Option("--id", help="Column of the ids; row numbers when left out.")]
Format = Annotated[str | None, typer.Option(help="Format of the file, when its name does not tell.")]
Delimiter = Annotated[str | None, typer.Option(help="What separates the columns; detected when left out.")]
Model = Annotated[str, typer.Option(help="Embedding model: the packaged default, a name or a folder.")]
NearCopies = Annotated[
    float,
    typer.Option(
        help="Cosine from which texts count as near-copies: one of a group may be picked. Above 1: exact copies only."
    ),
]
Encoding = Annotated[str | None, typer.Option(help="Encoding of the file; detected when left out.")]


def read_file(
    file: Path,
    text: list[str] | None,
    template: str | None,
    id_column: str | None,
    kind: str | None,
    encoding: str | None,
    delimiter: str | None,
) -> Dataset:
    """The texts of the file; the column is "text" unless another is named."""
    from votek import datasets

    return datasets.read_dataset(
        file,
        text=text or "text",
        template=template,
        id=id_column,
        format=kind,
        encoding=encoding,
        delimiter=delimiter,
    )
