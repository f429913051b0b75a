"""The check of a prompt set that is at hand with its manifest, such as one that was reproduced."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from votek.datatypes import Dataset, Embeddings, PromptSet
from votek.exports.lineage import labelled_rows, prompt_settings, recorded_task
from votek.prompts import LintReport, QueryRow, lint

__all__ = ["lint_set"]


def lint_set(
    prompts: PromptSet,
    data: Dataset,
    *,
    tests: Dataset | None = None,
    pool_vectors: ArrayLike | Embeddings | None = None,
    query_vectors: ArrayLike | Embeddings | None = None,
    target: str | None = None,
    only: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> LintReport:
    """The faults in a prompt set, by the labels, settings and task that its manifest records.

    `data`, `tests`: the data sets it was made from; without `tests` the prompts are for texts of `data`.
    `pool_vectors`: floats (labels of the manifest, d), in its order; `query_vectors`: (prompts, d); without them copies
    are found by their text alone. `target`, `only`, `ignore`: as in `votek.prompts.lint`.

    Raises FileError for a manifest of other data, InputError for vectors that do not fit.
    """
    manifest = prompts.manifest
    source = data if tests is None else tests
    place = {item: row for row, item in enumerate(source.ids)}
    hidden = set(manifest["tests"].get("hidden", ()))
    columns = {str(name): source.fields[name].tolist() for name in source.fields.columns if str(name) not in hidden}
    queries = []
    for prompt in prompts.prompts:
        row = place.get(prompt.id)
        fields = {} if row is None else {name: str(cells[row]) for name, cells in columns.items()}
        queries.append(QueryRow(prompt.id, prompt.query, fields=fields, row=row if tests is None else None))
    return lint(
        prompts=prompts.prompts,
        pool=labelled_rows(manifest, data),
        queries=queries,
        settings=prompt_settings(manifest),
        task=recorded_task(manifest),
        pool_vectors=pool_vectors,
        query_vectors=query_vectors,
        near_copy_threshold=manifest["near_copies"]["threshold"],
        target=target,
        only=only,
        ignore=ignore,
    )
