"""What a scorer is asked and what it answers, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["CONTENT_FREE", "Done", "Request", "Score", "Scorer"]

CONTENT_FREE = ("N/A", "", "[MASK]")
"""Texts that say nothing, in the order of `Request.blanks` (Zhao et al. 2021, arXiv 2102.09690)."""


@dataclass(frozen=True)
class Request:
    """One text to be answered, in the context of its demonstrations.

    `id`: the item's. `prompt`: the literal prompt, which ends where the answer begins. `answers` and
    `similarities`: of each demonstration, in the order of the prompt, its label (or text) and its cosine to
    the text asked about. `labels`: what may be answered, the task's labels in their order; () for free text.
    `turn`: the end of the prompt that holds the text asked about. `blanks`: the same end with each text of
    `CONTENT_FREE` instead; calibration and PMI ask about these. Both are empty where nobody needs them.
    """

    id: str
    prompt: str
    answers: tuple[str, ...]
    similarities: tuple[float, ...]
    labels: tuple[str, ...] = ()
    turn: str = ""
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """What came back for one request.

    `prediction`: a label of the request, or a text; None where none could be read from the answer.
    `confidence`: mean log-probability of the predicted output, natural logarithm; None where unknown.
    `label_scores`: a score in log space for each label, where the tier gives them. `missing_mass`: the probability
    that the labels' scores do not account for, where the tier can tell.
    """

    id: str
    prediction: str | None
    confidence: float | None
    label_scores: Mapping[str, float] = field(default_factory=dict)
    missing_mass: float | None = None


Done = Callable[[Request, Score], None]
"""Called with each score the moment it is there, from any thread and in any order; what it keeps is not lost."""


class Scorer(Protocol):
    """Answers requests. Deterministic: temperature 0, and the same requests get the same scores."""

    @property
    def name(self) -> str:
        """What stands behind it, for people and for the lineage: tier and model."""

    @property
    def digest(self) -> str:
        """SHA-256 over everything but the request that the scores depend on; part of cache keys."""

    def score(self, requests: Sequence[Request], *, done: Done | None = None) -> Iterator[Score]:
        """One score per request, in the same order, each as soon as it and those before it are there.

        `done` hears of a score even if an earlier request is still under way or fails. Closing the iterator
        stops the work.

        Raises:
            ScoringError: the model or the endpoint cannot answer; scores given so far stay good.
        """
