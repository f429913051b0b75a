"""Labelled set as Parquet: typed columns, texts verbatim."""

from __future__ import annotations

import io

from votek.exports.files import ExportRequest, json_bytes
from votek.exports.labelled import TABLE, labelled_records

__all__ = ["write_labelled_parquet"]


def write_labelled_parquet(request: ExportRequest) -> bytes:
    """Strings; `label` a list of strings where several are allowed; `time` in UTC; numbers int64."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    label = pa.list_(pa.string()) if request.task.type == "multi" else pa.string()
    numbers = dict.fromkeys(("guideline_version", "rank", "row", "agreed", "people"), pa.int64())
    types = {"label": label, "suggested": label, "time": pa.timestamp("us", tz="UTC"), **numbers}
    names = [*TABLE, *(f"field:{name}" for name in request.columns)]
    schema = pa.schema([(name, types.get(name, pa.string())) for name in names])
    records = labelled_records(request)
    for record in records:
        for value in record.values():
            if isinstance(value, str):
                json_bytes(value)  # names the text that cannot be encoded
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records, schema=schema), out)
    return out.getvalue()
