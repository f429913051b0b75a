"""The formats that can be read: name, file endings, reader."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from votek.datasets.table import Options, RawRows
from votek.errors import UnknownNameError

__all__ = ["Format", "find_format", "format_of_ending", "formats"]

Reader = Callable[[bytes, Options], RawRows]


@dataclass(frozen=True)
class Format:
    """One file format. `door`: "module:function" of its reader, which is imported when it is needed."""

    name: str
    title: str
    endings: tuple[str, ...]
    door: str
    is_text: bool = True

    def reader(self) -> Reader:
        """The function that reads this format."""
        module, function = self.door.split(":")
        found: Reader = getattr(importlib.import_module(f"votek.datasets.{module}"), function)
        return found


_FORMATS = (
    Format("csv", "CSV", (".csv",), "delimited:read_csv"),
    Format("tsv", "TSV", (".tsv", ".tab"), "delimited:read_tsv"),
    Format("jsonl", "JSON Lines", (".jsonl", ".ndjson"), "jsonl:read_jsonl"),
    Format("json", "JSON", (".json",), "json_document:read_json"),
    Format("parquet", "Parquet", (".parquet", ".pq"), "parquet:read_parquet", is_text=False),
    Format("xlsx", "Excel", (".xlsx", ".xlsm"), "excel:read_excel", is_text=False),
    Format("text", "Plain text", (".txt", ".text"), "plain_text:read_text"),
)


def formats() -> dict[str, Format]:
    """All formats by name."""
    return {format.name: format for format in _FORMATS}


def find_format(name: str) -> Format:
    """The format called `name`; raises UnknownNameError with the names there are."""
    wanted = {"txt": "text", "excel": "xlsx", "json lines": "jsonl", "ndjson": "jsonl"}.get(name.lower(), name.lower())
    try:
        return formats()[wanted]
    except KeyError:
        raise UnknownNameError(f"There is no format {name!r}. Choose one of: {', '.join(formats())}.") from None


def format_of_ending(name: str) -> Format | None:
    """The format whose ending the file name has, without regard to case."""
    lower = name.lower()
    return next((format for format in _FORMATS if lower.endswith(format.endings)), None)
