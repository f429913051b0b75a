"""Takes a model's leaning to some labels out of its scores: contextual and batch calibration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import exp, fsum, inf, log
from typing import Literal

from votek.errors import InputError
from votek.scoring.digests import digest_of
from votek.scoring.protocol import Done, Request, Score, Scorer
from votek.scoring.streams import ended

__all__ = ["CalibratedScorer", "calibrated", "content_free_requests", "mean_probabilities", "normalised"]


def normalised(scores: Mapping[str, float]) -> dict[str, float]:
    """Log-probabilities over the labels from their scores in log space: log softmax.

    >>> from math import log
    >>> [round(exp(value), 3) for value in normalised({"yes": log(0.3), "no": log(0.1)}).values()]
    [0.75, 0.25]
    """
    most = max(scores.values(), default=0.0)
    total = most + log(fsum(exp(score - most) for score in scores.values())) if scores else 0.0
    return {label: score - total for label, score in scores.items()}


def mean_probabilities(several: Sequence[Mapping[str, float]], labels: Sequence[str]) -> dict[str, float]:
    """Log of the mean probability of each label; a label that one of them lacks has the probability 0 there.

    >>> from math import log
    >>> mean = mean_probabilities([{"a": log(0.5), "b": log(0.5)}, {"a": log(0.9), "b": log(0.1)}], ["a", "b"])
    >>> [round(exp(value), 3) for value in mean.values()]
    [0.7, 0.3]
    """
    means = {}
    for label in labels:
        logs = [one[label] for one in several if label in one]
        most = max(logs, default=-inf)
        means[label] = -inf if most == -inf else most + log(fsum(exp(one - most) for one in logs) / len(several))
    return means


def calibrated(scores: Mapping[str, float], prior: Mapping[str, float]) -> dict[str, float]:
    """Log-probabilities q with q(label) proportional to p(label) / prior(label).

    `scores`: in log space; p is their softmax. `prior`: log-probabilities of the labels, of content-free texts or of a
    batch. A model that says of a text what it says of nothing is left without a leaning:

    >>> from math import log
    >>> leaning = {"positive": log(0.618), "negative": log(0.382)}
    >>> [round(exp(value), 3) for value in calibrated(leaning, leaning).values()]
    [0.5, 0.5]
    """
    # An endpoint may not show a label for content-free texts: it is then no likelier than the least likely it shows.
    shown = {label: share for label, share in prior.items() if share > -inf}
    least = min(shown.values(), default=0.0)
    return normalised({label: score - shown.get(label, least) for label, score in normalised(scores).items()})


def content_free_requests(request: Request) -> list[Request]:
    """The same prompt about nothing: with "N/A", no text, and "[MASK]" where the text was.

    Raises:
        InputError: the request does not say where its text stands (`votek.scoring.build_requests` does).
    """
    if not request.blanks or not request.turn or not request.prompt.endswith(request.turn):
        raise InputError(
            f"Contextual calibration needs to know where the text of item {request.id!r} stands in its prompt. Make "
            "requests with votek.scoring.build_requests, or choose calibration none or batch."
        )
    head = request.prompt[: len(request.prompt) - len(request.turn)]
    return [
        replace(request, prompt=head + blank, id=f"{request.id} (content-free {at})", turn=blank)
        for at, blank in enumerate(request.blanks, start=1)
    ]


class CalibratedScorer:
    """Divides a scorer's label probabilities by what they are without a text, or on average; free text is left as is.

    "contextual" (Zhao et al. 2021, arXiv 2102.09690): q ~ p / p_cf, p_cf the mean over the same prompt with "N/A",
    no text and "[MASK]"; up to three more calls a request. "batch" (Zhou et al. 2023, arXiv 2309.17249): q ~ p / p_b,
    p_b the mean over all requests of the call; no more calls, but all answers come at the end, and depend on the
    others asked with them. The label scores are log q, the confidence is that of the prediction.
    """

    def __init__(self, scorer: Scorer, kind: Literal["contextual", "batch"]) -> None:
        self.scorer = scorer
        self.kind = kind

    @property
    def name(self) -> str:
        """The scorer's, and the calibration."""
        return f"{self.scorer.name}, {self.kind} calibration"

    @property
    def digest(self) -> str:
        """SHA-256 over the scorer's digest and the calibration."""
        return digest_of(["calibration", 1, self.kind, self.scorer.digest])

    def score(self, requests: Sequence[Request], *, done: Done | None = None) -> Iterator[Score]:
        """One calibrated score per request, in the same order."""
        with ended(self._contextual(requests) if self.kind == "contextual" else self._batch(requests)) as answers:
            for request, score in zip(requests, answers, strict=True):
                if done is not None:
                    done(request, score)
                yield score

    def _contextual(self, requests: Sequence[Request]) -> Iterator[Score]:
        blanks = [content_free_requests(request) if request.labels else [] for request in requests]
        asked: dict[tuple[str, tuple[str, ...]], Request] = {}
        order: list[Request] = []
        for request, empty in zip(requests, blanks, strict=True):
            new = [one for one in empty if (one.prompt, one.labels) not in asked]
            asked.update({(one.prompt, one.labels): one for one in new})
            order += [*new, request]
        found: dict[tuple[str, tuple[str, ...]], dict[str, float]] = {}
        with ended(self.scorer.score(order)) as answers:
            for request, empty in zip(requests, blanks, strict=True):
                for one in empty:
                    if (one.prompt, one.labels) not in found:
                        found[one.prompt, one.labels] = normalised(next(answers).label_scores)
                several = [found[one.prompt, one.labels] for one in empty]
                yield _applied(request, next(answers), mean_probabilities(several, request.labels) if several else {})

    def _batch(self, requests: Sequence[Request]) -> Iterator[Score]:
        scores = list(self.scorer.score(requests))
        groups: dict[tuple[str, ...], list[dict[str, float]]] = {}
        for request, score in zip(requests, scores, strict=True):
            if score.label_scores:
                groups.setdefault(request.labels, []).append(normalised(score.label_scores))
        priors = {labels: mean_probabilities(several, labels) for labels, several in groups.items()}
        for request, score in zip(requests, scores, strict=True):
            yield _applied(request, score, priors.get(request.labels, {}))


def _applied(request: Request, score: Score, prior: Mapping[str, float]) -> Score:
    if not request.labels or not score.label_scores:
        return score
    logs = calibrated(score.label_scores, prior)
    best = max(logs, key=logs.__getitem__)
    return replace(score, prediction=best, confidence=logs[best], label_scores=logs)
