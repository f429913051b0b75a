"""What a comparison is given, whatever it came from: a manifest, a file of prompts, a file of picks, a prompt set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from votek.datatypes import PromptSet
from votek.errors import FileError, InputError, VotekError
from votek.exports.manifest import SCHEMA, read_manifest, words_digest

__all__ = ["Described", "Pick", "Written", "describe", "read_described", "readable"]


@dataclass(frozen=True)
class Written:
    """One prompt: its demonstrations by id, their labels where they are told, and a digest of its words."""

    demonstrations: tuple[str, ...]
    labels: tuple[Any, ...] | None
    digest: str | None


@dataclass(frozen=True)
class Pick:
    """One pick; `text` where it is told."""

    item: str
    text: str | None = None


@dataclass(frozen=True, eq=False)
class Described:
    """One side of a comparison. What is not known is None."""

    name: str
    manifest: Mapping[str, Any] | None = None
    prompts: Mapping[str, Written] | None = None
    picks: tuple[Pick, ...] | None = None

    @property
    def labels(self) -> Mapping[str, Mapping[str, Any]] | None:
        """Item -> its entry among the labels of the manifest."""
        if self.manifest is None:
            return None
        return {str(one["id"]): one for one in self.manifest["labels"]}

    @property
    def is_prompts(self) -> bool:
        """Whether this is a prompt set, not a selection alone."""
        return self.manifest is not None or self.prompts is not None


def describe(
    source: PromptSet | Mapping[str, Any] | Described, name: str, *, also: Described | None = None
) -> Described:
    """A prompt set or a manifest as one side of a comparison. `also`: what else is known of it, such as its prompts.

    Raises:
        InputError: it is neither.
        FileError: a part of the manifest cannot be read.
    """
    if isinstance(source, Described):
        found = source
    elif isinstance(source, PromptSet):
        found = _of_set(source, name)
    elif isinstance(source, Mapping) and source.get("schema") == SCHEMA:
        found = _of_manifest(source, name)
    else:
        raise InputError(f"{name} is a {type(source).__name__}; give a prompt set, or a manifest as it was read.")
    if also is None:
        return found
    return replace(found, prompts=also.prompts or found.prompts, picks=found.picks or also.picks)


def read_described(content: bytes, name: str) -> Described:
    """A *.manifest.json, a prompts-jsonl export or a file of picks as one side of a comparison.

    Raises:
        FileError: it is none of these.
    """
    try:
        text = content.decode("utf-8-sig")
        first = json.loads(text.split("\n", 1)[0]) if text[:1] == "{" and text.count("\n") else None
    except (UnicodeDecodeError, ValueError, RecursionError):
        first = None
    if not isinstance(first, dict) or "schema" in first:
        try:
            return describe(read_manifest(content), name)
        except FileError as problem:
            raise FileError(
                f"{name} is no manifest, no file of prompts (prompts-jsonl) and no file of picks: {problem}"
            ) from None
    try:
        records = [json.loads(line) for line in text.split("\n") if line.strip()]
        if "prompt" in first:
            return Described(name, prompts={str(one["id"]): _of_record(one) for one in records})
        return Described(name, picks=tuple(Pick(str(one["id"]), _text(one)) for one in records))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise FileError(
            f"{name} cannot be read ({problem!r:.80}). Give what `votek export --format prompts-jsonl` or "
            "`votek select` wrote."
        ) from None


@contextmanager
def readable(*names: str) -> Iterator[None]:
    """What is read from files of others may be of any form: parts that are not as they should be become one error."""
    try:
        yield
    except VotekError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise FileError(
            f"What {' or '.join(names)} holds cannot be read ({problem!r:.80}). Export it again, then compare."
        ) from None


def _of_set(source: PromptSet, name: str) -> Described:
    found = _of_manifest(source.manifest, name)
    of_row = {int(one["row"]): str(one["id"]) for one in source.manifest["labels"]}
    prompts = {
        prompt.id: Written(
            tuple(of_row.get(row, f"row {row}") for row in prompt.demonstrations), None, words_digest(prompt.text)
        )
        for prompt in source.prompts
    }
    return replace(found, prompts=prompts)


def _of_manifest(manifest: Mapping[str, Any], name: str) -> Described:
    with readable(name):
        picks = tuple(Pick(str(one["id"])) for made in manifest["rounds"] for one in made["picks"])
        written = manifest["prompts"].get("written")
        of_row = {int(one["row"]): str(one["id"]) for one in manifest["labels"]}
        prompts = None
        if written is not None:
            prompts = {
                str(item): Written(tuple(of_row.get(row, f"row {row}") for row in one["rows"]), None, one["sha256"])
                for item, one in zip(manifest["tests"]["ids"], written, strict=True)
            }
        return Described(name, manifest=manifest, prompts=prompts, picks=picks)


def _of_record(record: Mapping[str, Any]) -> Written:
    shown: Sequence[Mapping[str, Any]] = record["demonstrations"]
    return Written(
        tuple(str(one["id"]) for one in shown), tuple(one["label"] for one in shown), words_digest(record["prompt"])
    )


def _text(record: Mapping[str, Any]) -> str | None:
    text = record.get("text")
    return text if isinstance(text, str) else None
