"""Where the manifest of an export lies: beside it, under a name that no other file's manifest has."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["manifest_beside", "manifest_place", "prompts_beside"]

_END = ".manifest.json"


def manifest_place(path: Path) -> Path:
    """Where to write the manifest of the file or folder `path`.

    `labelled.manifest.json` for labelled.csv; `labelled.csv.manifest.json` where the short name is taken by something
    else, such as the manifest of a labelled.jsonl that still lies there.
    """
    short, full = _names(path)
    return full if full.exists() or (short.exists() and not _describes(short, path)) else short


def manifest_beside(path: Path) -> Path | None:
    """The manifest that lies beside the file `path`, under either name; None where there is none."""
    short, full = _names(path)
    return next((one for one in (full, short) if one.is_file()), None)


def prompts_beside(manifest: Path) -> Path | None:
    """The prompts as JSON lines that `manifest` lies beside; None where there are none."""
    name = manifest.name.removesuffix(_END)
    found = (manifest.with_name(one) for one in (name, name + ".jsonl") if one.endswith(".jsonl"))
    return next((one for one in found if one.is_file()), None)


def _names(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.stem + _END), path.with_name(path.name + _END)


def _describes(manifest: Path, path: Path) -> bool:
    """Whether it is the manifest of `path`, or of a file that is no longer there."""
    try:
        named = json.loads(manifest.read_bytes())["export"]["file"]
        return named == path.name or not manifest.with_name(named).exists()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
