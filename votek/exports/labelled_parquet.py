"""Labelled set as Parquet: typed columns, texts verbatim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import Format
from votek.exports.labelled import TABLE, labelled_records

__all__ = ["BYTES_TOGETHER", "FORMAT", "ROWS_TOGETHER", "write_parquet"]


ROWS_TOGETHER, BYTES_TOGETHER = 4_096, 4 << 20
"""Rows of a row group, or bytes of its texts: what is in memory at once."""


def write_parquet(request: ExportRequest, out: BinaryIO) -> None:
    """Strings; `label` a list of strings where several are allowed; `time` in UTC; numbers int64."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    label = pa.list_(pa.string()) if request.task.type == "multi" else pa.string()
    numbers = dict.fromkeys(("guideline_version", "rank", "row", "agreed", "people"), pa.int64())
    types = {"label": label, "suggested": label, "time": pa.timestamp("us", tz="UTC"), **numbers}
    names = [*TABLE, *(f"field:{name}" for name in request.columns)]
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    with pq.ParquetWriter(out, schema) as writer:
        for group in _groups(labelled_records(request)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _groups(records: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    size = 0
    for record in records:
        size += _size(record)
        group.append(record)
        if len(group) == ROWS_TOGETHER or size >= BYTES_TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def _size(record: dict[str, Any]) -> int:
    """Bytes of the texts of a record; InputError, which shows the text, where one cannot be encoded."""
    values = [text for value in record.values() for text in (value if isinstance(value, list) else [value])]
    return sum(len(json_bytes(text)) for text in values if isinstance(text, str))


FORMAT = Format(
    name="labelled-parquet",
    title="Labelled set, Parquet",
    sentence="Labelled set as Parquet: typed columns, texts verbatim.",
    file="labelled.parquet",
    mime="application/vnd.apache.parquet",
    group="labelled",
    needs="labels",
    order="pick order",
    load="pandas.read_parquet(FILE)",
    write=write_parquet,
)
