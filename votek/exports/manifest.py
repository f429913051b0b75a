"""The manifest: everything that is needed to see how an export came about, and to make it again.

One JSON object. `data` and `tests`: digest of the rows and how the file was read. `model`, `near_copies`:
vectors and groups. `rounds`: each run of a selector, its parameters and picks in order. `confidence`: for rounds
that a language model had a say in, what it said about each row, so that they can be made again without it.
`task`, `guidelines`, `labels`: what was asked, who answered what and when, which likely label they were shown
before, and how a label of several people came about. `left_out`: how many texts people decided about without a label
in force: "open" (people are missing), "disputed", "skipped". `prompts`: settings, their version in the project, and
a digest over all prompts; where they are few, which demonstrations each of them shows ("written"). `versions`,
`created`. Beside a file, `export` describes it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np

from votek.datatypes import Dataset, Prompt, PromptSettings, Round, TaskSpec
from votek.errors import FileError
from votek.exports.files import json_bytes
from votek.exports.versions import versions
from votek.prompts import LabelledRow, in_pick_order, is_estimate, settings_in_force
from votek.prompts.retrievers import by_similarity

__all__ = ["SCHEMA", "build_manifest", "manifest_bytes", "prompts_digest", "read_manifest", "words_digest"]

SCHEMA = "votek.manifest/1"
MOST_WRITTEN = 20_000
_PARTS = ("data", "tests", "model", "near_copies", "rounds", "task", "guidelines", "labels", "prompts", "versions")
_READ = ("name", "format", "encoding", "delimiter", "template", "id")


def build_manifest(
    *,
    data: Dataset,
    tests: Dataset | None,
    test_ids: Sequence[str],
    model: str,
    model_digest: str,
    near_copy_threshold: float | None,
    rounds: Sequence[Round],
    task: TaskSpec,
    guidelines: str,
    guidelines_version: int,
    labelled: Sequence[LabelledRow],
    settings: PromptSettings,
    prompts: Sequence[Prompt],
    created: dt.datetime,
    gold: Sequence[str] = (),
    answers: Sequence[str] = (),
    confidence: Mapping[str, Sequence[float | None]] | None = None,
    left_out: Mapping[str, int] | None = None,
    prompts_version: int = 1,
) -> dict[str, Any]:
    """The lineage of a prompt set, ready for JSON.

    `tests`: the file of test items, None when prompts are made for texts of the pool itself. `test_ids`: the
    items that `prompts` are for, in order. `rounds`: oldest first. `created`: the time to state. `gold`, `answers`:
    columns kept out of demonstrations and of queries. `confidence`: by the key that a round's parameters name under
    "scoring", one number per row of `data`, None where nobody was asked. `left_out`: texts that people decided about
    without a label in force, by where they stand. `prompts_version`: the version of `settings` in the project.
    """
    manifest = {
        "schema": SCHEMA,
        "created": created,
        "data": {**_dataset(data), "hidden": gold},
        "tests": {
            "role": "pool" if tests is None else "test",
            **_dataset(data if tests is None else tests),
            "hidden": answers,
            "ids": test_ids,
        },
        "model": {"name": model, "digest": model_digest},
        "near_copies": {"threshold": near_copy_threshold},
        "rounds": [_round(one, data.ids) for one in rounds],
        "confidence": dict(confidence or {}),
        "task": asdict(task),
        "guidelines": {
            "version": guidelines_version,
            "sha256": hashlib.sha256(guidelines.encode("utf-8", "surrogatepass")).hexdigest(),
        },
        "labels": [_label(row) for row in in_pick_order(labelled)],
        "left_out": dict(left_out or {}),
        "prompts": {
            "settings": asdict(settings_in_force(settings, task)),
            "version": prompts_version,
            "order": _order(settings),
            "tokens": {"tokenizer": settings.tokenizer, "estimate": is_estimate(settings.tokenizer)},
            "count": len(prompts),
            "digest": prompts_digest(prompts),
            "written": _written(prompts),
        },
        "versions": versions(),
    }
    plain: dict[str, Any] = _plain(manifest)
    return plain


def prompts_digest(prompts: Sequence[Prompt]) -> str:
    """SHA-256 over ids, demonstrations and literal texts, in order."""
    content = hashlib.sha256()
    for prompt in prompts:
        record = json.dumps([prompt.id, prompt.query, prompt.demonstrations, prompt.text], ensure_ascii=True)
        content.update(record.encode("ascii") + b"\n")
    return content.hexdigest()


def words_digest(text: str) -> str:
    """What stands for the words of one prompt: 16 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _written(prompts: Sequence[Prompt]) -> list[dict[str, Any]] | None:
    """Of each prompt its demonstrations and a digest of its words, to compare it with another; None where too many."""
    if sum(1 + len(prompt.demonstrations) for prompt in prompts) > MOST_WRITTEN:
        return None
    return [{"rows": prompt.demonstrations, "sha256": words_digest(prompt.text)} for prompt in prompts]


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as a JSON file (UTF-8, keys in order of writing)."""
    return json_bytes(json.dumps(_plain(manifest), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read_manifest(content: bytes) -> dict[str, Any]:
    """The manifest in `content`; FileError when it is not one, or lacks a part."""
    try:
        manifest = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise FileError(f"This is not a manifest: it is not JSON ({problem}). Give a *.manifest.json file.") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        given = manifest.get("schema") if isinstance(manifest, dict) else type(manifest).__name__
        raise FileError(
            f"This is not a manifest of this version: its schema is {given!r}, {SCHEMA!r} is needed. "
            "Give a *.manifest.json file that stands beside an export."
        )
    missing = [name for name in _PARTS if name not in manifest]
    if missing:
        raise FileError(f"The manifest lacks {', '.join(missing)}; export it again.")
    return manifest


def _dataset(data: Dataset) -> dict[str, Any]:
    details = data.details
    return {
        "digest": data.digest,
        "rows": len(data),
        "refused": len(data.refusals),
        "read": {
            **{name: details.get(name) for name in _READ},
            "text": details.get("text"),
            "label": data.label,
            "group": data.groups,
        },
    }


def _round(one: Round, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "method": one.method,
        "parameters": one.parameters,
        "labeled": one.labeled,
        "excluded": one.excluded,
        "picks": [{"row": row, "id": ids[row], "gain": gain} for row, gain in zip(one.indices, one.gains, strict=True)],
        "created": one.created,
    }


def _label(row: LabelledRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "row": row.row,
        "value": row.value,
        "who": row.who,
        "time": row.time,
        "source": row.source,
        "guideline_version": row.guideline_version,
        "rank": row.rank,
        "suggestion": row.suggestion,
        "status": row.status,
        "answers": row.answers,
        "why": row.why,
    }


def _order(settings: PromptSettings) -> str:
    if by_similarity(settings.retrieval):
        return "most similar last" if settings.order == "ascending" else "most similar first"
    return "order of the draw" if settings.retrieval == "random" else "pick order"


def _plain(value: Any) -> Any:
    """`value` in the types of JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return _plain(asdict(value)) if is_dataclass(value) and not isinstance(value, type) else value
