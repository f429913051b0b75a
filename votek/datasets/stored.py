"""A Dataset as one Parquet file and back, without loss."""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Mapping
from typing import Any

from votek.datasets.schema import make_dataset
from votek.datatypes import Dataset, Refusal
from votek.errors import CorruptFileError

__all__ = ["from_parquet", "to_parquet"]

_KEY = b"votek"
_FORM = 1
_TUPLES = ("text", "notes")


def to_parquet(dataset: Dataset) -> bytes:
    """The same dataset gives the same bytes. Columns: "id", "text", then "0", "1", … for the fields.

    Fields go by number because their names may be "id" or "text" too; everything that is no column is
    packed JSON in the file's metadata.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = dataset.fields
    columns = {"id": dataset.ids, "text": dataset.texts}
    columns |= {str(i): tuple(fields.iloc[:, i]) for i in range(fields.shape[1])}
    table = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    about = {
        "form": _FORM,
        "fields": list(fields.columns),
        "refusals": [[refusal.row, refusal.reason, refusal.excerpt] for refusal in dataset.refusals],
        "digest": dataset.digest,
        "label": dataset.label,
        "groups": dataset.groups,
        "details": dict(dataset.details),
    }
    packed = base64.b64encode(zlib.compress(json.dumps(about, sort_keys=True).encode(), 6))
    stream = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({_KEY: packed}), stream, compression="zstd")
    return stream.getvalue()


def from_parquet(content: bytes) -> Dataset:
    """The dataset that `to_parquet` wrote; raises CorruptFileError when its content is not what was written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
        about = json.loads(zlib.decompress(base64.b64decode((table.schema.metadata or {})[_KEY], validate=True)))
        cells = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, KeyError, ValueError, zlib.error) as error:
        raise CorruptFileError(_BROKEN.format(error)) from error
    dataset = make_dataset(
        cells[0],
        cells[1],
        dict(zip(about["fields"], cells[2:], strict=True)),
        refusals=[Refusal(row, reason, excerpt) for row, reason, excerpt in about["refusals"]],
        label=about["label"],
        groups=about["groups"],
        details=_details(about["details"]),
    )
    if dataset.digest != about["digest"]:
        raise CorruptFileError(_BROKEN.format("its digest differs"))
    return dataset


_BROKEN = "A stored dataset is damaged: {}. Import the file again; labels are kept apart and are not affected."


def _details(details: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no tuples: those that importing writes become tuples again."""
    return {name: tuple(value) if name in _TUPLES else value for name, value in details.items()}
