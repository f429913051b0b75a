"""The labelled set for libraries that keep texts with their vectors and find similar ones themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest, json_bytes
from votek.prompts import LabelledRow
from votek.prompts.writing import PromptWriter

__all__ = ["Metadata", "write_retrievable"]

Metadata = Mapping[str, Any]
"""Of one text: label, row in the data, and its demonstration as it stands in a prompt, separator included."""


def write_retrievable(
    request: ExportRequest,
    out: BinaryIO,
    *,
    schema: str,
    under: str,
    record: Callable[[LabelledRow, Metadata, list[float] | None], Mapping[str, Any]],
    **more: Any,
) -> None:
    """One JSON object: what made the vectors, `head` and `query` of prompts, and a record per text in pick order.

    `under`: the key of the records. Vectors are the raw ones, as the library's own embedding of a query would be;
    without any, records have None.
    """
    vectors = request.vectors
    writer = PromptWriter(request.settings, request.labelled, (), request.task)
    raw: list[list[float] | None] = [None] * len(request.labelled) if vectors is None else vectors.rows.tolist()
    records = [
        record(row, {"label": request.value(row.value), "row": row.row, "demonstration": demonstration}, vector)
        for row, demonstration, vector in zip(request.labelled, writer.parts, raw, strict=True)
    ]
    told = {
        "schema": schema,
        "model": None if vectors is None else {"name": vectors.model, "digest": vectors.model_digest},
        "head": writer.head,
        "query": request.settings.query,
        **more,
        under: records,
    }
    out.write(json_bytes(json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)))
