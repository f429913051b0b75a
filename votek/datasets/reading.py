"""The two doors: a file to a Table, and a file to a Dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from votek.datasets.limits import Limits
from votek.datasets.schema import map_columns
from votek.datasets.source import open_source
from votek.datasets.table import Options, Table, assemble
from votek.datatypes import Dataset
from votek.errors import FileError

__all__ = ["read_dataset", "read_table"]


def read_table(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool = True,
    first: int | None = None,
    limits: Limits | None = None,
) -> Table:
    """The columns of a file, all cells as strings.

    `source`: a path, or the bytes of an upload with its `name`. `format`, `encoding`, `delimiter`: None
    means detected; what was found is in `Table.details`. `header=False` names the columns "column 1", ….
    `first`: stop after so many rows (a preview). Raises FileError when the file cannot be read as a table.
    """
    limits = limits or Limits.from_settings()
    name = name or (Path(source).name if isinstance(source, str | Path) else "upload")
    options = Options(encoding=encoding, delimiter=delimiter, header=header, first=first, limits=limits)
    try:
        opened = open_source(source, name=name, format=format, limits=limits)
        raw = opened.format.reader()(opened.content, options)
        about = {"format": opened.format.name, "compression": "gzip" if opened.compressed else "none"}
        raw.details = {"name": name, **about, "encoding": None, "delimiter": None, **raw.details}
        return assemble(raw, name=name, options=options)
    except FileError as error:
        raise FileError(f"{name}: {error}") from error


def read_dataset(
    path: str | Path | bytes,
    *,
    text: str | Sequence[str] = "text",
    label: str | None = None,
    id: str | None = None,
    group: str | Sequence[str] | None = None,
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    template: str | None = None,
    name: str | None = None,
    limits: Limits | None = None,
) -> Dataset:
    """The texts of a CSV, TSV, JSONL, JSON, Parquet, Excel or plain text file, or a gzip of one.

    `text`: the column of the text, or several, joined by " / " or rendered by `template`. `label`, `id`,
    `group`: columns; without `id`, ids are row numbers. `format`, `encoding`, `delimiter`: None means
    detected. Rows in the file = `len(dataset)` + `len(dataset.refusals)`. Raises FileError when the file
    cannot be read, a column is missing, or no row can be used.

    >>> from pathlib import Path; import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cats.csv"
    >>> _ = path.write_text("text,label\\nA cat.,animal\\n,animal\\n")
    >>> dataset = read_dataset(path, label="label")
    >>> dataset.texts, dataset.refusals[0].reason
    (('A cat.',), "Column 'text' is empty: there is no text.")
    """
    limits = limits or Limits.from_settings()
    table = read_table(path, name=name, format=format, encoding=encoding, delimiter=delimiter, limits=limits)
    return map_columns(table, text=text, template=template, label=label, id=id, group=group, limits=limits)
