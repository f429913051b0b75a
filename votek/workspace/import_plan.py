"""What labels from a file would do to a project: which text each is about, and what stands against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from votek.annotation import Labelling, came_with_file, check_value
from votek.datatypes import LabelEvent, LabelSpec, TaskSpec
from votek.errors import InputError
from votek.imports.labels import Example, ImportedAnswer, Loss
from votek.workspace.data import label_color, label_key

if TYPE_CHECKING:
    from votek.imports.labels import ImportedLabels
    from votek.jobs.context import Pool

__all__ = ["Conflict", "Existing", "Given", "Match", "Places", "Plan", "Wish", "plan_labels", "with_label_names"]

Match = Literal["auto", "id", "text"]
Existing = Literal["keep", "add"]
EXAMPLES = 5

SENTENCES: Mapping[str, str] = {
    "missing": "Texts of the file that this project does not hold.",
    "ambiguous": "Texts that are here several times; the label goes to the one to be labelled, else the first.",
    "outside": "Labels of texts that are not among those to be labelled here.",
    "misfit": "Answers that the task of this project does not allow.",
    "kept": "Answers about texts that have been labelled here already: what stands is kept.",
    "duplicate": "Different answers of a person about the same text; the latest is kept.",
}
"""kind -> what was not taken over into the project, in one sentence."""


@dataclass(frozen=True)
class Wish:
    """How labels are to be taken over; the options of `Workspace.import_labels`."""

    match: Match = "auto"
    existing: Existing = "keep"
    queued_only: bool = False

    def __post_init__(self) -> None:
        if self.match not in ("auto", "id", "text"):
            raise InputError(f"Texts cannot be matched by {self.match!r}: choose auto, id or text.")
        if self.existing not in ("keep", "add"):
            raise InputError(f"Labels that are there cannot be treated by {self.existing!r}: choose keep or add.")


@dataclass(frozen=True)
class Conflict:
    """A text that was labelled otherwise here than in the file: `here` by `who`, and in the file."""

    item: str
    here: Any
    who: str
    there: Any


@dataclass(frozen=True)
class Given:
    """One answer of the file at the text of the project that it is about, with the value as the project stores it."""

    item: str
    value: Any
    answer: ImportedAnswer


@dataclass
class Plan:
    """What is to be recorded, in the order of the file, and the task as it has to be for that."""

    task: TaskSpec
    new_labels: tuple[str, ...]
    given: list[Given] = field(default_factory=list)
    agreeing: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    _lost: dict[str, tuple[int, list[Example]]] = field(default_factory=dict)

    def lost(self, kind: str, row: int, what: str = "") -> None:
        """One more answer that is not taken over."""
        count, examples = self._lost.get(kind, (0, []))
        if len(examples) < EXAMPLES:
            examples.append(Example(row, what[:80]))
        self._lost[kind] = (count + 1, examples)

    def losses(self) -> tuple[Loss, ...]:
        """One line for each kind of `SENTENCES` that occurred."""
        return tuple(
            Loss(kind, sentence, self._lost[kind][0], tuple(self._lost[kind][1]))
            for kind, sentence in SENTENCES.items()
            if kind in self._lost
        )


class Places:
    """Finds the text of the project that a text of the file is."""

    def __init__(self, pool: Pool, imported: ImportedLabels, queued: Collection[str], match: Match) -> None:
        self._pool, self._queued = pool, queued
        self._by_id = match == "id" or (match == "auto" and imported.own_ids)
        self._by_text = match != "id" and imported.has_texts
        self._has_texts = imported.has_texts
        self._texts = dict(zip(imported.dataset.ids, imported.dataset.texts, strict=True))
        self._rows: defaultdict[str, list[int]] = defaultdict(list)
        if self._by_text:
            for row, text in enumerate(pool.dataset.texts):
                self._rows[text].append(row)

    def text(self, item: str) -> str:
        """The text of the file with this id."""
        return self._texts[item]

    def find(self, item: str) -> tuple[str | None, bool]:
        """(id in the project or None, whether several texts there are the same).

        By id where the file has ids and the text under it is the same (or the file has no texts), else by exact text.
        """
        dataset, text = self._pool.dataset, self._texts[item]
        row = self._pool.row_of.get(item) if self._by_id else None
        if row is not None and (not self._has_texts or not self._by_text or dataset.texts[row] == text):
            return item, False
        rows = self._rows.get(text, [])
        if len(rows) < 2:
            return (dataset.ids[rows[0]] if rows else None), False
        queued = [one for one in rows if dataset.ids[one] in self._queued]
        return dataset.ids[(queued or rows)[0]], len(queued) != 1


def plan_labels(
    imported: ImportedLabels,
    *,
    pool: Pool,
    state: Labelling,
    task: TaskSpec,
    queued: Collection[str],
    wish: Wish,
    max_chars: int,
) -> Plan:
    """What taking over the labels comes to, without recording anything."""
    plan = Plan(task, ())
    placed = _placed(plan, imported, Places(pool, imported, queued, wish.match), queued if wish.queued_only else None)
    used = {name for _, answer in placed for name in _names(answer, task)}
    plan.new_labels = tuple(name for name in imported.labels if name in used - {label.name for label in task.labels})
    plan.task = with_label_names(task, plan.new_labels)
    found: dict[tuple[str, str], Given] = {}
    for item, answer in placed:
        value, reason = _value(plan.task, answer, max_chars)
        if reason:
            plan.lost("misfit", answer.row, reason)
            continue
        before = found.pop((item, answer.who), None)
        if before is not None and before.value != value:
            plan.lost("duplicate", before.answer.row, _words(before.answer.value))
        found[item, answer.who] = Given(item, value, answer)
    _weigh(plan, found.values(), state, wish.existing)
    return plan


def _placed(
    plan: Plan, imported: ImportedLabels, places: Places, only: Collection[str] | None
) -> list[tuple[str, ImportedAnswer]]:
    """The answers about texts of the project (`only`: about these), each with the text's id here."""
    placed: list[tuple[str, ImportedAnswer]] = []
    missing: set[str] = set()
    for answer in imported.answers:
        item, several = places.find(answer.item)
        if item is None:
            if answer.item not in missing:
                plan.lost("missing", answer.row, places.text(answer.item))
            missing.add(answer.item)
        elif only is not None and item not in only:
            plan.lost("outside", answer.row, _words(answer.value))
        else:
            if several:
                plan.lost("ambiguous", answer.row, places.text(answer.item))
            placed.append((item, answer))
    return placed


def _weigh(plan: Plan, given: Collection[Given], state: Labelling, existing: Existing) -> None:
    """Compare with what people decided here: it is kept, or the answers of the file stand beside it."""
    for one in given:
        ours = _decided_here(state, one.item)
        if ours is None:
            plan.given.append(one)
            continue
        here = ours.value["label"] if ours.kind == "adjudicate" else ours.value
        if here == one.value:
            plan.agreeing += 1
        else:
            plan.conflicts.append(Conflict(one.item, here, ours.who, one.value))
        if existing == "add":
            plan.given.append(one)
        else:
            plan.lost("kept", one.answer.row, _words(one.answer.value))


def _decided_here(state: Labelling, item: str) -> LabelEvent | None:
    """The latest decision of a person who works here, or the ruling; None where there is none."""
    found = state.resolution(item)
    if found is None:
        return None
    if found.event is not None and found.event.kind == "adjudicate":
        return found.event
    return next((event for event in reversed(found.decisions) if not came_with_file(event)), None)


def _value(task: TaskSpec, answer: ImportedAnswer, max_chars: int) -> tuple[Any, str]:
    """(value as this task stores it, "") or (None, why it cannot)."""
    if answer.kind == "skip":
        return None, ""
    labels = (answer.value,) if isinstance(answer.value, str) else answer.value or ()
    if task.type == "multi":
        return check_value(task, [label.strip() for label in labels], max_chars=max_chars)
    if len(labels) != 1:
        return None, f"several labels ({_words(answer.value)}), where one is given to a text"
    value = labels[0] if task.type == "text" else labels[0].strip()
    return check_value(task, value, max_chars=max_chars)


def _names(answer: ImportedAnswer, task: TaskSpec) -> tuple[str, ...]:
    """The labels of an answer that this task can take."""
    labels = (answer.value,) if isinstance(answer.value, str) else answer.value or ()
    return () if task.type == "text" or (task.type == "single" and len(labels) > 1) else labels


def with_label_names(task: TaskSpec, names: Sequence[str]) -> TaskSpec:
    """The task with labels of these names behind its own: each with a colour, and a key while there are free ones."""
    labels, taken = list(task.labels), {label.key for label in task.labels}
    for name in names:
        key = label_key(len(labels))
        labels.append(LabelSpec(name, label_color(len(labels)), key="" if key in taken else key))
    return replace(task, labels=tuple(labels))


def _words(value: Any) -> str:
    return "skipped" if value is None else value if isinstance(value, str) else ", ".join(value)
