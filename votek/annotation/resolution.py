"""What several people's decisions about one item add up to."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from votek.datatypes import LabelEvent

__all__ = ["IMPORT", "IMPORTED_FROM", "Overlap", "Resolution", "Status", "came_with_file", "resolve"]

IMPORT = "import"
"""Source of labels that came with a file: they count until a person has decided."""

IMPORTED_FROM = "import:"
"""What the source of a named person's label begins with that came with a file: it counts like any person's."""

Status = Literal["open", "single", "unanimous", "majority", "disputed", "adjudicated", "skipped"]


def came_with_file(event: LabelEvent) -> bool:
    """Whether this was decided elsewhere, by somebody the file names or by nobody it names.

    When it was decided is what the file says, and nothing that was shown here had a part in it.
    """
    return event.source == IMPORT or event.source.startswith(IMPORTED_FROM)


@dataclass(frozen=True)
class Overlap:
    """How many distinct people are to decide about each item: `default`, and other numbers for some items."""

    default: int = 1
    items: Mapping[str, int] = field(default_factory=dict)

    def needed(self, item: str) -> int:
        """How many people decide about this item."""
        return self.items.get(item, self.default)


@dataclass(frozen=True)
class Resolution:
    """Where an item stands.

    `status`: "open" (people are missing), "single" (one person's label), "unanimous", "majority" (more than half
    of the labels are equal), "disputed" (no majority), "adjudicated" (somebody settled it), "skipped" (nobody gave
    a label, or it was settled that there is none). `event`: the latest event that gave the value in force, None where
    there is none. `decisions`: each person's latest label or skip, oldest first; an adjudication is not among them.
    """

    status: Status
    value: Any
    event: LabelEvent | None
    decisions: tuple[LabelEvent, ...]

    @property
    def closed(self) -> bool:
        """Whether everybody who was to decide has decided, or somebody settled it."""
        return self.status != "open"

    @property
    def labelled(self) -> bool:
        """Whether a label is in force."""
        return self.status in ("single", "unanimous", "majority", "adjudicated")


def resolve(
    decisions: Sequence[LabelEvent], *, needed: int, adjudication: LabelEvent | None = None
) -> Resolution | None:
    """What these decisions add up to; None where nothing was decided.

    Args:
        decisions: the latest label or skip of each person, in the order of the log; imported labels included.
        needed: how many people are to decide.
        adjudication: the latest adjudication that was not undone; it stands above everything.
    """
    people = tuple(event for event in decisions if event.source != IMPORT)
    if adjudication is not None:
        value = adjudication.value["label"]
        return Resolution("skipped" if value is None else "adjudicated", value, adjudication, people)
    if not people:
        if not decisions:
            return None
        last = decisions[-1]
        return Resolution("single" if last.kind == "label" else "skipped", last.value, last, tuple(decisions))
    if len(people) < needed:
        return Resolution("open", None, None, people)
    labels = [event for event in people if event.kind == "label"]
    if not labels:
        return Resolution("skipped", None, people[-1], people)
    groups: defaultdict[str, list[LabelEvent]] = defaultdict(list)
    for event in labels:
        groups[json.dumps(event.value, sort_keys=True)].append(event)
    largest = max(groups.values(), key=len)
    if 2 * len(largest) <= len(labels):
        return Resolution("disputed", None, None, people)
    status: Status = "single" if len(labels) == 1 else "unanimous" if len(groups) == 1 else "majority"
    return Resolution(status, largest[-1].value, largest[-1], people)
