"""Text nodes for LlamaIndex, each with its vector and its label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from votek.exports.files import ExportRequest
from votek.exports.format import JSON, Format
from votek.exports.retrievable import Metadata, write_retrievable
from votek.prompts import LabelledRow

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """One JSON object whose `nodes` are what `TextNode.to_dict` writes."""
    write_retrievable(request, out, schema="votek.llama-index/1", under="nodes", record=_node)


def _node(row: LabelledRow, metadata: Metadata, vector: list[float] | None) -> Mapping[str, Any]:
    # A node's metadata would otherwise be embedded, and shown, with its text.
    hidden = list(metadata)
    return {
        "id_": row.id,
        "embedding": vector,
        "metadata": metadata,
        "excluded_embed_metadata_keys": hidden,
        "excluded_llm_metadata_keys": hidden,
        "text": row.text,
        "class_name": "TextNode",
    }


FORMAT = Format(
    name="llama-index",
    title="LlamaIndex nodes",
    sentence="Labelled set as LlamaIndex text nodes with vectors, labels and rendered demonstrations.",
    file="llama-index-nodes.json",
    mime=JSON,
    group="libraries",
    needs="settings",
    order="pick order; LlamaIndex finds the most similar first, so reverse what it finds",
    load="[TextNode.from_dict(node) for node in json.load(FILE)['nodes']]",
    write=_write,
)
