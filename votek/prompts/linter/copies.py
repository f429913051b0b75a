"""Near-copies: two in one prompt, the test item in its own prompt, and two with different labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from votek.prompts.linter.findings import Finding
from votek.prompts.linter.masking import counted, shown
from votek.prompts.linter.material import Material
from votek.prompts.linter.rule import Rule
from votek.prompts.rows import label_text

__all__ = ["RULES"]


def _twins(given: Material) -> Iterator[Finding]:
    """Twins have the same label; with different labels they are a conflict, whether they meet in a prompt or not."""
    meetings: dict[tuple[int, int], list[int]] = {}
    labels = _label_sets(given)
    for first in range(given.shown.shape[1]):
        for second in range(first + 1, given.shown.shape[1]):
            a, b = given.shown[:, first], given.shown[:, second]
            hits = np.flatnonzero(given.alike(a, b) | ((a >= 0) & (a == b)))
            for at in hits.tolist():
                low, high = sorted((int(a[at]), int(b[at])))
                if labels[low] == labels[high]:
                    meetings.setdefault((low, high), []).append(at)
    for (low, high), prompts in sorted(meetings.items()):
        one, other = given.labelled[low], given.labelled[high]
        where = f"in {counted(len(prompts), 'prompt')} of {len(given.prompts):,}"
        reason = (
            f"It stands twice {where}."
            if low == high
            else f"It and its near-copy {shown(other.id)} ({given.likeness(low, high)}) stand together {where}, so one "
            "of the places teaches nothing new."
        )
        yield Finding(
            "near-twins",
            "warning",
            "text",
            one.id,
            reason,
            "Skip one of the two, or choose examples that are unlike each other (MMR).",
            prompt=given.prompts[prompts[0]].id,
        )


def _leaks(given: Material) -> Iterator[Finding]:
    by_key: dict[str, set[int]] = {}
    for at, key in enumerate(given.keys):
        by_key.setdefault(key, set()).add(at)
    close = np.zeros(given.shown.shape, dtype=bool)
    if given.similarity is not None:
        close = np.nan_to_num(given.similarity, nan=-2.0) >= given.limit
    suspects = np.flatnonzero(close.any(axis=1)).tolist()
    near = {at: set(given.shown[at, close[at]].tolist()) for at in suspects}
    for at, (query, key) in enumerate(zip(given.queries, given.query_keys, strict=True)):
        own = {place for place in given.shown[at].tolist() if place >= 0}
        same = own & by_key.get(key, set())
        itself = {place for place in own if query.row is not None and _is_item(given, place, at)}
        found = same | itself | near.get(at, set())
        if found:
            yield _leak(given, at, sorted(found), itself, same)


def _is_item(given: Material, place: int, at: int) -> bool:
    row, query = given.labelled[place], given.queries[at]
    return row.row == query.row or row.id == query.id or given.same_group(place, query.row)


def _leak(given: Material, at: int, found: list[int], itself: set[int], same: set[int]) -> Finding:
    first = min(found, key=lambda place: (place not in itself, place not in same, place))
    name = given.labelled[first].id
    if first in itself:
        how = f"the item itself or a copy of it ({shown(name)})"
    elif first in same:
        how = f"{shown(name)}, which has the same text"
    else:
        cosine = 0.0 if given.similarity is None else float(np.nanmax(given.similarity[at]))
        how = f"{shown(name)}, a near-copy (cosine {cosine:.2f}, the limit is {given.threshold})"
    more = f", and {counted(len(found) - 1, 'more demonstration')} like it" if len(found) > 1 else ""
    return Finding(
        "leak",
        "error",
        "test item",
        given.queries[at].id,
        f"Among its demonstrations is {how}{more}: the prompt gives the answer away.",
        "Build the prompts again with the guard against copies on, or take the text out of the labelled ones.",
        prompt=given.queries[at].id,
    )


def _conflicts(given: Material) -> Iterator[Finding]:
    labels = _label_sets(given)
    number = {labels_of: at for at, labels_of in enumerate(dict.fromkeys(labels))}
    kinds = np.array([number[labels_of] for labels_of in labels])
    blank = np.array([not labels_of for labels_of in labels])
    # Two questions that differ in one word rightly have different written answers: there, only equal texts conflict.
    near = given.near if given.task.type != "text" else None
    groups = _groups(given.text_groups)
    for at, row in enumerate(given.labelled):
        members = groups[int(given.text_groups[at])] if near is None else np.flatnonzero(near[at])
        # Each pair is told of once, at the text that stands first.
        beside = given.besides[members] == given.besides[at]
        other = members[(members > at) & (kinds[members] != kinds[at]) & ~blank[members] & beside]
        if blank[at] or not len(other):
            continue
        more = f", and {counted(len(other) - 1, 'more text')} like it" if len(other) > 1 else ""
        exact = given.keys[at] == given.keys[int(other[0])]
        yield Finding(
            "conflict",
            "error" if exact else "warning",
            "text",
            row.id,
            _against(given, at, int(other[0]), more),
            "Look at both and label them alike, or leave one out; the Review page shows who labelled them.",
        )


def _groups(numbers: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    order = np.argsort(numbers, kind="stable")
    values, starts = np.unique(numbers[order], return_index=True)
    return dict(zip(values.tolist(), np.split(order, starts[1:]), strict=True))


def _label_sets(given: Material) -> list[frozenset[str]]:
    return [frozenset(labels) for labels in given.labels]


def _against(given: Material, at: int, other: int, more: str) -> str:
    partner = f"{shown(given.labelled[other].id)} ({given.likeness(at, other)})"
    if given.task.type == "text":
        return f"It and {partner}{more} have different answers, which contradict each other."
    one, two = (shown(label_text(given.labelled[place].value)) for place in (at, other))
    return (
        f"It has the label {one}, and {partner} has {two}{more}: near texts with unlike labels contradict each other."
    )


RULES = (
    Rule(
        "near-twins",
        "Near-copies in one prompt",
        "Two demonstrations of one prompt that are copies or near-copies with the same label.",
        _twins,
        ("labelled", "prompts"),
    ),
    Rule(
        "leak",
        "Answers given away",
        "A test item that has itself, a copy or a near-copy among its demonstrations.",
        _leaks,
        ("labelled", "prompts"),
    ),
    Rule(
        "conflict",
        "Near texts with different labels",
        "Copies or near-copies that were labelled differently; for written answers, equal texts alone.",
        _conflicts,
        ("labelled",),
    ),
)
