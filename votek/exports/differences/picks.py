"""Two selections compared, pick by pick."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from votek.datatypes import PromptSet
from votek.errors import InputError
from votek.exports.differences.causes import causes_of_picks
from votek.exports.differences.changes import Cause, CauseKind, PickChange, SelectionDiff
from votek.exports.differences.sources import Described, Pick, describe, readable

__all__ = ["diff_selections", "moved"]

_BEFORE = ("was excluded before", "was labelled before")
_NOW = ("is excluded now", "is labelled already")


def diff_selections(
    a: PromptSet | Mapping[str, Any] | Described | Sequence[str],
    b: PromptSet | Mapping[str, Any] | Described | Sequence[str],
    *,
    names: tuple[str, str] = ("a", "b"),
) -> SelectionDiff:
    """What differs between two selections, and why, as far as they tell.

    Re-ordered are the fewest picks that must move for the others to stand in the same order on both sides.

    a, b: manifests, prompt sets, files of picks (`read_described`), or ids in pick order. names: how to call them.

    Raises:
        InputError: one of them tells of no picks.

    >>> found = diff_selections(["x", "y", "z"], ["y", "z", "x", "w"])
    >>> [(one.item, one.kind, one.before, one.after) for one in found.changes]
    [('w', 'added', None, 4), ('x', 're-ordered', 1, 3)]
    """
    one, other = (_described(side, name) for side, name in zip((a, b), names, strict=True))
    with readable(one.name, other.name):
        return _compared(one, other)


def _compared(one: Described, other: Described) -> SelectionDiff:
    causes: tuple[Cause, ...] = ()
    unknown: tuple[str, ...] = ()
    if one.manifest is not None and other.manifest is not None:
        causes = causes_of_picks(one.manifest, other.manifest)
    left, right = _ids(one), _ids(other)
    changes = _changes(left, right, one, other, causes)
    if changes and not causes and (one.manifest is None or other.manifest is None):
        unknown = ("Why is not known: a file of picks does not tell by which parameters it was made.",)
    return SelectionDiff(one.name, other.name, (len(left), len(right)), changes, causes, unknown)


def _described(side: Any, name: str) -> Described:
    if isinstance(side, (list, tuple)):
        return Described(name, picks=tuple(Pick(str(item)) for item in side))
    found = describe(side, name)
    if found.picks is None:
        raise InputError(f"{found.name} tells of no picks. Give a manifest, or what `votek select` wrote.")
    return found


def _ids(side: Described) -> list[str]:
    return list(dict.fromkeys(pick.item for pick in side.picks or ()))


def _changes(
    a: list[str], b: list[str], one: Described, other: Described, causes: Sequence[Cause]
) -> tuple[PickChange, ...]:
    rank_a, rank_b = ({item: rank for rank, item in enumerate(side, 1)} for side in (a, b))
    because = _general(one, other, causes)
    longer = b[: len(a)] == a or a[: len(b)] == b
    changes = []
    for item in b:
        if item not in rank_a:
            kinds, note = _why(item, one, other, because, _BEFORE, longer=longer)
            changes.append(PickChange(item, "added", None, rank_b[item], kinds, note))
    for item in a:
        if item not in rank_b:
            kinds, note = _why(item, other, one, because, _NOW, longer=longer)
            changes.append(PickChange(item, "removed", rank_a[item], None, kinds, note))
    common = [item for item in a if item in rank_b]
    changes += [
        PickChange(item, "re-ordered", rank_a[item], rank_b[item], because)
        for item in moved(common, [item for item in b if item in rank_a])
    ]
    return tuple(changes)


def _general(one: Described, other: Described, causes: Sequence[Cause]) -> tuple[CauseKind, ...]:
    """Why picks may be others: a version of a program only where nothing else has changed."""
    kinds = dict.fromkeys(cause.kind for cause in causes if cause.kind != "code")
    if kinds:
        return tuple(kinds)
    if any(cause.kind == "code" for cause in causes):
        return ("code",)
    return ("unknown",) if one.manifest is not None and other.manifest is not None else ()


def _why(
    item: str,
    lacking: Described,
    having: Described,
    because: tuple[CauseKind, ...],
    words: tuple[str, str],
    *,
    longer: bool,
) -> tuple[tuple[CauseKind, ...], str]:
    """The cause of one pick that a side lacks: that side's own words about its row, else all that has changed."""
    if longer:
        return because and ("parameters",), "more picks were asked for on the other side"
    a, b = lacking.manifest, having.manifest
    if a is not None and b is not None and a["data"]["digest"] == b["data"]["digest"]:
        rows = {pick["row"] for made in b["rounds"] for pick in made["picks"] if pick["id"] == item}
        if any(rows & set(made["excluded"]) for made in a["rounds"]):
            return ("picks",), words[0]
        if any(rows & set(made["labeled"]) for made in a["rounds"]):
            return ("labels",), words[1]
    return because, ""


def moved(a: Sequence[str], b: Sequence[str]) -> list[str]:
    """The fewest of the same items that must move for the rest to stand in one order, in the order of `a`.

    >>> moved(["x", "y", "z"], ["z", "x", "y"])
    ['z']
    """
    place = {item: position for position, item in enumerate(b)}
    ends: list[int] = []  # the least last place of a run of each length
    runs: list[tuple[int, int]] = []  # of each item: its place, and the length of the longest run that it ends
    for item in a:
        at = place[item]
        length = bisect_left(ends, at)
        ends[length : length + 1] = [at]
        runs.append((at, length + 1))
    stays, wanted, limit = set(), len(ends), len(b)
    for at, length in reversed(runs):
        if length == wanted and at < limit:
            stays.add(at)
            wanted, limit = wanted - 1, at
    return [item for item in a if place[item] not in stays]
