"""Do the picks beat random in a language model's prompts? The same numbers for the page and the command line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import InputError
from votek.jobs.analyse_against import comparison_grounds
from votek.jobs.judged import HonestTest, Judged, judged_project
from votek.jobs.models import project_model, project_scorer
from votek.jobs.right_answers import RightAnswers, item_vectors
from votek.scoring import ModelSettings, estimate_cost
from votek.store import data as data_rows
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.datatypes import Dataset
    from votek.evaluation.in_context import Ask
    from votek.evaluation.trial import Trial
    from votek.jobs.analyses import Material
    from votek.prompts import LabelledRow
    from votek.scoring import Request
    from votek.scoring.cost import Cost

__all__ = ["COST_NAME", "NAME", "in_context_cost_of_project", "in_context_of_project"]

NAME = "in-context"
COST_NAME = "in-context-cost"
POOLS = 20
ITEMS = 60


def in_context_of_project(material: Material) -> dict[str, Any]:
    """The analysis "in-context".

    Options: `model`, as stored (that of the project when left out); `items`: at most so many test items, drawn by lot;
    `tested_on`, `held_out` and `seed` as in "against-random".

    Returns JSON: what `InContext.to_json` and `in_context_cost_of_project` give, and `told_by`. Prompts are written as
    the project's settings say.

    Raises:
        InputError: random pools have no labels.
        ScoringError, ModelError: the model cannot answer; answers it gave are kept.
    """
    from votek.evaluation.in_context import in_context_accuracy

    begun = _begun(material)

    def told(stage: str, done: int, total: int) -> None:
        material.report("analysis", done, total)

    scorer = project_scorer(material.context, material.project_id, begun.model)
    seed = int(material.options.get("seed", 0))
    found = in_context_accuracy(begun.ask, scorer, requests=begun.requests, seed=seed, progress=told)
    return {**begun.table(), **found.to_json(), "told_by": begun.judged.known.told_by}


def in_context_cost_of_project(material: Material) -> dict[str, Any]:
    """The analysis "in-context-cost": what "in-context" would take with the same options; nobody is asked.

    Returns JSON: `cost` (what `votek.scoring.estimate_cost` gives), `model`, `items`, `pools`, `picks`.
    """
    return _begun(material).table()


@dataclass(frozen=True, eq=False)
class _Begun:
    """All that is known before the first answer."""

    judged: Judged
    ask: Ask
    requests: dict[str, tuple[Request, ...]]
    model: ModelSettings
    cost: Cost

    def table(self) -> dict[str, Any]:
        return {
            "cost": dict(vars(self.cost)),
            "model": self.model.as_json(),
            "items": len(self.ask.queries),
            "pools": len(self.ask.pools) - 1,
            "picks": list(self.judged.picks),
        }


def _begun(material: Material) -> _Begun:
    from votek.evaluation.in_context import in_context_requests

    judged, context = judged_project(material), material.context
    with context.store.read() as tx:
        stored = project_model(tx, material.project_id)
    model = ModelSettings.from_json(material.options["model"]).check() if "model" in material.options else stored
    ask = _ask(material, judged)
    requests = in_context_requests(ask)
    every = [request for row in requests.values() for request in row]
    cost = estimate_cost(model, every, cache=context.store.scores_folder, tokenizer=ask.settings.tokenizer)
    return _Begun(judged, ask, requests, model, cost)


def _ask(material: Material, judged: Judged) -> Ask:
    from votek.evaluation.in_context import Ask
    from votek.evaluation.trial import open_trial

    grounds = comparison_grounds(material, judged)
    if isinstance(grounds, HonestTest):
        raise InputError(
            "Random pools have no labels, so their prompts cannot be written. Import a column of gold labels, or label "
            "a random pool: “Against random” offers one."
        )
    trial = open_trial(**{"random": POOLS, **grounds})
    places = _drawn(trial, int(material.options.get("items", ITEMS)), int(material.options.get("seed", 0)))
    outside = trial.query_rows is None and judged.tests is not None
    items = judged.tests if outside and judged.tests is not None else judged.known
    vectors = item_vectors(material, "test") if outside else material.prepared.embeddings.vectors
    context = material.context
    with context.store.read() as tx:
        project = project_rows.get(tx, material.project_id)
        uses = [row.columns for role in ("pool", "test") if (row := _current(tx, material.project_id, role))]
    hidden = {name for columns in uses for name, use in columns.items() if use in ("gold", "labelled")}
    pools = {"chosen": trial.pool, **{f"random {at + 1}": rows for at, rows in enumerate(trial.random)}}
    rows = _Rows(material.dataset, judged.known, hidden, several=project.task.type == "multi")
    return Ask(
        pools={name: rows.labelled(found.tolist()) for name, found in pools.items()},
        vectors=material.prepared.embeddings,
        queries=_Rows(items.dataset, items, hidden).queries(places, own=not outside),
        query_vectors=np.asarray(vectors[places]),
        answers=[", ".join(rows.parts(items.answers[place])) for place in places],
        settings=replace(project.prompts, retrieval="similar"),
        task=_task(project.task, judged, items),
        mean=material.prepared.embeddings.mean,
        copies=material.prepared.copies,
        near_copy_threshold=context.settings.near_copy_threshold,
    )


def _current(tx: Any, project_id: str, role: Any) -> Any:
    return data_rows.current(tx, project_id, role)


def _drawn(trial: Trial, items: int, seed: int) -> list[int]:
    """Places of the test items that are asked about."""
    if items < 1:
        raise InputError(f"{items} test items were asked for; give at least 1.")
    order = np.random.default_rng([seed, 6]).permutation(len(trial.query_places))[:items]
    return [int(place) for place in trial.query_places[np.sort(order)]]


def _task(task: TaskSpec, judged: Judged, items: RightAnswers) -> TaskSpec:
    """The project's task; where the right answers are not its labels, one whose labels they are."""
    if task.type != "single":
        return task
    names = sorted({answer for answer in (*judged.known.answers, *items.answers) if answer})
    if set(names) <= {label.name for label in task.labels}:
        return task
    return TaskSpec("single", tuple(LabelSpec(name, "#808080") for name in names))


class _Rows:
    """Rows of a data set as prompts take them, without the columns that hold answers."""

    def __init__(
        self, dataset: Dataset, known: RightAnswers, hidden: Collection[str], *, several: bool = False
    ) -> None:
        self.dataset, self.known, self.several = dataset, known, several
        names = [str(name) for name in dataset.fields.columns if name not in hidden]
        self.cells = {name: dataset.fields[name].tolist() for name in names}

    def parts(self, answer: str) -> list[str]:
        """The labels in an answer, in the order in which a prompt shows them."""
        return [part.strip() for part in answer.split(";") if part.strip()] if self.several else [answer]

    def labelled(self, rows: Sequence[int]) -> list[LabelledRow]:
        from votek.prompts import LabelledRow

        found = []
        for row in rows:
            parts = self.parts(self.known.answers[row])
            value = tuple(parts) if self.several else parts[0]
            ids, texts = self.dataset.ids, self.dataset.texts
            found.append(LabelledRow(ids[row], row, texts[row], value, fields=self._fields(row)))
        return found

    def queries(self, rows: Sequence[int], *, own: bool) -> list[Any]:
        from votek.prompts import QueryRow

        ids, texts = self.dataset.ids, self.dataset.texts
        return [QueryRow(ids[row], texts[row], self._fields(row), row if own else None) for row in rows]

    def _fields(self, row: int) -> dict[str, str]:
        return {name: str(column[row]) for name, column in self.cells.items()}
