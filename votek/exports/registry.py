"""The export formats by name."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

from votek.datatypes import PromptSet, TaskSpec
from votek.errors import InputError, UnknownNameError
from votek.exports import (
    dspy,
    labelled_csv,
    labelled_jsonl,
    labelled_parquet,
    langchain,
    openai_chat_jsonl,
    prompts_jsonl,
)
from votek.exports.bundle import zip_files
from votek.exports.files import ExportFile, ExportRequest
from votek.exports.format import JSON, ZIP, Format
from votek.exports.manifest import manifest_bytes
from votek.prompts import LabelledRow, in_pick_order

__all__ = ["formats", "manifest_file", "needs_prompts", "write"]

_FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        labelled_jsonl.FORMAT,
        labelled_csv.FORMAT,
        labelled_parquet.FORMAT,
        prompts_jsonl.FORMAT,
        openai_chat_jsonl.FORMAT,
        langchain.FORMAT,
        dspy.FORMAT,
    )
}
_ALL = "Every format and its manifest in one zip file; without test items, the labelled set alone."


def formats() -> dict[str, str]:
    """Name of each format -> one plain sentence."""
    return {name: format.sentence for name, format in _FORMATS.items()} | {"all": _ALL}


def needs_prompts(format: str) -> bool:
    """Whether `format` holds prompts or their templates, so that `write` must be given a prompt set."""
    return format == "all" or _known(format).needs != "labels"


def write(
    format: str,
    *,
    labelled: Sequence[LabelledRow],
    prompts: PromptSet | None = None,
    task: TaskSpec,
    formula_guard: bool = True,
) -> ExportFile:
    """The file of `format`: labelled rows in pick order, prompts in their own.

    `labelled`: the rows with a final label. `prompts`: with its manifest, where `needs_prompts(format)`.
    `formula_guard`: CSV only, one apostrophe before formula-like cells. Raises InputError when there is nothing
    to write, UnknownNameError for a format that does not exist.
    """
    request = ExportRequest(in_pick_order(labelled), prompts, task, formula_guard)
    if format == "all":
        return ExportFile("votek-export.zip", ZIP, _everything(request))
    chosen = _known(format)
    if chosen.needs != "prompts" and not request.labelled:
        raise InputError("Nothing is labelled yet. Label at least one text, then export.")
    if chosen.needs == "settings" and prompts is None:
        raise InputError(f"The export {format!r} needs the prompt set with its manifest. Build the prompts first.")
    out = io.BytesIO()
    chosen.write(request, out)
    return ExportFile(chosen.file, chosen.mime, out.getvalue())


def manifest_file(manifest: Mapping[str, Any], file: ExportFile, *, format: str) -> ExportFile:
    """The manifest that stands beside `file`: the lineage, and the file's format, size, digest and how to load it."""
    about = {
        "format": format,
        "file": file.name,
        "mime": file.mime,
        "bytes": len(file.content),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "load": "unzip FILE" if format == "all" else _known(format).load,
    }
    return ExportFile(f"{file.name}.manifest.json", JSON, manifest_bytes({**manifest, "export": about}))


def _known(format: str) -> Format:
    if format not in _FORMATS:
        raise UnknownNameError(f"There is no export format {format!r}; choose one of {', '.join(formats())}.")
    return _FORMATS[format]


def _everything(request: ExportRequest) -> bytes:
    if request.prompts is None:
        raise InputError('The export "all" needs the prompt set with its manifest. Build the prompts, then export.')
    files: list[ExportFile] = []
    for name, format in _FORMATS.items():
        if format.needs == "prompts" and not len(request.prompts):
            continue
        file = write(
            name,
            labelled=request.labelled,
            prompts=request.prompts,
            task=request.task,
            formula_guard=request.formula_guard,
        )
        files += [file, manifest_file(request.prompts.manifest, file, format=name)]
    return zip_files(files)
