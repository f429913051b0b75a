"""Writes a format into memory, into an open file or to a path; its bytes are the same each way."""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Required, TypedDict, Unpack, cast

from votek.datatypes import PromptSet, TaskSpec
from votek.errors import InputError, StorageError
from votek.exports.bundle import ZipWriter
from votek.exports.digesting import DigestingFile
from votek.exports.files import ExportFile, ExportRequest, LabelledVectors, WrittenFile
from votek.exports.format import JSON, ZIP, Format
from votek.exports.manifest import manifest_bytes
from votek.exports.registry import ALL, catalogue, find_format
from votek.prompts import LabelledRow, LabelValue, in_pick_order

__all__ = ["ExportMaterial", "manifest_file", "save", "write", "write_to"]

_IN_MEMORY = 8 << 20
_ALL_FILE = "votek-export.zip"


class ExportMaterial(TypedDict, total=False):
    """What exports are made from; `labelled` and `task` always, the rest where the format needs it."""

    labelled: Required[Sequence[LabelledRow]]
    """The rows with a final label, in any order."""
    task: Required[TaskSpec]
    prompts: PromptSet | None
    """With its manifest, where `needs_prompts(format)`."""
    formula_guard: bool
    """Where a spreadsheet runs cells: one apostrophe before formula-like ones. On unless it is said."""
    own: PromptSet | None
    """One prompt per labelled text, written from the others, for formats that need "own prompts"."""
    vectors: LabelledVectors | None
    answers: Mapping[str, LabelValue]
    """Right answers of test items by id, which stand in formats that can hold them. None unless they are given."""


def write(format: str, **material: Unpack[ExportMaterial]) -> ExportFile:
    """The file of `format`, in memory: labelled rows in pick order, prompts in their own.

    `material`: see `ExportMaterial`. Raises InputError when there is nothing to write or the format cannot hold it,
    UnknownNameError for a format that does not exist.
    """
    out = io.BytesIO()
    made = write_to(format, out, **material)
    return ExportFile(made.name, made.mime, out.getvalue(), made.answers, made.guarded, made.left_out)


def write_to(format: str, out: BinaryIO, **material: Unpack[ExportMaterial]) -> WrittenFile:
    """Write `format` into the binary file `out`, which need not be able to seek. Otherwise as `write`."""
    request = _request(material)
    return _write_all(request, out) if format == ALL else _write_one(find_format(format), request, out)


def save(format: str, path: str | os.PathLike[str], **material: Unpack[ExportMaterial]) -> WrittenFile:
    """Write `format` to `path`, whole or not at all. Otherwise as `write`; StorageError where it cannot be written."""
    target = Path(path)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with partial.open("xb") as out:
            made = write_to(format, cast(BinaryIO, out), **material)
        os.replace(partial, target)
    except OSError as error:
        raise StorageError(
            f"{target} could not be written ({error.strerror}). Choose another place, or make room there."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return made


def manifest_file(
    manifest: Mapping[str, Any],
    file: ExportFile | WrittenFile,
    *,
    format: str,
    name: str | None = None,
    lint: Mapping[str, Any] | None = None,
) -> ExportFile:
    """The manifest that stands beside `file`: the lineage, and the file's format, digest, order and how to load it.

    It says whether right answers of test items stand in the file, and whether formula-like cells were guarded.
    `name`: what the file is called where it lies, if not by its usual name. `lint`: the summary of the check that its
    content went through, `LintReport.summary()`.
    """
    about = {"format": format, "file": name or file.name, "mime": file.mime, "bytes": file.size, "sha256": file.sha256}
    about |= {"formula_guard": file.guarded, "answers": file.answers}
    if format == ALL:
        about |= {"load": "unzip FILE", "left_out": dict(file.left_out)}
    else:
        known = find_format(format)
        about |= {"order": known.order, "load": known.load}
    if lint is not None:
        about["lint"] = dict(lint)
    return ExportFile(f"{about['file']}.manifest.json", JSON, manifest_bytes({**manifest, "export": about}))


def _request(material: ExportMaterial) -> ExportRequest:
    return ExportRequest(
        labelled=in_pick_order(material["labelled"]),
        prompts=material.get("prompts"),
        task=material["task"],
        formula_guard=material.get("formula_guard", True),
        own=material.get("own"),
        vectors=material.get("vectors"),
        answers=material.get("answers", {}),
    )


def _write_one(format: Format, request: ExportRequest, out: BinaryIO) -> WrittenFile:
    if format.needs != "prompts" and not request.labelled:
        raise InputError("Nothing is labelled yet. Label at least one text, then export.")
    if format.needs == "settings" and request.prompts is None:
        raise InputError(f"The export {format.name!r} needs the prompt set with its manifest. Build the prompts first.")
    if format.needs == "own prompts" and request.own is None:
        raise InputError(
            f"The export {format.name!r} needs a prompt for each labelled text. Build the prompts of those, as `own`."
        )
    if format.needs == "prompts":
        _ = request.prompt_list  # says what to do where there are none
    if request.answers and not format.answers:
        request = replace(request, answers={})
    digesting = DigestingFile(out)
    format.write(request, cast(BinaryIO, digesting))
    answers = sum(
        prompt.id in request.answers for prompt in ([] if request.prompts is None else request.prompts.prompts)
    )
    guarded = request.formula_guard if format.texts_guarded else None
    return WrittenFile(format.file, format.mime, digesting.size, digesting.sha256, answers, guarded)


def _write_all(request: ExportRequest, out: BinaryIO) -> WrittenFile:
    """Each format and its manifest; one that cannot hold the texts is left out, and named."""
    if request.prompts is None:
        raise InputError('The export "all" needs the prompt set with its manifest. Build the prompts, then export.')
    if not request.labelled:
        raise InputError("Nothing is labelled yet. Label at least one text, then export.")
    possible = _possible(request.prompts)
    refused: dict[str, InputError] = {}
    answers = 0
    digesting = DigestingFile(out)
    with ZipWriter(cast(BinaryIO, digesting)) as archive:
        for format in possible:
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as part:
                try:
                    made = _write_one(format, request, cast(BinaryIO, part))
                except InputError as problem:
                    refused[format.name] = problem
                    continue
                part.seek(0)
                archive.add(made.name, cast(BinaryIO, part))
                archive.add(*_named(manifest_file(request.prompts.manifest, made, format=format.name)))
                answers = max(answers, made.answers)
        if len(refused) == len(possible):
            raise next(iter(refused.values()))
        left_out = {name: str(problem) for name, problem in refused.items()}
        if left_out:
            words = "".join(f"{name}: {reason}\n" for name, reason in left_out.items())
            archive.add("left-out.txt", f"These formats cannot hold what was to be written.\n\n{words}".encode())
    return WrittenFile(_ALL_FILE, ZIP, digesting.size, digesting.sha256, answers, request.formula_guard, left_out)


def _possible(prompts: PromptSet) -> list[Format]:
    """All formats; without test items, without those that hold a prompt for each."""
    return [format for format in catalogue() if format.needs != "prompts" or len(prompts)]


def _named(file: ExportFile) -> tuple[str, bytes]:
    return file.name, file.content
