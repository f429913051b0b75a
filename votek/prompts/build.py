"""One prompt per test item: retrieve, keep leaks out, fit the budget, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress, Prompt, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.prompts.budget import Fit, admit
from votek.prompts.cosine import checked_vectors, unit_rows
from votek.prompts.leaks import LeakGuard
from votek.prompts.retrieval import checked_mean
from votek.prompts.retrievers import RankRequest, Retriever, retriever
from votek.prompts.rows import LabelledRow, QueryRow
from votek.prompts.settings import check_settings
from votek.prompts.tokenizers import TokenCounter, token_counter
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
        self._ready: _Builder | None = None

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
            prompts += builder.block(queries[start : start + step], asked[start : start + step])
            if progress is not None:
                progress("prompts", len(prompts), len(queries))
        return tuple(prompts)

    def _prepared(self, dimensions: int) -> _Builder:
        if self._ready is None or not self._rows:
            vectors = self._vectors if self._rows else np.empty((0, dimensions))
            self._ready = _Builder(
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


class _Builder:
    def __init__(
        self,
        settings: PromptSettings,
        pool: Sequence[LabelledRow],
        vectors: NDArray[np.floating],
        writer: PromptWriter,
        guard: LeakGuard,
        mean: NDArray[np.float64] | None,
    ) -> None:
        self.settings, self.pool, self.writer, self.guard, self.mean = settings, pool, writer, guard, mean
        self.units = unit_rows(vectors, mean)
        self.rank: Retriever = retriever(settings.retrieval)
        self.counter: TokenCounter = token_counter(settings.tokenizer)
        self.fit = Fit(
            settings.n,
            None if settings.token_budget is None else settings.token_budget - settings.answer_reserve,
            np.zeros(len(pool), dtype=np.int64) if settings.token_budget is None else self.counter.count(writer.parts),
            self.counter.adds_up([writer.head, *writer.parts]),
        )

    def block(self, queries: Sequence[QueryRow], vectors: NDArray[np.floating]) -> list[Prompt]:
        excluded = self.guard.excluded(queries, unit_rows(vectors, None))
        size = len(self.pool)
        # Without a token limit nothing is passed over for its length, so no deeper rank can be needed.
        depth = size if self.fit.available is not None else min(size, self.settings.n + _most(excluded))
        ranked = self.rank(
            RankRequest(self.pool, queries, self.units, unit_rows(vectors, self.mean), self.settings.seed, depth)
        )
        drafts = []
        bare = self._bare(queries)
        for at, query in enumerate(queries):
            best = [int(place) for place in ranked[at] if not excluded[at, place]]
            drafts.append(_Draft(query, self.writer.turn(query), best, int(bare[at])))
        chosen = [self._chosen(draft, always_joint=False) for draft in drafts]
        tokens = self._tokens(drafts, chosen)
        if self.fit.available is not None:
            for at in np.flatnonzero(tokens > self.fit.available).tolist():
                # Joining made the text longer than its parts: count every candidate on the real text.
                chosen[at] = self._chosen(drafts[at], always_joint=True)
                tokens[at] = self._tokens([drafts[at]], [chosen[at]])[0]
        return [self._prompt(*made) for made in zip(drafts, chosen, tokens, strict=True)]

    def _bare(self, queries: Sequence[QueryRow]) -> NDArray[np.int64]:
        if self.fit.available is None:
            return np.zeros(len(queries), dtype=np.int64)
        return self.counter.count([self.writer.text([], self.writer.turn(query)) for query in queries])

    def _chosen(self, draft: _Draft, *, always_joint: bool) -> list[int]:
        def joint(positions: list[int]) -> int:
            return int(self.counter.count([self.writer.text(positions, draft.turn)])[0])

        return admit(draft.best, self.fit, bare=draft.bare, joint=joint, always_joint=always_joint)

    def _tokens(self, drafts: Sequence[_Draft], chosen: Sequence[list[int]]) -> NDArray[np.int64]:
        pairs = zip(drafts, chosen, strict=True)
        return self.counter.count([self.writer.text(positions, draft.turn) for draft, positions in pairs])

    def _prompt(self, draft: _Draft, positions: list[int], tokens: np.int64) -> Prompt:
        available = self.fit.available
        return Prompt(
            id=draft.query.id,
            query=draft.query.text,
            demonstrations=tuple(self.pool[place].row for place in self.writer.arranged(positions)),
            text=self.writer.text(positions, draft.turn),
            tokens=int(tokens),
            skipped=len(set(draft.best[: self.settings.n]) - set(positions)),
            over_budget=available is not None and int(tokens) > available,
            turn=draft.turn,
        )


@dataclass(frozen=True)
class _Draft:
    query: QueryRow
    turn: str
    best: list[int]
    bare: int


def _most(excluded: NDArray[np.bool_]) -> int:
    return int(excluded.sum(axis=1, dtype=np.int64).max(initial=0))
