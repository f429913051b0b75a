"""Prompts of a block of queries: what may stand in them, what is chosen, in which order, and the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from votek.datatypes import Prompt, PromptSettings
from votek.prompts.budget import Choice, Limits, choose
from votek.prompts.cosine import CLOSE, DECIMALS, unit_rows
from votek.prompts.label_counts import LabelCounts
from votek.prompts.leaks import LeakGuard
from votek.prompts.retrievers import RankRequest, by_similarity, retriever
from votek.prompts.rows import LabelledRow, QueryRow
from votek.prompts.tokenizers import TokenCounter, token_counter
from votek.prompts.writing import PromptWriter

__all__ = ["Assembler"]


class Assembler:
    """Writes the prompts of many queries at once.

    `pool` in ascending row order, `vectors`: floats (p, d), raw, row by row theirs; `mean`: (d,) or None.
    """

    def __init__(
        self,
        settings: PromptSettings,
        pool: Sequence[LabelledRow],
        vectors: NDArray[np.floating],
        writer: PromptWriter,
        guard: LeakGuard,
        mean: NDArray[np.float64] | None,
    ) -> None:
        self._settings, self._pool, self._writer, self._guard, self._mean = settings, pool, writer, guard, mean
        self._units = unit_rows(vectors, mean)
        self._counter: TokenCounter = token_counter(settings.tokenizer)
        adds_up = self._counter.adds_up([writer.head, *writer.parts])
        limited = settings.token_budget is not None
        self._head = int(self._counter.count([writer.head])[0]) if adds_up else 0
        self._limits = Limits(
            settings.n,
            settings.token_budget - settings.answer_reserve if settings.token_budget is not None else None,
            self._counter.count(writer.parts) if limited or adds_up else np.zeros(len(pool), dtype=np.int64),
            adds_up,
            settings.label_cap,
        )

    def write(self, queries: Sequence[QueryRow], vectors: NDArray[np.floating]) -> list[Prompt]:
        """The prompts of `queries`, whose raw vectors are `vectors` (q, d)."""
        block = self._block(queries, vectors)
        choice = self._choose(block, self._limits)
        drafts = self._drafts(block, choice.chosen)
        texts = [self._text(block, at, draft) for at, draft in enumerate(drafts)]
        tokens = choice.totals if self._limits.adds_up else self._counter.count(texts)
        over = [] if self._limits.available is None else np.flatnonzero(tokens > self._limits.available).tolist()
        over = [at for at in over if drafts[at]]
        if over:
            # Joining made the text longer than its parts: count every candidate on the real text.
            part = block.part(over)
            again = self._drafts(part, self._choose(part, replace(self._limits, always_joint=True)).chosen)
            for at, draft in zip(over, again, strict=True):
                drafts[at], texts[at] = draft, self._text(block, at, draft)
            tokens[over] = self._counter.count([texts[at] for at in over])
        skipped = self._skipped(block, choice.short_of_room, drafts)
        return [
            Prompt(
                id=query.id,
                query=query.text,
                demonstrations=tuple(self._pool[place].row for place in self._writer.arranged(drafts[at])),
                text=texts[at],
                tokens=int(tokens[at]),
                skipped=skipped[at],
                over_budget=self._limits.available is not None and int(tokens[at]) > self._limits.available,
                turn=block.turns[at],
            )
            for at, query in enumerate(queries)
        ]

    def _block(self, queries: Sequence[QueryRow], vectors: NDArray[np.floating]) -> _Block:
        settings = self._settings
        units = unit_rows(vectors, self._mean)
        request = RankRequest(self._pool, queries, self._units, units, settings.seed, settings.diversity)
        allowed = ~self._guard.excluded(queries, unit_rows(vectors, None))
        if settings.floor is not None and by_similarity(settings.retrieval):
            allowed &= _at_least(request, settings.floor)
        turns = [self._writer.turn(query) for query in queries]
        if self._limits.adds_up:
            bare = self._counter.count(turns) + self._head
        elif self._limits.available is None:
            bare = np.zeros(len(turns), dtype=np.int64)  # nobody asks
        else:
            bare = self._counter.count([self._writer.text([], turn) for turn in turns])
        return _Block(request, allowed, turns, bare)

    def _choose(self, block: _Block, limits: Limits) -> Choice:
        def joint(at: Sequence[int], chosen: Sequence[list[int]]) -> NDArray[np.int64]:
            drafts = self._drafts(block.part(at), chosen)
            return self._counter.count([self._text(block, one, draft) for one, draft in zip(at, drafts, strict=True)])

        preference = retriever(self._settings.retrieval)(block.request)
        counts = None if limits.label_cap is None else LabelCounts(self._pool, len(block.turns))
        return choose(preference, block.allowed, limits, bare=block.bare, joint=joint, counts=counts)

    def _drafts(self, block: _Block, chosen: Sequence[list[int]]) -> list[list[int]]:
        """The chosen positions of each query, the most similar first where a retrieval goes by similarity."""
        if self._settings.retrieval == "similar" or not by_similarity(self._settings.retrieval):
            return list(chosen)  # as they were chosen
        lengths = [len(positions) for positions in chosen]
        at = np.repeat(np.arange(len(chosen)), lengths)
        places = np.array([place for positions in chosen for place in positions], dtype=np.int64)
        placed, ends = places[_nearest_first(block.request, at, places)].tolist(), np.cumsum(lengths).tolist()
        return [placed[end - length : end] for end, length in zip(ends, lengths, strict=True)]

    def _text(self, block: _Block, at: int, draft: list[int]) -> str:
        return self._writer.text(draft, block.turns[at])

    def _skipped(self, block: _Block, short: NDArray[np.bool_], drafts: Sequence[list[int]]) -> list[int]:
        """How many of the demonstrations that stood there without a limit of tokens are missing."""
        skipped = [0] * len(drafts)
        where = np.flatnonzero(short).tolist()
        if where and self._limits.n >= len(self._pool) and self._limits.label_cap is None:
            for at in where:
                skipped[at] = int(block.allowed[at].sum()) - len(drafts[at])
        elif where:
            free = self._choose(block.part(where), replace(self._limits, available=None)).chosen
            for at, wanted in zip(where, free, strict=True):
                skipped[at] = len(set(wanted) - set(drafts[at]))
        return skipped


@dataclass(frozen=True, eq=False)
class _Block:
    """Queries, which labelled rows each may show (bool (q, p)), their turns and the tokens of the bare prompts."""

    request: RankRequest
    allowed: NDArray[np.bool_]
    turns: Sequence[str]
    bare: NDArray[np.int64]

    def part(self, at: Sequence[int]) -> _Block:
        """The queries at these places alone."""
        rows = np.asarray(at, dtype=np.int64)
        request = replace(
            self.request,
            queries=[self.request.queries[one] for one in at],
            query_units=self.request.query_units[rows],
        )
        return _Block(request, self.allowed[rows], [self.turns[one] for one in at], self.bare[rows])


def _nearest_first(request: RankRequest, at: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of pairs by query, then falling cosine, then position: (m,)."""
    close = request.similarity[at, places]
    order: NDArray[np.int64] = np.lexsort((places, -close, at))
    near = (np.diff(close[order]) > -CLOSE) & (np.diff(at[order]) == 0)
    unsure = order[np.append(near, False) | np.append(False, near)] if len(order) else order
    close[unsure] = request.cosines(at[unsure], places[unsure])
    return np.lexsort((places, -close, at))


def _at_least(request: RankRequest, floor: float) -> NDArray[np.bool_]:
    """Which rows have a cosine of `floor` or more to each query: bool (q, p)."""
    similarity = request.similarity
    near = np.abs(similarity - floor) <= CLOSE
    allowed: NDArray[np.bool_] = similarity >= floor
    if near.any():
        at, places = np.nonzero(near)
        allowed[at, places] = request.cosines(at, places) >= np.round(floor, DECIMALS)
    return allowed
