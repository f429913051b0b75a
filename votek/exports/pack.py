"""The prompt pack: everything that writes the prompts of this project for texts to come, in one folder.

`votek.load_pack` reads it. Each row carries its demonstration as it stands in a prompt, so that a few lines of
plain Python can use the folder too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, BinaryIO

from votek.exports.bundle import ZipWriter
from votek.exports.files import ExportRequest, LabelledVectors, json_bytes, json_line
from votek.exports.format import ZIP, Format
from votek.exports.manifest import manifest_bytes
from votek.exports.vectors import needed_manifest, needed_vectors, npy_bytes
from votek.exports.versions import versions
from votek.prompts.pack_files import ABOUT, SCHEMA, about_digest
from votek.prompts.writing import PromptWriter

__all__ = ["FORMAT"]


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """A zip of the folder; see `votek.prompts.pack_files` for what is in it."""
    vectors, manifest = needed_vectors(request), needed_manifest(request)
    writer = PromptWriter(request.settings, request.labelled, (), request.task)
    rows = "".join(
        json_line(
            {
                "id": row.id,
                "row": row.row,
                "rank": row.rank,
                "text": row.text,
                "label": request.value(row.value),
                "fields": dict(row.fields),
                "group": int(group),
                "demonstration": demonstration,
            }
        )
        + "\n"
        for row, group, demonstration in zip(request.labelled, vectors.copies, writer.parts, strict=True)
    )
    settings = {"settings": asdict(request.settings), "task": asdict(request.task), "head": writer.head}
    content = {
        "settings.json": json_bytes(json.dumps(settings, ensure_ascii=False, indent=1)),
        "rows.jsonl": json_bytes(rows),
        "vectors.npy": npy_bytes(vectors.rows),
        "mean.npy": npy_bytes(vectors.mean),
        "manifest.json": manifest_bytes(manifest),
    }
    about = json.dumps(_about(manifest, vectors, content), ensure_ascii=False, indent=1, allow_nan=False)
    with ZipWriter(out) as archive:
        for name, data in {ABOUT: json_bytes(about), **content}.items():
            archive.add(name, data)


def _about(manifest: Mapping[str, Any], vectors: LabelledVectors, content: Mapping[str, bytes]) -> dict[str, Any]:
    about = {
        "schema": SCHEMA,
        "votek": versions()["votek"],
        "rows": len(vectors.rows),
        "dimensions": int(vectors.rows.shape[1]),
        "model": {"name": vectors.model, "digest": vectors.model_digest},
        "near_copy_threshold": vectors.near_copy_threshold,
        "order": manifest["prompts"]["order"],
        "members": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in content.items()
        },
    }
    return {**about, "digest": about_digest(about)}


FORMAT = Format(
    name="pack",
    title="Prompt pack",
    sentence="Labelled texts, vectors, templates and manifest in one folder, which writes prompts without the app.",
    file="votek-pack.zip",
    mime=ZIP,
    group="libraries",
    needs="settings",
    order="rows in pick order; in each prompt as the settings say, most similar last unless chosen otherwise",
    load="votek.load_pack(FILE).prompt(TEXT)",
    write=_write,
)
