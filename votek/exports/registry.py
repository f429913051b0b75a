"""The export formats by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from votek.datatypes import PromptSet, TaskSpec
from votek.errors import InputError, UnknownNameError
from votek.exports.bundle import zip_files
from votek.exports.dspy import write_dspy
from votek.exports.files import ExportFile, ExportRequest
from votek.exports.labelled_csv import write_labelled_csv
from votek.exports.labelled_jsonl import write_labelled_jsonl
from votek.exports.labelled_parquet import write_labelled_parquet
from votek.exports.langchain import write_langchain
from votek.exports.manifest import manifest_bytes
from votek.exports.openai_chat_jsonl import write_openai_chat_jsonl
from votek.exports.prompts_jsonl import write_prompts_jsonl
from votek.prompts import LabelledRow, in_pick_order

__all__ = ["formats", "manifest_file", "needs_prompts", "write"]

_JSONL, _JSON = "application/x-ndjson", "application/json"


@dataclass(frozen=True)
class _Format:
    """`needs`: "labels", "settings" (a prompt set, be it empty) or "prompts". `load`: how to read it back."""

    sentence: str
    name: str
    mime: str
    writer: Callable[[ExportRequest], bytes]
    needs: Literal["labels", "settings", "prompts"]
    load: str


_FORMATS = {
    "labelled-jsonl": _Format(
        "Labelled set, one JSON object a line: texts verbatim.",
        "labelled.jsonl",
        _JSONL,
        write_labelled_jsonl,
        "labels",
        'datasets.load_dataset("json", data_files=FILE); pandas.read_json(FILE, lines=True, dtype=False)',
    ),
    "labelled-csv": _Format(
        "Labelled set as CSV, every cell quoted; one apostrophe before a cell that a spreadsheet would run.",
        "labelled.csv",
        "text/csv",
        write_labelled_csv,
        "labels",
        "pandas.read_csv(FILE, dtype=str, keep_default_na=False)",
    ),
    "labelled-parquet": _Format(
        "Labelled set as Parquet: typed columns, texts verbatim.",
        "labelled.parquet",
        "application/vnd.apache.parquet",
        write_labelled_parquet,
        "labels",
        "pandas.read_parquet(FILE)",
    ),
    "prompts-jsonl": _Format(
        "One literal prompt per test item with its demonstrations, one JSON object a line.",
        "prompts.jsonl",
        _JSONL,
        write_prompts_jsonl,
        "prompts",
        'datasets.load_dataset("json", data_files=FILE)',
    ),
    "openai-chat-jsonl": _Format(
        "One chat per test item: instruction, a turn pair per demonstration in prompt order, then the query.",
        "prompts.openai-chat.jsonl",
        _JSONL,
        write_openai_chat_jsonl,
        "prompts",
        "for line in FILE: client.chat.completions.create(model=MODEL, messages=json.loads(line)['messages'])",
    ),
    "langchain": _Format(
        "Labelled set as a list of examples for LangChain's FewShotPromptTemplate.",
        "langchain-examples.json",
        _JSON,
        write_langchain,
        "settings",
        "FewShotPromptTemplate(examples=json.load(FILE), suffix='Text: {query}\\nLabel:', "
        "example_separator=json.load(MANIFEST)['prompts']['settings']['separator'], "
        "example_prompt=PromptTemplate.from_template('{demonstration_escaped}')): name only *_escaped keys in "
        "example_prompt, pass the query as a variable, and keep data out of prefix and suffix",
    ),
    "dspy": _Format(
        "Labelled set as a list of demonstrations for DSPy.",
        "dspy-demos.json",
        _JSON,
        write_dspy,
        "labels",
        "[dspy.Example(**d).with_inputs('text') for d in json.load(FILE)]",
    ),
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
        return ExportFile("votek-export.zip", "application/zip", _everything(request))
    chosen = _known(format)
    if chosen.needs != "prompts" and not request.labelled:
        raise InputError("Nothing is labelled yet. Label at least one text, then export.")
    if chosen.needs == "settings" and prompts is None:
        raise InputError(f"The export {format!r} needs the prompt set with its manifest. Build the prompts first.")
    return ExportFile(chosen.name, chosen.mime, chosen.writer(request))


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
    return ExportFile(f"{file.name}.manifest.json", _JSON, manifest_bytes({**manifest, "export": about}))


def _known(format: str) -> _Format:
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
