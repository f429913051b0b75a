"""What the registry knows of one format. Each file of a format ends with its `FORMAT`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal

from votek.exports.files import ExportRequest

__all__ = ["GROUPS", "JSON", "JSONL", "ZIP", "Format", "Group", "Needs", "Writer"]

JSON, JSONL, ZIP = "application/json", "application/x-ndjson", "application/zip"

Writer = Callable[[ExportRequest, BinaryIO], None]
"""Writes one finished file, piece by piece, into something that need not be able to seek."""

Group = Literal["labelled", "prompts", "libraries"]
GROUPS: dict[Group, str] = {"labelled": "What people said", "prompts": "Prompts", "libraries": "For libraries"}
"""Each group and what a person calls it, in order of display."""

Needs = Literal["labels", "settings", "prompts", "own prompts"]


@dataclass(frozen=True)
class Format:
    """One export format.

    `title`: what a person calls it; `sentence`: what it is, ending in a full stop. `file`: its usual name. `group`:
    "labelled" (what people said), "prompts" (one per test item), "libraries" (what a library reads).
    `needs`: "labels"; "settings" (a prompt set, be it empty); "prompts" (one per test item); "own prompts" (one per
    labelled text, written from the others). `order`: in which order its demonstrations or rows stand, in words;
    `load`: how to read it back. `texts_guarded`: whether the formula guard can touch it. `answers`: whether right
    answers of test items stand in it where the person asks for them; a format without it is never given any.
    A format of mime `ZIP` is a folder, which the command line can unpack.
    """

    name: str
    title: str
    sentence: str
    file: str
    mime: str
    group: Group
    needs: Needs
    order: str
    load: str
    write: Writer
    texts_guarded: bool = False
    answers: bool = False
