"""The formats of labels that can be read, and the one door to them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from votek.datasets.limits import Limits
from votek.datatypes import TaskType
from votek.errors import FileError, UnknownNameError
from votek.imports.argilla import FORMAT as argilla
from votek.imports.doccano import FORMAT as doccano
from votek.imports.draft import Draft, ReadOptions
from votek.imports.files import Files, open_files
from votek.imports.format import LabelFormat
from votek.imports.hf_datasets import FORMAT as hf_datasets
from votek.imports.label_studio import FORMAT as label_studio
from votek.imports.labels import ImportedLabels
from votek.imports.potato import FORMAT as potato
from votek.imports.prodigy import FORMAT as prodigy
from votek.imports.table import FORMAT as table

__all__ = ["label_formats", "read_labels"]


_FORMATS = (label_studio, argilla, prodigy, potato, doccano, hf_datasets, table)


def label_formats() -> Mapping[str, LabelFormat]:
    """All formats by name, the most telling first: a file is taken for the first one that it looks like."""
    return MappingProxyType({format.name: format for format in _FORMATS})


def read_labels(
    source: str | Path | bytes,
    *,
    format: str | None = None,
    text: str | None = None,
    id: str | None = None,
    label: str | None = None,
    who: str | None = None,
    time: str | None = None,
    question: str | None = None,
    task: TaskType | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    name: str | None = None,
    limits: Limits | None = None,
) -> ImportedLabels:
    """The texts and labels in an export of another labelling tool, or in a table, with what could not be kept.

    Args:
        source: a file, a zip archive or a folder; or the bytes of a file, with its `name`.
        format: one of `label_formats()`; None: recognised, and `ImportedLabels.why` says by what.
        text, id, label, time: columns (of a table) or fields; None: found where their names are usual.
        who: the column of a table that names who answered; any other name is that of whoever gave all answers.
        question: which question is read where the file asks several; None: the one with most answers.
        task: "single", "multi" or "text"; None: as the answers are.
        encoding, delimiter: of text files; None: detected.

    Raises:
        FileError: the file cannot be read, is of no known format, or holds no text that can be used.
        InputError: an option does not fit the file.

    >>> found = read_labels(b"text,label,who\\nA cat.,animal,ann\\nA cat.,pet,bob\\n", name="cats.csv", who="who")
    >>> found.tool, found.people, found.labels
    ('table', ('ann', 'bob'), ('animal', 'pet'))
    """
    limits = limits or Limits.from_settings()
    shown = name or (Path(source).name if isinstance(source, str | Path) else "upload")
    try:
        files = open_files(source, name=name, limits=limits, encoding=encoding)
        chosen, why = _chosen(files, format)
        options = ReadOptions(text, id, label, who, time, question, task, encoding, delimiter)
        draft = Draft(options, limits)
        chosen.read(files, draft)
    except UnknownNameError:
        raise
    except FileError as error:
        raise FileError(str(error) if str(error).startswith(f"{shown}: ") else f"{shown}: {error}") from None
    except RecursionError:
        raise FileError(f"{shown}: this JSON is nested too deeply.") from None
    return draft.finished(tool=chosen.name, title=chosen.title, why=why, name=shown)


def _chosen(files: Files, format: str | None) -> tuple[LabelFormat, str]:
    known = label_formats()
    if format is not None:
        if format not in known:
            raise UnknownNameError(f"There is no format {format!r} of labels. Choose one of: {', '.join(known)}.")
        return known[format], "the format was given"
    for candidate in known.values():
        why = candidate.looks(files)
        if why:
            return candidate, why
    raise FileError(f"what tool wrote this is not clear. Say so by the format, one of: {', '.join(known)}.")
