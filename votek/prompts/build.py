"""One prompt per test item: retrieve, keep leaks out, fit the budget, write."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress, Prompt, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.prompts.assembly import Assembler
from votek.prompts.cosine import checked_vectors, unit_rows
from votek.prompts.leaks import LeakGuard
from votek.prompts.retrieval import checked_mean
from votek.prompts.rows import LabelledRow, QueryRow
from votek.prompts.settings import check_settings
from votek.prompts.writing import PromptWriter

__all__ = ["PromptBuilder", "build_prompts"]

_CELLS = 2_000_000
_QUERIES = 1_024


def build_prompts(
    settings: PromptSettings,
    *,
    pool: Sequence[LabelledRow],
    pool_vectors: ArrayLike | Embeddings,
    queries: Sequence[QueryRow],
    query_vectors: ArrayLike | Embeddings,
    mean: ArrayLike | None = None,
    copies: ArrayLike | None = None,
    near_copy_threshold: float | None = 0.95,
    task: TaskSpec | None = None,
    progress: Progress | None = None,
) -> tuple[Prompt, ...]:
    """The literal prompt of every query, in the order given.

    `pool`: the labelled rows; `pool_vectors`: floats (len(pool), d), raw, row by row theirs; `query_vectors`:
    (len(queries), d). `mean`: (d,), the pool mean, subtracted before similarities are taken.
    `copies`: int64 (n,), group of each row of the pool Dataset. `near_copy_threshold`: raw cosine from which a
    labelled text counts as a copy of the query; None: off. `task`: what the instruction tells, by its labels.

    A prompt is the instruction, the demonstrations and the query, with the separator between them (what of it a
    template or the instruction ends with is not repeated).
    With a token budget, demonstrations are admitted best first while the rendered prompt and the answer reserve
    fit; one that does not fit is passed over. A query too long by itself gets a prompt without demonstrations,
    marked `over_budget`. Raises InputError for settings, templates and vectors that cannot be used.
    """
    builder = PromptBuilder(
        settings,
        pool=pool,
        pool_vectors=pool_vectors,
        mean=mean,
        copies=copies,
        near_copy_threshold=near_copy_threshold,
        task=task,
        columns=list(queries[0].fields) if queries else None,
    )
    return builder.build(queries, query_vectors, progress=progress)


class PromptBuilder:
    """Prepares the labelled rows once and writes prompts for any number of queries, one at a time or together.

    Arguments are those of `build_prompts`. `columns`: what the query template may name; None: any, and a query that
    lacks one is refused when it is written.
    """

    def __init__(
        self,
        settings: PromptSettings,
        *,
        pool: Sequence[LabelledRow],
        pool_vectors: ArrayLike | Embeddings,
        mean: ArrayLike | None = None,
        copies: ArrayLike | None = None,
        near_copy_threshold: float | None = 0.95,
        task: TaskSpec | None = None,
        columns: Sequence[str] | None = None,
    ) -> None:
        check_settings(settings)
        ordered = sorted(range(len(pool)), key=lambda at: pool[at].row)
        self._settings, self._rows = settings, [pool[at] for at in ordered]
        if len({row.row for row in self._rows}) < len(self._rows):
            raise InputError("A row is labelled twice in `pool`; give one final label per row.")
        self._vectors = _rows_of(pool_vectors, "pool_vectors", len(pool))[ordered]
        self._mean, self._copies, self._threshold = mean, copies, near_copy_threshold
        self._task, self._columns = task, columns
        self._ready: Assembler | None = None

    def build(
        self,
        queries: Sequence[QueryRow],
        query_vectors: ArrayLike | Embeddings,
        *,
        progress: Progress | None = None,
    ) -> tuple[Prompt, ...]:
        """The literal prompt of every query, in the order given; `query_vectors`: (len(queries), d), raw."""
        asked = _rows_of(query_vectors, "query_vectors", len(queries))
        if len(self._rows) and len(queries) and self._vectors.shape[1] != asked.shape[1]:
            raise InputError(
                f"pool_vectors have {self._vectors.shape[1]} dimensions and query_vectors {asked.shape[1]}; "
                "embed both with the same model."
            )
        if not len(queries):
            return ()
        builder = self._prepared(asked.shape[1])
        step = min(_QUERIES, max(1, _CELLS // max(len(self._rows), 1)))
        prompts: list[Prompt] = []
        for start in range(0, len(queries), step):
            prompts += builder.write(queries[start : start + step], asked[start : start + step])
            if progress is not None:
                progress("prompts", len(prompts), len(queries))
        return tuple(prompts)

    def _prepared(self, dimensions: int) -> Assembler:
        if self._ready is None or not self._rows:
            vectors = self._vectors if self._rows else np.empty((0, dimensions))
            self._ready = Assembler(
                self._settings,
                self._rows,
                vectors,
                PromptWriter(self._settings, self._rows, self._like(), self._task),
                LeakGuard(self._rows, unit_rows(vectors, None), copies=self._copies, threshold=self._threshold),
                checked_mean(self._mean, dimensions),
            )
        return self._ready

    def _like(self) -> list[QueryRow]:
        return [] if self._columns is None else [QueryRow("", "", fields=dict.fromkeys(self._columns, ""))]


def _rows_of(values: ArrayLike | Embeddings, name: str, expected: int) -> NDArray[np.floating]:
    if expected == 0:
        return np.empty((0, 0))
    vectors = checked_vectors(values, name)
    if len(vectors) != expected:
        raise InputError(f"{name} has {len(vectors)} rows for {expected} texts; give one row per text.")
    return vectors
