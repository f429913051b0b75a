"""What a reviewer looks at: how far people are, what they chose, where they differ, what they flagged or said."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from votek.annotation.resolution import IMPORT, Resolution, Status
from votek.annotation.state import Labelling
from votek.datatypes import LabelEvent, QueueItem, Round, TaskSpec

__all__ = [
    "Confusion",
    "Disagreement",
    "LabelCount",
    "PartProgress",
    "PersonProgress",
    "Remark",
    "Voice",
    "confusions",
    "disagreement",
    "label_counts",
    "label_words",
    "part_progress",
    "person_progress",
    "remarks",
]


@dataclass(frozen=True)
class PersonProgress:
    """What one person did that is in force: `labels` and `skips` of their own, texts `settled` for others."""

    who: str
    labels: int
    skips: int
    settled: int
    flags: int
    comments: int
    last: dt.datetime


@dataclass(frozen=True)
class PartProgress:
    """How far one part of the queue is: its `texts`, and how many stand where (`todo`: nobody decided yet)."""

    name: str
    texts: int
    todo: int
    status: Mapping[Status, int]

    @property
    def labelled(self) -> int:
        """How many have a label in force."""
        return sum(self.status.get(name, 0) for name in ("single", "unanimous", "majority", "adjudicated"))


@dataclass(frozen=True)
class LabelCount:
    """How often a label is in force (`final`), and how often each person gave it."""

    label: str
    final: int
    people: Mapping[str, int]


@dataclass(frozen=True)
class Confusion:
    """What two people chose for the `items` both labelled: `counts[i][j]` times `labels[i]` and `labels[j]`."""

    first: str
    second: str
    items: int
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Voice:
    """What one person said about an item: their label (None: skipped), comment and flag."""

    who: str
    label: Any
    comment: str
    flagged: bool
    time: dt.datetime


@dataclass(frozen=True)
class Disagreement:
    """An item that people labelled differently; `ruling` is the adjudication in force, None while there is none."""

    item: str
    status: Status
    value: Any
    voices: tuple[Voice, ...]
    ruling: LabelEvent | None

    @property
    def settled(self) -> bool:
        """Whether a label is in force, or somebody said that none fits."""
        return self.status not in ("open", "disputed")


@dataclass(frozen=True)
class Remark:
    """A flag or a comment of one person on an item."""

    item: str
    who: str
    flagged: bool
    comment: str


def label_words(value: Any) -> str:
    """A label as people read it.

    >>> label_words(["refund", "angry"]), label_words(None)
    ('refund, angry', 'no label')
    """
    if value is None:
        return "no label"
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def person_progress(state: Labelling, events: Iterable[LabelEvent]) -> tuple[PersonProgress, ...]:
    """One line for each person who did anything, those with most labels first; imported labels are nobody's."""
    last = {event.who: event.time for event in events if event.source != IMPORT}
    counts: dict[str, Counter[str]] = {who: Counter() for who in last}
    for found in state.resolutions().values():
        for event in found.decisions:
            if event.who in counts:
                counts[event.who][event.kind] += 1
        if found.event is not None and found.event.kind == "adjudicate":
            counts[found.event.who]["settled"] += 1
    for item in state.items():
        for who, count in counts.items():
            count["flag"] += state.flagged(item, who)
            count["comment"] += bool(state.comment(item, who))
    lines = (
        PersonProgress(who, count["label"], count["skip"], count["settled"], count["flag"], count["comment"], last[who])
        for who, count in counts.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.labels, line.who)))


def part_progress(queue: Sequence[QueueItem], rounds: Sequence[Round], state: Labelling) -> tuple[PartProgress, ...]:
    """How far each round is, then replacements of skipped texts, then texts added by hand; empty parts are left out."""
    names = {made.id: f"Round {number}" for number, made in enumerate((r for r in rounds if r.kind != "repair"), 1)}
    parts: dict[str, list[Resolution | None]] = {
        name: [] for name in (*names.values(), "Replacements", "Added by hand")
    }
    for item in queue:
        name = {"replacement": "Replacements", "added": "Added by hand"}.get(
            item.origin, names.get(item.round or "", "")
        )
        parts.setdefault(name, []).append(state.resolution(item.item))
    return tuple(
        PartProgress(name, len(found), found.count(None), Counter(one.status for one in found if one is not None))
        for name, found in parts.items()
        if found
    )


def label_counts(state: Labelling, task: TaskSpec) -> tuple[LabelCount, ...]:
    """How often each label was given, in the order of the task; answers that are texts are counted as they are."""
    final: Counter[str] = Counter()
    people: dict[str, Counter[str]] = {}
    for found in state.resolutions().values():
        if found.labelled:
            final.update(_parts(found.value))
        for event in found.decisions:
            if event.kind == "label" and event.source != IMPORT:
                for part in _parts(event.value):
                    people.setdefault(part, Counter())[event.who] += 1
    names = [label.name for label in task.labels] or [name for name, _ in final.most_common()]
    return tuple(LabelCount(name, final[name], dict(people.get(name, {}))) for name in names)


def _parts(value: Any) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]


def confusions(state: Labelling, task: TaskSpec) -> tuple[Confusion, ...]:
    """Who takes what for what: one table for each two people who labelled a common item, most items first."""
    pairs: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for found in state.resolutions().values():
        given = sorted(
            (e.who, label_words(e.value)) for e in found.decisions if e.kind == "label" and e.source != IMPORT
        )
        for (one, left), (other, right) in combinations(given, 2):
            pairs.setdefault((one, other), Counter())[left, right] += 1
    order = {label.name: place for place, label in enumerate(task.labels)}
    tables = [_table(first, second, counted, order) for (first, second), counted in pairs.items()]
    return tuple(sorted(tables, key=lambda table: (-table.items, table.first, table.second)))


def _table(first: str, second: str, counted: Counter[tuple[str, str]], order: Mapping[str, int]) -> Confusion:
    used = {name for pair in counted for name in pair}
    labels = tuple(sorted(used, key=lambda name: (order.get(name, len(order)), name)))
    counts = tuple(tuple(counted[left, right] for right in labels) for left in labels)
    return Confusion(first, second, counted.total(), labels, counts)


def disagreement(state: Labelling, item: str) -> Disagreement | None:
    """How people differ about an item; None where they do not (a skip beside a label is no difference)."""
    found = state.resolution(item)
    if found is None:
        return None
    labels = {label_words(event.value) for event in found.decisions if event.kind == "label" and event.source != IMPORT}
    if len(labels) < 2:
        return None
    ruling = found.event if found.event is not None and found.event.kind == "adjudicate" else None
    return Disagreement(item, found.status, found.value, voices(state, item), ruling)


def voices(state: Labelling, item: str) -> tuple[Voice, ...]:
    """What each person said about an item, oldest decision first."""
    found = state.resolution(item)
    return tuple(
        Voice(
            event.who,
            event.value if event.kind == "label" else None,
            state.comment(item, event.who),
            state.flagged(item, event.who),
            event.time,
        )
        for event in (found.decisions if found is not None else ())
    )


def remarks(state: Labelling, people: Iterable[str]) -> tuple[Remark, ...]:
    """Every flag and comment in force, in the order of the items' first events."""
    found = (
        Remark(item, who, state.flagged(item, who), state.comment(item, who))
        for who in people
        for item in state.items()
    )
    return tuple(one for one in found if one.flagged or one.comment)
