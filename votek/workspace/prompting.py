"""Prompt sets, from the labels in force and the stored vectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from votek.annotation import IMPORT, Labelling, Queue, Resolution
from votek.datatypes import Project, Prompt, PromptSet, PromptSettings, Round
from votek.errors import InputError, NotFoundError
from votek.jobs.context import Pool, now
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import projects as project_rows
from votek.store import suggestions as suggestion_rows
from votek.store.suggestions import Suggested
from votek.workspace.results import Results
from votek.workspace.suggesting import shown_before

if TYPE_CHECKING:
    from votek.datatypes import Embeddings
    from votek.pipeline import Prepared
    from votek.prompts import LabelledRow, QueryRow

__all__ = ["Material", "Prompting", "columns_of"]


@dataclass(frozen=True, eq=False)
class Material:
    """One consistent view of all that prompts and exports are made from."""

    project: Project
    pool: Pool
    tests: Pool | None
    rounds: list[Round]
    labelled: tuple[LabelledRow, ...]
    prepared: Prepared | None
    left_out: Mapping[str, int]
    gold: frozenset[str]
    answers: frozenset[str]
    """`gold`: hidden columns of the pool. `answers`: these and all other label columns, which no query may show."""


class Prompting(Results):
    """The part of the workspace that writes prompts."""

    def labelled_rows(self, project_id: str) -> tuple[LabelledRow, ...]:
        """The labelled texts in pick order, then those whose labels came with the file."""
        return self._material(project_id).labelled

    def prompt_set(
        self, project_id: str, *, test_ids: Sequence[str] | None = None, version: int | None = None
    ) -> PromptSet:
        """One prompt per test item, with the lineage manifest.

        `test_ids`: only these items, in this order; None: all of the test file, or without one all pool
        texts that have no label. `version`: by these settings instead of those in force, with the labels of now.

        Raises:
            InputError: no data, or the vectors are not computed yet.
            NotFoundError: a test id, or a version, that is not there.
        """
        material = self._material(project_id)
        if version is not None:
            material = replace(material, project=replace(material.project, prompts=self._settings(project_id, version)))
        return self._prompt_set(project_id, material, self._queries(material, test_ids))

    # ------------------------------------------------------------ inside

    def _settings(self, project_id: str, version: int) -> PromptSettings:
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            made = {one.version: one for one in project_rows.revisions(tx, project_id, "prompts")}
        if version not in made:
            raise NotFoundError(
                f"There is no version {version!r} of the prompts; there are 1 to {max(made, default=0)}."
            )
        return project_rows.prompts_of(made[version])

    def _material(self, project_id: str) -> Material:
        with self.labelling_lock, self.store.read() as tx:
            project = project_rows.get(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            state = self.labelling(tx, project_id)
            queue = self.build_queue(tx, project_id)
            gold, answers = self._hidden(tx, project_id)
            suggested = {(one.item, one.who): one for one in suggestion_rows.listed(tx, project_id)}
            return Material(
                project=project,
                pool=pool,
                tests=self.pool(tx, project_id, "test"),
                rounds=self.rounds_in_force(tx, project_id),
                labelled=_labelled_rows(pool, state, queue, without=gold, suggested=suggested),
                prepared=self.prepared_in_force(tx, project_id),
                left_out=_left_out(pool, state),
                gold=gold,
                answers=answers,
            )

    def _hidden(self, tx: Transaction, project_id: str) -> tuple[frozenset[str], frozenset[str]]:
        """Columns that demonstrations, and that queries, must not show."""
        pool, tests = (data_rows.current(tx, project_id, role) for role in ("pool", "test"))
        uses = [*(pool.columns.items() if pool else ()), *(tests.columns.items() if tests else ())]
        gold = frozenset(name for name, use in (pool.columns.items() if pool else ()) if use == "gold")
        return gold, frozenset(name for name, use in uses if use in ("gold", "labelled"))

    def _queries(self, material: Material, test_ids: Sequence[str] | None) -> list[tuple[int, QueryRow]]:
        """(row in the file it comes from, query) of each test item."""
        from votek.prompts import QueryRow

        source = material.tests or material.pool
        if test_ids is not None:
            missing = [item for item in test_ids if item not in source.row_of]
            if missing:
                raise NotFoundError(f"There is no test item {missing[0]!r} (any more). Choose one that is listed.")
            rows = [source.row_of[item] for item in test_ids]
        elif material.tests is None:
            taken = {row.row for row in material.labelled}
            rows = [row for row in range(len(source.dataset)) if row not in taken]
        else:
            rows = list(range(len(source.dataset)))
        fields = columns_of(source, rows, without=material.answers)
        dataset, own = source.dataset, material.tests is None
        return [
            (row, QueryRow(dataset.ids[row], dataset.texts[row], fields=cells, row=row if own else None))
            for row, cells in zip(rows, fields, strict=True)
        ]

    def _prompt_set(self, project_id: str, material: Material, queries: list[tuple[int, QueryRow]]) -> PromptSet:
        from votek.prompts import build_prompts

        prepared, tests = material.prepared, self._query_vectors(project_id, material)
        if prepared is None or tests is None or tests.model_digest != prepared.embeddings.model_digest:
            raise InputError(
                "The vectors that similar texts are found by are not computed yet. They are made in the background "
                "once the texts are loaded; wait for it, or ask for it on the Data page."
            )
        vectors = prepared.embeddings.vectors
        prompts = build_prompts(
            material.project.prompts,
            pool=material.labelled,
            pool_vectors=np.asarray(vectors[[row.row for row in material.labelled]]),
            queries=[query for _, query in queries],
            query_vectors=np.asarray(tests.vectors[[row for row, _ in queries]]),
            mean=prepared.embeddings.mean,
            copies=prepared.copies,
            near_copy_threshold=self.settings.near_copy_threshold,
            task=material.project.task,
        )
        return self._with_manifest(material, prompts, [query.id for _, query in queries])

    def _query_vectors(self, project_id: str, material: Material) -> Embeddings | None:
        """Vectors of what prompts are written for: this view's test items (be they replaced since) or pool."""
        if material.tests is not None:
            return self._embeddings_of(project_id, material.tests.dataset.digest)
        return None if material.prepared is None else material.prepared.embeddings

    def _recorded_confidence(self, rounds: Sequence[Round]) -> dict[str, list[float | None]]:
        """What models said that cannot be asked again to the letter; the stand-in can."""
        found = {}
        for origin in [made.parameters["scoring"] for made in rounds if "scoring" in made.parameters]:
            stored = self.store.cache.get(origin["key"]) if origin["model"]["tier"] != "knn" else None
            if stored is not None:
                values = stored["confidence"].tolist()
                found[str(origin["key"])] = [value if isfinite(value) else None for value in values]
        return found

    def _with_manifest(self, material: Material, prompts: Sequence[Prompt], test_ids: Sequence[str]) -> PromptSet:
        from votek.exports import build_manifest

        project, embeddings = material.project, material.prepared.embeddings if material.prepared else None
        manifest = build_manifest(
            data=material.pool.dataset,
            tests=material.tests.dataset if material.tests else None,
            test_ids=test_ids,
            model=embeddings.model if embeddings else self.settings.model,
            model_digest=embeddings.model_digest if embeddings else "",
            near_copy_threshold=self.settings.near_copy_threshold,
            rounds=material.rounds,
            task=project.task,
            guidelines=project.guidelines,
            guidelines_version=project.guidelines_version,
            labelled=material.labelled,
            settings=project.prompts,
            prompts=prompts,
            gold=sorted(material.gold),
            answers=sorted(material.answers),
            created=now(),
            confidence=self._recorded_confidence(material.rounds),
            left_out=material.left_out,
            prompts_version=project.prompts_version,
        )
        return PromptSet(tuple(prompts), manifest)


def _labelled_rows(
    pool: Pool,
    state: Labelling,
    queue: Queue,
    *,
    without: frozenset[str],
    suggested: Mapping[tuple[str, str], Suggested],
) -> tuple[LabelledRow, ...]:
    from votek.prompts import LabelledRow, in_pick_order

    ranks = {item.row: item.rank for item in queue.items}
    rows = sorted(queue.labelled)
    labels = state.labels()
    found = []
    for row, fields in zip(rows, columns_of(pool, rows, without=without), strict=True):
        item = pool.dataset.ids[row]
        label = labels[item]
        event = state.event(label.event_id)
        found.append(
            LabelledRow(
                id=item,
                row=row,
                text=pool.dataset.texts[row],
                value=label.value,
                who=event.who,
                fields=fields,
                rank=ranks.get(row),
                time=event.time,
                source=event.source,
                guideline_version=event.guideline_version,
                suggestion=shown_before(event, suggested),
                **_how(state.resolution(item)),
            )
        )
    return tuple(in_pick_order(found))


def _how(found: Resolution | None) -> dict[str, Any]:
    """How the label in force came about."""
    if found is None or found.event is None:
        return {}
    answers = [{"who": one.who, "value": one.value} for one in found.decisions if one.source != IMPORT]
    ruled = found.event.kind == "adjudicate"
    return {"status": found.status, "answers": tuple(answers), "why": found.event.value["why"] if ruled else ""}


def _left_out(pool: Pool, state: Labelling) -> dict[str, int]:
    """How many texts have been decided about and have no label in force, by where they stand."""
    found = Counter(one.status for item, one in state.resolutions().items() if not one.labelled and item in pool.row_of)
    return {status: found[status] for status in ("open", "disputed", "skipped")}


def columns_of(source: Pool, rows: Sequence[int], *, without: frozenset[str]) -> list[dict[str, str]]:
    """The original columns of some rows, but for the hidden ones (a data set may have none)."""
    fields = source.dataset.fields
    shown = [name for name in fields.columns if str(name) not in without]
    columns = {str(name): fields[name].iloc[list(rows)].tolist() for name in shown}
    return [{name: str(cells[place]) for name, cells in columns.items()} for place in range(len(rows))]
