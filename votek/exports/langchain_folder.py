"""A folder for LangChain: examples, vectors, and a small module that makes the selector and the prompt of them.

LangChain's own selectors put the most similar example first; this one puts it where the project does. Prefix, suffix
and examples are formatted as templates, so every brace of data in them is doubled; what is asked about enters as a
variable, whose braces are never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any, BinaryIO

from votek.datatypes import PromptSettings
from votek.errors import InputError
from votek.exports.bundle import ZipWriter
from votek.exports.files import ExportRequest, LabelledVectors, json_bytes
from votek.exports.format import ZIP, Format
from votek.exports.langchain import escaped, example
from votek.exports.vectors import needed_vectors, npy_bytes
from votek.prompts import parse_template
from votek.prompts.writing import PromptWriter

__all__ = ["FORMAT"]

SCHEMA = "votek.langchain/1"
_LOADER = "votek_langchain.py"


def _write(request: ExportRequest, out: BinaryIO) -> None:
    """A zip of the folder: examples.json, vectors.npy, mean.npy, settings.json and votek_langchain.py."""
    vectors, settings = needed_vectors(request), request.settings
    writer = PromptWriter(settings, request.labelled, (), request.task)
    examples = [
        {
            **example(row, demonstration.removesuffix(settings.separator)),
            "part_escaped": escaped(demonstration),
            "labels": [row.value] if isinstance(row.value, str) else list(dict.fromkeys(row.value)) or [""],
            "row": row.row,
            "group": int(group),
        }
        for row, demonstration, group in zip(request.labelled, writer.parts, vectors.copies, strict=True)
    ]
    told = _settings(settings, vectors, writer.head)
    with ZipWriter(out) as archive:
        archive.add(_LOADER, (resources.files("votek.exports.loaders") / _LOADER).read_bytes())
        archive.add("settings.json", _json(told))
        archive.add("examples.json", _json(examples))
        archive.add("vectors.npy", npy_bytes(vectors.rows))
        archive.add("mean.npy", npy_bytes(vectors.mean))


def _settings(settings: PromptSettings, vectors: LabelledVectors, head: str) -> dict[str, Any]:
    suffix, columns = _suffix(settings.query)
    return {
        "schema": SCHEMA,
        "model": {"name": vectors.model, "digest": vectors.model_digest},
        "prefix": escaped(head),
        "suffix": suffix,
        "columns": columns,
        "retrieval": settings.retrieval,
        "n": settings.n,
        "order": settings.order,
        "floor": settings.floor,
        "label_cap": settings.label_cap,
        "token_budget": settings.token_budget,
        "answer_reserve": settings.answer_reserve,
        "near_copy_threshold": vectors.near_copy_threshold,
    }


def _suffix(source: str) -> tuple[str, dict[str, str]]:
    """The query template as LangChain reads it, and the variable that each of its columns is given by."""
    template = parse_template(source, fields=None, label=False, name="query template")
    columns = _variables(template.fields)
    written = []
    for kind, value in template.parts:
        if kind not in ("literal", "text", "field"):
            raise InputError(
                "The query template holds a block with {if …}, which LangChain's templates do not have. Use a query "
                "template without blocks, or the prompt pack."
            )
        variable = "text" if kind == "text" else columns.get(value, "")
        written.append(escaped(value) if kind == "literal" else "{" + variable + "}")
    return "".join(written), columns


def _variables(columns: Sequence[str]) -> dict[str, str]:
    """A name for each column that LangChain takes for a variable, each another."""
    names: dict[str, str] = {}
    for column in columns:
        name = "field_" + re.sub(r"\W", "_", column, flags=re.ASCII)
        while name in names.values():
            name += "_"
        names[column] = name
    return names


def _json(value: Any) -> bytes:
    return json_bytes(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


FORMAT = Format(
    name="langchain-folder",
    title="LangChain prompt and selector",
    sentence="Examples, vectors and a small module that makes LangChain's FewShotPromptTemplate and its selector.",
    file="votek-langchain.zip",
    mime=ZIP,
    group="libraries",
    needs="settings",
    order="rows in pick order; in the prompt the most similar last (first where the settings say so)",
    load="unzip FILE -d FOLDER; in FOLDER: votek_langchain.few_shot_prompt(EMBED).format(text=TEXT)",
    write=_write,
)
