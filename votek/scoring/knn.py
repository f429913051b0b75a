"""The offline stand-in for a language model: it answers as the demonstrations nearest to the text do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from votek.errors import InputError
from votek.scoring.digests import digest_of
from votek.scoring.protocol import Done, Request, Score

__all__ = ["TEMPERATURE", "KnnScorer"]

TEMPERATURE = 0.1
_VERSION = 1


class KnnScorer:
    """Label probabilities from the demonstrations' answers, weighted by their similarity to the text.

    A demonstration with cosine s has the weight exp(s / T), T = 0.1. One more, of cosine 0, stands for all that
    is not known: its answer is spread evenly over the C labels. With A the demonstrations that answer c,

        p(c) = (1 / C + sum over A of exp(s / T)) / (1 + sum over all of exp(s / T)),

    which is a softmax over similarities, above 0 for every label, and 1 / C without demonstrations. The
    prediction is the label of the highest p (ties: the earlier label), the confidence log p. Answers that are
    no label of the request count as not known.

    For free text (no labels) the prediction is the answer of the most similar demonstration (ties: the one nearer
    to the end of the prompt), and the confidence the log of the weights of all that answer the same, over
    1 + the weights of all; without demonstrations both are None.

    >>> near = Request("a", "…", ("refund", "refund", "delivery"), (0.5, 0.4, 0.1), ("delivery", "refund", "other"))
    >>> score = next(KnnScorer().score([near]))
    >>> score.prediction, round(score.confidence, 4)
    ('refund', -0.0165)
    >>> [round(float(np.exp(value)), 4) for value in score.label_scores.values()]
    [0.0148, 0.9836, 0.0016]
    """

    name = "knn"

    @property
    def digest(self) -> str:
        """SHA-256 over the formula's version and temperature."""
        return digest_of(["knn", _VERSION, TEMPERATURE])

    def score(self, requests: Sequence[Request], *, done: Done | None = None) -> Iterator[Score]:
        """One score per request, in the same order.

        Raises:
            InputError: a similarity is not a number, or their count is not that of the answers.
        """
        for request in requests:
            score = _labelled(request) if request.labels else _free(request)
            if done is not None:
                done(request, score)
            yield score


def _weights(request: Request) -> NDArray[np.float64]:
    similarities = np.asarray(request.similarities, dtype=np.float64)
    if len(similarities) != len(request.answers) or not np.isfinite(similarities).all():
        raise InputError(
            f"Item {request.id!r} has {len(request.answers)} demonstrations with the similarities "
            f"{list(request.similarities)!r}; give one finite cosine for each."
        )
    weights: NDArray[np.float64] = np.exp(np.clip(similarities, -1.0, 1.0) / TEMPERATURE)
    return weights


def _labelled(request: Request) -> Score:
    weights, labels = _weights(request), list(dict.fromkeys(request.labels))
    place = {label: at for at, label in enumerate(labels)}
    mass = np.full(len(labels), 1.0 / len(labels))
    unknown = 0.0
    for answer, weight in zip(request.answers, weights.tolist(), strict=True):
        if answer in place:
            mass[place[answer]] += weight
        else:
            unknown += weight
    mass += unknown / len(labels)
    logs = np.log(mass) - np.log(mass.sum())
    best = int(np.argmax(logs))
    return Score(request.id, labels[best], float(logs[best]), dict(zip(labels, logs.tolist(), strict=True)), 0.0)


def _free(request: Request) -> Score:
    weights = _weights(request)
    if not len(weights):
        return Score(request.id, None, None)
    best = len(weights) - 1 - int(np.argmax(weights[::-1]))
    same = np.array([answer == request.answers[best] for answer in request.answers])
    confidence = float(np.log(weights[same].sum()) - np.log1p(weights.sum()))
    return Score(request.id, request.answers[best], confidence)
