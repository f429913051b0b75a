"""Which items were labelled before what they were labelled by changed: derived from the log, never stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from votek.annotation.resolution import Resolution, came_with_file
from votek.annotation.state import Labelling
from votek.datatypes import LabelEvent, TaskSpec

__all__ = ["Recheck", "rechecks"]


@dataclass(frozen=True)
class Recheck:
    """An item to look at again. `labels`: those whose definition changed since; `guidelines`: whether these did.

    `people`: whose labels are older, oldest first. Labelling the item again, or confirming the same label, clears it.
    """

    item: str
    labels: tuple[str, ...]
    guidelines: bool
    people: tuple[str, ...]


def rechecks(
    state: Labelling, *, tasks: Mapping[int, TaskSpec], guidelines: Mapping[int, str], who: str | None = None
) -> tuple[Recheck, ...]:
    """The items whose label in force was given under another definition of that label, or other guidelines.

    `tasks`, `guidelines`: every version by its number; the highest is in force. Text that is put back as it was
    clears the mark. Labels that came with a file were given under neither and are never marked. `who`: as if nobody
    but this person had labelled, so that nothing of others is told.
    """
    if len({str(_definitions(task)) for task in tasks.values()}) == len(set(guidelines.values())) == 1:
        return ()  # nothing ever changed: the usual case, and there may be many labels
    return tuple(_marked(state.resolutions(), tasks, guidelines, who))


def _marked(
    resolutions: Mapping[str, Resolution], tasks: Mapping[int, TaskSpec], guidelines: Mapping[int, str], who: str | None
) -> Iterator[Recheck]:
    now = _definitions(tasks[max(tasks)])
    words = guidelines[max(guidelines)]
    then = {version: _definitions(task) for version, task in tasks.items()}
    for item, found in resolutions.items():
        labels: dict[str, None] = {}
        people: dict[str, None] = {}
        read_other = False
        for event in (one for one in _standing(found) if who is None or one.who == who):
            changed = [name for name in _names(event, tasks) if then[event.task_version].get(name, "") != now.get(name)]
            other = guidelines[event.guideline_version] != words
            if changed or other:
                labels |= dict.fromkeys(changed)
                people[event.who] = None
                read_other = read_other or other
        if people:
            yield Recheck(item, tuple(labels), read_other, tuple(people))


def _standing(found: Resolution) -> list[LabelEvent]:
    """The events whose versions count: the adjudication where there is one, else everybody's labels."""
    if found.event is not None and found.event.kind == "adjudicate":
        return [found.event] if found.labelled else []
    return [event for event in found.decisions if event.kind == "label" and not came_with_file(event)]


def _names(event: LabelEvent, tasks: Mapping[int, TaskSpec]) -> list[str]:
    if tasks[max(tasks)].type == "text":
        return []
    value = event.value["label"] if event.kind == "adjudicate" else event.value
    return value if isinstance(value, list) else [value]


def _definitions(task: TaskSpec) -> dict[str, str]:
    return {label.name: label.definition for label in task.labels}
