"""Labelled set as Parquet: typed columns, texts verbatim."""

from __future__ import annotations

from itertools import islice
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.format import Format
from votek.exports.labelled import TABLE, labelled_records

__all__ = ["FORMAT", "ROWS_TOGETHER", "write_parquet"]


ROWS_TOGETHER = 4_096
"""Rows of a row group: what is in memory at once."""


def write_parquet(request: ExportRequest, out: BinaryIO) -> None:
    """Strings; `label` a list of strings where several are allowed; `time` in UTC; numbers int64."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    label = pa.list_(pa.string()) if request.task.type == "multi" else pa.string()
    numbers = dict.fromkeys(("guideline_version", "rank", "row", "agreed", "people"), pa.int64())
    types = {"label": label, "suggested": label, "time": pa.timestamp("us", tz="UTC"), **numbers}
    names = [*TABLE, *(f"field:{name}" for name in request.columns)]
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    records = labelled_records(request)
    with pq.ParquetWriter(out, schema) as writer:
        while group := list(islice(records, ROWS_TOGETHER)):
            for record in group:
                _check(record)
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _check(record: dict[str, Any]) -> None:
    for value in record.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                json_bytes(text)  # names the text that cannot be encoded


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
