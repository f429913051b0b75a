"""What is not the same about how two sets came to be, read off their manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from votek.exports.differences.changes import Cause, CauseKind

__all__ = ["TEMPLATES", "causes_of_picks", "causes_of_prompts"]

TEMPLATES = ("instruction", "demonstration", "query", "separator")
"""Settings that are words of a prompt."""
_ORDERS = {"ascending": "most similar last", "descending": "most similar first"}
_SHOWN = 60


def causes_of_prompts(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Cause, ...]:
    """Everything that differs between two manifests and can change a prompt; labels and picks are told apart."""
    return (
        *_data("data", "The texts", "data", a, b),
        *_data("tests", "The test items", "test items", a, b),
        *_task(a, b),
        *_settings(a["prompts"]["settings"], b["prompts"]["settings"]),
        *_surroundings(a, b),
    )


def causes_of_picks(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Cause, ...]:
    """Everything that differs between two manifests and can change the picks, their parameters first."""
    return (*_rounds(a["rounds"], b["rounds"]), *_data("data", "The texts", "data", a, b), *_surroundings(a, b))


def _data(part: str, words: str, kind: CauseKind, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Cause]:
    one, other = a[part], b[part]
    if one["digest"] != other["digest"]:
        yield Cause(kind, f"{words} are not the same: {one['rows']:,} rows against {other['rows']:,}.")
    elif one.get("ids") != other.get("ids"):
        yield Cause(kind, f"{words} are chosen otherwise: {len(one['ids']):,} against {len(other['ids']):,}.")


def _task(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Cause]:
    one, other = a["task"], b["task"]
    if one["type"] != other["type"]:
        yield Cause("task", f"The task is {one['type']!r} against {other['type']!r}.")
    names = [[label["name"] for label in task["labels"]] for task in (one, other)]
    if names[0] != names[1]:
        yield Cause("task", f"The labels to choose from: {_shown(names[0])} against {_shown(names[1])}.")
    if a["guidelines"]["sha256"] != b["guidelines"]["sha256"]:
        versions = f"version {a['guidelines']['version']} against {b['guidelines']['version']}"
        yield Cause("guidelines", f"The guidelines have changed ({versions}).")


def _settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Cause]:
    for name in dict.fromkeys([*a, *b]):
        if name in a and name in b and a[name] != b[name]:
            kind: CauseKind = "templates" if name in TEMPLATES else "parameters"
            told = [
                _ORDERS.get(side[name], _shown(side[name])) if name == "order" else _shown(side[name])
                for side in (a, b)
            ]
            yield Cause(kind, f"{name.replace('_', ' ')}: {told[0]} against {told[1]}.")


def _rounds(a: list[Mapping[str, Any]], b: list[Mapping[str, Any]]) -> Iterator[Cause]:
    if len(a) != len(b):
        yield Cause("parameters", f"{len(a)} rounds of picks against {len(b)}.")
    for number, (one, other) in enumerate(zip(a, b, strict=False), 1):
        if one["method"] != other["method"]:
            yield Cause("parameters", f"Round {number}: method {one['method']!r} against {other['method']!r}.")
        left, right = one["parameters"], other["parameters"]
        for name in dict.fromkeys([*left, *right]):
            if left.get(name) != right.get(name):
                told = f"{name}: {_shown(left.get(name))} against {_shown(right.get(name))}"
                yield Cause("parameters", f"Round {number}: {told}.")
        for name, words in (("labeled", "labelled before it"), ("excluded", "excluded from it")):
            gone, come = set(one[name]) - set(other[name]), set(other[name]) - set(one[name])
            if gone or come:
                kind: CauseKind = "labels" if name == "labeled" else "picks"
                yield Cause(kind, f"Round {number}: {len(come)} texts more were {words}, {len(gone)} fewer.")


def _surroundings(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Cause]:
    one, other = a["model"], b["model"]
    if one["digest"] != other["digest"]:
        same = " (of one name, with other weights)" if one["name"] == other["name"] else ""
        yield Cause("model", f"The embedding model: {one['name']!r} against {other['name']!r}{same}.")
    limits = a["near_copies"]["threshold"], b["near_copies"]["threshold"]
    if limits[0] != limits[1]:
        yield Cause("parameters", f"Near-copies count from {limits[0]} against {limits[1]}.")
    for name in dict.fromkeys([*a["versions"], *b["versions"]]):
        pair = a["versions"].get(name), b["versions"].get(name)
        if pair[0] != pair[1]:
            yield Cause("code", f"{name}: version {pair[0]} against {pair[1]}.")


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
