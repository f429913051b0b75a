"""Suggestions: whether they are on, what was proposed to whom before they decided, and what that did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from votek.annotation import AnnotationItem, Labelling
from votek.annotation.suggest import Proposal, fits_task, held_back, same_answer, suggest_from_nearest
from votek.datatypes import LOCAL, LabelEvent, Project, SuggestionSettings
from votek.errors import InputError
from votek.jobs.analyses import result_kind
from votek.jobs.context import Context, Pool, now
from votek.jobs.suggest_labels import NAME
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import projects as project_rows
from votek.store import suggestions as suggestion_rows
from votek.store.suggestions import Suggested

if TYPE_CHECKING:
    from votek.evaluation.influence import Influence

__all__ = ["AHEAD", "Suggesting", "SuggestionReport", "shown_before"]

AHEAD = 12
"""For so many of the next texts a suggestion is ready: it rests on what is labelled by then, and is asked for no later
than the text is shown."""


@dataclass(frozen=True)
class SuggestionReport:
    """What became of the suggestions of a project.

    `total`: of everybody; `people`: by person id. A decision counts where it is the label in force of somebody to whom
    something was proposed before. `undecided`: proposals without such a decision (yet), skipped texts among them.
    """

    settings: SuggestionSettings
    total: Influence
    people: Mapping[str, Influence]
    undecided: int

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries and numbers."""
        return {
            "settings": asdict(self.settings),
            "total": self.total.to_json(),
            "people": {who: found.to_json() for who, found in self.people.items()},
            "undecided": self.undecided,
        }


class Suggesting(Context):
    """The part of the workspace that proposes labels, and never writes one."""

    def set_suggestions(self, project_id: str, settings: SuggestionSettings, *, who: str = LOCAL.id) -> Project:
        """Switch suggestions on or off, and say where they come from; equal settings make no new version.

        Raises:
            InputError: the settings cannot be used, or answers are written in this project.
            NotFoundError: there is no such project.
        """
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            project = project_rows.get(tx, project_id)
            _check(settings, project)
            if settings != project.suggestions:
                project_rows.add_revision(tx, project_id, "suggestions", asdict(settings), time=now(), who=who)
            return project_rows.get(tx, project_id)

    def suggestion_report(self, project_id: str) -> SuggestionReport:
        """How often people agreed with a shown, and with a held-back suggestion.

        Raises:
            NotFoundError: there is no such project.
        """
        from votek.evaluation.influence import influence

        with self.labelling_lock, self.store.read() as tx:
            project = project_rows.get(tx, project_id)
            given = suggestion_rows.listed(tx, project_id)
            state = self.labelling(tx, project_id) if given else Labelling()
            outcomes = [(one, agreed) for one in given if (agreed := _agreed(one, state)) is not None]
        counts: defaultdict[str | None, Counter[tuple[bool, bool]]] = defaultdict(Counter)
        for one, agreed in outcomes:
            for group in (None, one.who):
                counts[group][one.shown, agreed] += 1
        found = {
            group: influence(
                shown=(many[True, True], many[True, True] + many[True, False]),
                blind=(many[False, True], many[False, True] + many[False, False]),
            )
            for group, many in counts.items()
        }
        total = found.pop(None, None) or influence(shown=(0, 0), blind=(0, 0))
        people = {who: one for who, one in found.items() if who is not None}
        return SuggestionReport(project.suggestions, total, people, len(given) - len(outcomes))

    # ------------------------------------------------------------ inside

    @contextmanager
    def _looking(self, project_id: str) -> Iterator[Transaction]:
        """A transaction to read what the labeler draws; one that writes where suggestions go on record first."""
        with self.labelling_lock, self.store.read() as tx:
            if not project_rows.get(tx, project_id).suggestions.on:
                yield tx
                return
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            yield tx

    def _suggest(
        self, tx: Transaction, project: Project, pool: Pool, state: Labelling, who: str, items: Sequence[AnnotationItem]
    ) -> list[AnnotationItem]:
        """The same items, those still to do with what is suggested to this person; all of it is on record by then.

        Within a writing transaction that has the project's lock. Hold `labelling_lock`.
        """
        if not project.suggestions.on or project.task.type == "text":
            return list(items)
        recorded = suggestion_rows.of_person(tx, project.id, who)
        wanted = [item for item in _next(items, state.decided_by(who)) if item.id not in recorded]
        fresh = self._proposals(tx, project, pool, state, wanted)
        share, moment = project.suggestions.blind_share, now()
        made = {
            item: Suggested(
                item, who, one.value, one.confidence, one.source, not held_back(project.id, item, who, share), moment
            )
            for item, one in fresh.items()
        }
        if made:
            suggestion_rows.add(tx, project.id, list(made.values()))
        known = {**made, **recorded}
        return [_with(item, known.get(item.id), project) for item in items]

    def _proposals(
        self, tx: Transaction, project: Project, pool: Pool, state: Labelling, wanted: Collection[AnnotationItem]
    ) -> dict[str, Proposal]:
        if not wanted:
            return {}
        if project.suggestions.source == "model":
            answers = self._model_answers(tx, project.id)
            found = {item.id: answers[item.id] for item in wanted if item.id in answers}
            return {item: one for item, one in found.items() if fits_task(one.value, project.task)}
        prepared = self.prepared_in_force(tx, project.id)
        if prepared is None:
            return {}
        nearest = suggest_from_nearest(
            [item.row for item in wanted],
            labels={pool.row_of[item]: one.value for item, one in state.labels().items() if item in pool.row_of},
            task=project.task,
            embeddings=prepared.embeddings,
            copies=prepared.copies,
        )
        return {item.id: nearest[item.row] for item in wanted if item.row in nearest}

    def _model_answers(self, tx: Transaction, project_id: str) -> dict[str, Proposal]:
        """What the model said when it was last asked about the texts in force."""
        row = data_rows.current(tx, project_id, "pool")
        found = data_rows.results(tx, project_id, row.digest).get(result_kind(NAME)) if row else None
        table: Mapping[str, Any] = found[1]["table"] if found is not None else {"answers": {}}
        return {
            item: Proposal(one["value"], one["confidence"], f"model: {table['scorer']}"[:64])
            for item, one in table["answers"].items()
        }


def _check(settings: SuggestionSettings, project: Project) -> None:
    share: object = settings.blind_share
    if isinstance(share, bool) or not isinstance(share, int | float) or not (isfinite(share) and 0 <= share <= 1):
        raise InputError(f"The blind share is {share!r}; give a number from 0 (nothing is held back) to 1.")
    if settings.source not in ("knn", "model"):
        raise InputError(f"Suggestions come from {settings.source!r}; choose knn (nearest labelled texts) or model.")
    if settings.on and project.task.type == "text":
        raise InputError(
            "Written answers are not suggested: one that stands there to be taken over says nothing about the text. "
            "Suggestions are for tasks in which labels are chosen."
        )


def _next(items: Sequence[AnnotationItem], decided: Sequence[str]) -> list[AnnotationItem]:
    """The texts that come next: after the one decided last, from the start again at the end; and the first one to do.

    That is the order in which the labeler goes on, and where it begins when the page is opened.
    """
    place = {item.id: at for at, item in enumerate(items)}
    last = next((place[item] for item in reversed(decided) if item in place), -1)
    ahead = [item for item in [*items[last + 1 :], *items[: last + 1]] if item.state == "todo"][:AHEAD]
    first = next((item for item in items if item.state == "todo"), None)
    return ahead if first is None or first in ahead else [*ahead, first]


def _with(item: AnnotationItem, one: Suggested | None, project: Project) -> AnnotationItem:
    if item.state != "todo" or one is None or not one.shown or not fits_task(one.value, project.task):
        return item
    return replace(
        item, suggestion={"value": one.value, "confidence": one.confidence, "source": one.source.partition(":")[0]}
    )


def shown_before(event: LabelEvent, given: Mapping[tuple[str, str], Suggested]) -> dict[str, Any] | None:
    """What its person was shown before a label was given, {"value", "confidence", "source"}; None: nothing.

    `given`: (item, person) -> proposal.
    """
    one = given.get((event.item, event.who))
    if event.kind != "label" or one is None or not one.shown or event.time <= one.time:
        return None
    return {"value": one.value, "confidence": one.confidence, "source": one.source}


def _agreed(one: Suggested, state: Labelling) -> bool | None:
    """Whether the person's label in force is what was proposed to them before; None where there is no such label."""
    event = state.decision(one.item, one.who)
    if event is None or event.kind != "label" or event.time <= one.time:
        return None
    return same_answer(event.value, one.value)
