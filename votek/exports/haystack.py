"""Documents for Haystack, each with its vector and its label.

Haystack's templates are programs, so data must never stand in one: the template given here is the same for every
project, and all texts enter it as variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest
from votek.exports.format import JSON, Format
from votek.exports.retrievable import Metadata, write_retrievable
from votek.prompts import LabelledRow

__all__ = ["FORMAT"]

_TEMPLATE = (
    "{{ head }}{% for document in documents | reverse %}{{ document.meta.demonstration }}{% endfor %}{{ query }}"
)


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One JSON object whose `documents` are what `Document.to_dict` writes."""
    write_retrievable(request, out, schema="votek.haystack/1", under="documents", record=_document, template=_TEMPLATE)


def _document(row: LabelledRow, metadata: Metadata, vector: list[float] | None) -> Mapping[str, Any]:
    return {"id": row.id, "content": row.text, "meta": metadata, "embedding": vector}


FORMAT = Format(
    name="haystack",
    title="Haystack documents",
    sentence="Labelled set as Haystack documents with vectors, labels and rendered demonstrations.",
    file="haystack-documents.json",
    mime=JSON,
    group="libraries",
    needs="settings",
    order="pick order; Haystack finds the most similar first, and the template in the file reverses what it finds",
    load="[Document.from_dict(document) for document in json.load(FILE)['documents']]",
    write=_write,
)
