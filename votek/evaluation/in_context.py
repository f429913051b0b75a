"""Accuracy with a language model: the prompts of several pools for the same test items, asked and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from votek.datatypes import Embeddings, Progress, PromptSettings, TaskSpec
from votek.errors import InputError
from votek.evaluation.bootstrap import mean_interval
from votek.evaluation.comparison import Comparison, compare
from votek.evaluation.intervals import Interval
from votek.evaluation.words import verdict_sentence
from votek.prompts import LabelledRow, QueryRow, label_text
from votek.scoring import Request, Score, Scorer, build_requests

__all__ = ["Ask", "InContext", "PoolAnswers", "in_context_accuracy", "in_context_requests"]

CHOSEN, ZERO_SHOT, RANDOM_RETRIEVAL = "chosen", "zero-shot", "random-retrieval"


@dataclass(frozen=True)
class PoolAnswers:
    """What one pool's prompts were answered.

    `accuracy`: share of the test items answered right, with its bootstrap interval. `unparsed`: share of answers no
    label could be read from; they count as wrong. `missing_mass`: mean probability that the labels' scores do not
    account for, None where the scorer does not tell. `demonstrations`: mean per prompt.
    """

    accuracy: Interval
    unparsed: float
    missing_mass: float | None
    demonstrations: float


@dataclass(frozen=True)
class InContext:
    """A pool beside random pools, by what a scorer answers to their prompts.

    `comparison`: as by any other measure. `rows`: by name: "chosen", "zero-shot" (no demonstrations),
    "random-retrieval" (of the chosen pool, demonstrations at random), and "random 1" and on. `scorer`: who was asked.
    `size`: texts in the chosen pool; `n`: test items.
    """

    comparison: Comparison
    rows: Mapping[str, PoolAnswers]
    scorer: str
    size: int
    n: int

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return verdict_sentence(self.comparison, size=self.size)

    def to_json(self) -> dict[str, Any]:
        """The same as plain dictionaries, lists, strings and numbers, and the verdict in words."""
        return {**asdict(self), "sentence": self.sentence}


@dataclass(frozen=True, eq=False)
class Ask:
    """Pools, test items and how prompts are written.

    `pools`: name -> labelled rows; "chosen" and at least one whose name begins with "random " are needed. `vectors`:
    floats (n, d), raw, of all texts, by `LabelledRow.row`. `queries`: test items; `query_vectors`: (t, d), raw;
    `answers`: t right answers.
    """

    pools: Mapping[str, Sequence[LabelledRow]]
    vectors: ArrayLike | Embeddings
    queries: Sequence[QueryRow]
    query_vectors: ArrayLike | Embeddings
    answers: Sequence[str]
    settings: PromptSettings
    task: TaskSpec | None
    mean: ArrayLike | None = None
    copies: ArrayLike | None = None
    near_copy_threshold: float | None = 0.95


def in_context_requests(ask: Ask) -> dict[str, tuple[Request, ...]]:
    """Every row's name -> one request per test item; `votek.scoring.estimate_cost` says what asking them takes.

    Raises:
        InputError: pools are missing, or settings that cannot be used.
    """
    if CHOSEN not in ask.pools or not _random(ask.pools):
        raise InputError(f"Give the pools {CHOSEN!r} and at least one whose name begins with 'random '.")
    if not len(ask.queries) or len(ask.queries) != len(ask.answers):
        raise InputError(f"There are {len(ask.queries)} test items and {len(ask.answers)} answers; give one each.")
    made = {name: _requests(ask, rows, ask.settings) for name, rows in ask.pools.items()}
    chosen = ask.pools[CHOSEN]
    return {
        CHOSEN: made.pop(CHOSEN),
        ZERO_SHOT: _requests(ask, (), ask.settings),
        RANDOM_RETRIEVAL: _requests(ask, chosen, replace(ask.settings, retrieval="random")),
        **made,
    }


def in_context_accuracy(
    ask: Ask,
    scorer: Scorer,
    *,
    requests: Mapping[str, Sequence[Request]] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> InContext:
    """Ask the scorer with the prompts of every pool, and compare what it answers.

    All pools are asked about the same test items, with the same settings; the settings' token budget keeps an
    answer reserve free. `requests`: those of `in_context_requests`, when they are made already. `progress`:
    called as ("score", answers, asked).

    Raises:
        InputError: pools are missing, or settings that cannot be used.
        ScoringError: the model or the endpoint cannot answer.
    """
    asked = dict(requests or in_context_requests(ask))
    answers = [label_text(answer) for answer in ask.answers]
    scores = _Scores(scorer.score([one for row in asked.values() for one in row]), progress, len(asked) * len(answers))
    right: dict[str, NDArray[np.float64]] = {}
    rows: dict[str, PoolAnswers] = {}
    for name, row in asked.items():
        given = scores.take(len(row))
        right[name] = np.array(
            [score.prediction == answer for score, answer in zip(given, answers, strict=True)], float
        )
        rows[name] = _answers(row, given, right[name], seed)
    drawn = np.stack([right[name] for name in _random(ask.pools)])
    beside = {ZERO_SHOT: right[ZERO_SHOT], RANDOM_RETRIEVAL: right[RANDOM_RETRIEVAL]}
    beside |= {name: right[name] for name in ask.pools if name != CHOSEN and name not in _random(ask.pools)}
    comparison = compare("in-context", right[CHOSEN], drawn, others=beside, seed=seed)
    return InContext(comparison, rows, scorer.name, len(ask.pools[CHOSEN]), len(answers))


class _Scores:
    """Takes answers off the scorer, a pool at a time."""

    def __init__(self, scores: Iterator[Score], progress: Progress | None, total: int) -> None:
        self.scores, self.progress, self.total, self.done = scores, progress, total, 0

    def take(self, count: int) -> list[Score]:
        taken = []
        for _ in range(count):
            taken.append(next(self.scores))
            self.done += 1
            if self.progress is not None:
                self.progress("score", self.done, self.total)
        return taken


def _random(pools: Mapping[str, Sequence[LabelledRow]]) -> list[str]:
    return [name for name in pools if name.startswith("random ")]


def _requests(ask: Ask, rows: Sequence[LabelledRow], settings: PromptSettings) -> tuple[Request, ...]:
    raw = ask.vectors.vectors if isinstance(ask.vectors, Embeddings) else np.asarray(ask.vectors)
    return build_requests(
        settings,
        pool=rows,
        pool_vectors=raw[[row.row for row in rows]],
        queries=ask.queries,
        query_vectors=ask.query_vectors,
        task=ask.task,
        mean=ask.mean,
        copies=ask.copies,
        near_copy_threshold=ask.near_copy_threshold,
    )


def _answers(
    requests: Sequence[Request], scores: Sequence[Score], right: NDArray[np.float64], seed: int
) -> PoolAnswers:
    unread = [
        score.prediction is None or (bool(request.labels) and score.prediction not in request.labels)
        for request, score in zip(requests, scores, strict=True)
    ]
    masses = [score.missing_mass for score in scores if score.missing_mass is not None]
    return PoolAnswers(
        accuracy=mean_interval(right, seed=seed),
        unparsed=float(np.mean(unread)),
        missing_mass=float(np.mean(masses)) if masses else None,
        demonstrations=float(np.mean([len(request.answers) for request in requests])),
    )
