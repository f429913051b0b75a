"""A data set of Hugging Face `datasets`: the folder of `save_to_disk` (Arrow) or Parquet, with its label names."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from votek.datasets.json_cells import NotReadable, parse
from votek.datasets.limits import Limits
from votek.datasets.parquet import read_parquet
from votek.datasets.suggest import suggest_columns
from votek.datasets.table import Options, Table, assemble
from votek.errors import FileError
from votek.imports.argilla import is_flat, read_flat
from votek.imports.arrow_sizes import declared_size
from votek.imports.draft import Draft, ReadOptions
from votek.imports.fields import mapping
from votek.imports.files import Files
from votek.imports.format import LabelFormat
from votek.imports.table import add_table

__all__ = ["FORMAT"]

_INFO = "dataset_info.json"
_SPLIT = "split"


def _looks(files: Files) -> str:
    """Arrow files, Parquet in a folder, or Parquet that tells the features of a data set."""
    if files.named(".arrow"):
        return "it holds Arrow files, as save_to_disk of datasets writes them"
    if files.kind != "file" and files.named(".parquet"):
        return "it is a folder of Parquet files"
    whole = next(iter(files.parts.values()))
    return (
        "its Parquet file tells features of datasets" if whole.startswith(b"PAR1") and b"huggingface" in whole else ""
    )


def _read(files: Files, draft: Draft) -> None:
    """Every split, one after the other; a column "split" tells which where there are several."""
    paths = files.named(".arrow", ".parquet")
    if not paths:
        raise FileError("there is no Arrow or Parquet file. Give the folder that save_to_disk wrote.")
    splits = {path: _split(path) for path in paths}
    begun, read, several = 0, list[tuple[Table, dict[str, Any]]](), len(set(splits.values())) > 1
    for path in paths:
        content, features = _content(files, path, draft.limits)
        options = Options(limits=draft.limits)
        table = assemble(read_parquet(content, options), name=path, options=options)
        read.append((_shifted(table, begun, splits[path] if several else None), features))
        begun += table.rows
    if several:
        tables = _with_own_ids([table for table, _ in read], [splits[path] for path in paths], draft.options)
        read = [(table, features) for table, (_, features) in zip(tables, read, strict=True)]
    for table, features in read:
        if is_flat(list(table.columns)):
            _read_flat(table, draft)
        else:
            _read_rows(table, features, draft)


def _with_own_ids(tables: list[Table], splits: list[str], options: ReadOptions) -> list[Table]:
    """Where each split counts its ids from the beginning, they are told apart by the name of the split."""
    known: dict[str, str] = {}
    columns: list[str | None] = []
    clash = False
    for table in tables:
        found = suggest_columns(table)
        id, text = options.id or found.id, options.text or found.text
        columns.append(id if id in table.columns else None)
        if id in table.columns and text in table.columns:
            pairs = zip(table.column(str(id)), table.column(str(text)), strict=True)
            clash |= any(known.setdefault(key, words) != words for key, words in pairs if key)
    if not clash:
        return tables
    return [
        _renamed(table, column, split) if column else table
        for table, column, split in zip(tables, columns, splits, strict=True)
    ]


def _renamed(table: Table, column: str, split: str) -> Table:
    cells = list(table.cells)
    at = table.columns.index(column)
    cells[at] = [f"{split}-{cell}" if cell else "" for cell in cells[at]]
    return replace(table, cells=tuple(cells))


def _split(path: str) -> str:
    """train/data-00000-of-00001.arrow and train-00000-of-00001.parquet are both of "train"."""
    place = PurePosixPath(path)
    stem = place.name.split(".")[0].partition("-00")[0]
    return place.parent.name if stem == "data" and place.parent.name else stem


def _read_rows(table: Table, features: dict[str, Any], draft: Draft) -> None:
    names = {column: found for column, feature in features.items() if (found := _names(feature)) is not None}
    label = draft.options.label or next((column for column in names if column in table.columns), None)
    known = names.get(label or "")
    if known is not None and label is not None:
        draft.known_labels += [name for name in known if name not in draft.known_labels]
    add_table(table, draft, names=known, label=label)


def _names(feature: Any) -> list[str] | None:
    """The names of a ClassLabel, or of a list of them."""
    one = feature[0] if isinstance(feature, list) and feature else feature
    inner = mapping(one)
    if inner.get("_type") in ("Sequence", "List", "LargeList"):
        inner = mapping(inner.get("feature"))
    names = inner.get("names")
    return [str(name) for name in names] if inner.get("_type") == "ClassLabel" and isinstance(names, list) else None


def _content(files: Files, path: str, limits: Limits) -> tuple[bytes, dict[str, Any]]:
    """The part as Parquet, and what is known of its features."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = files.parts[path]
    try:
        if path.lower().endswith(".arrow"):
            content = _as_parquet(content, limits)
        schema = pq.read_schema(pa.BufferReader(content))
    except FileError:
        raise
    except (pa.ArrowException, OSError, ValueError, struct.error) as error:
        raise FileError(f"{path} is damaged ({str(error).splitlines()[0][:200]}). Write the data set again.") from None
    beside = str(PurePosixPath(path).with_name(_INFO))
    if beside in files.parts:
        about = next(iter(files.objects(beside)), {})
    else:
        about = mapping(mapping(_json((schema.metadata or {}).get(b"huggingface", b"{}"))).get("info"))
    return content, mapping(about.get("features"))


def _json(content: bytes) -> Any:
    try:
        return parse(content.decode())
    except (NotReadable, UnicodeDecodeError):
        return {}


def _as_parquet(content: bytes, limits: Limits) -> bytes:
    """An Arrow stream or file as Parquet, whose reader keeps the limits; what unpacks to too much is refused."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if declared_size(content) > limits.max_unpacked_bytes:
        raise FileError(
            f"it says that it holds more than {limits.max_unpacked_bytes / 1e6:,.0f} MB when unpacked. Leave out "
            "columns that are not needed, or raise VOTEK_MAX_UNPACKED_MB."
        )
    source = pa.BufferReader(content)
    opened = pa.ipc.open_file(source) if content.startswith(b"ARROW1") else pa.ipc.open_stream(source)
    out, size = io.BytesIO(), 0
    with pq.ParquetWriter(out, opened.schema) as writer:
        batches = (
            (opened.get_batch(at) for at in range(opened.num_record_batches))
            if content.startswith(b"ARROW1")
            else iter(opened)
        )
        for batch in batches:
            size += batch.nbytes
            if size > limits.max_unpacked_bytes:
                raise FileError(
                    f"more than {limits.max_unpacked_bytes / 1e6:,.0f} MB unpacked (VOTEK_MAX_UNPACKED_MB)."
                )
            writer.write_batch(batch)
    return out.getvalue()


def _shifted(table: Table, begun: int, split: str | None) -> Table:
    """Rows numbered on from those of earlier files, with a column that names the split."""
    numbers = [number + begun for number in table.numbers]
    refusals = tuple(replace(one, row=one.row + begun) for one in table.refusals)
    if split is None or _SPLIT in table.columns:
        return replace(table, numbers=numbers, refusals=refusals)
    cells = (*table.cells, [split] * len(numbers))
    return replace(table, numbers=numbers, refusals=refusals, columns=(*table.columns, _SPLIT), cells=cells)


def _read_flat(table: Table, draft: Draft) -> None:
    """Records of Argilla that were written as a data set."""
    draft.undecided = True
    for at, row in enumerate(table.numbers):
        record = {name: _value(column[at]) for name, column in zip(table.columns, table.cells, strict=True)}
        read_flat(row, record, draft)


def _value(cell: str) -> Any:
    if not cell.startswith(("[", "{")):
        return cell or None
    try:
        return json.loads(cell)
    except (json.JSONDecodeError, RecursionError):
        return cell


FORMAT = LabelFormat(
    name="datasets",
    title="Hugging Face datasets",
    sentence="The folder of save_to_disk, or Parquet files: text and label columns, with the names of the labels.",
    looks=_looks,
    read=_read,
)
