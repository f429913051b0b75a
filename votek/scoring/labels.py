"""From log-probabilities of tokens to scores of labels, in the same way for every tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, isfinite

from votek.errors import ScoringError
from votek.scoring.protocol import CONTENT_FREE, Request, Score
from votek.scoring.settings import ScoringName

__all__ = ["answer_after", "label_score", "premise"]


def answer_after(prompt: str, label: str) -> str:
    """The label as it follows the prompt: after one space, unless the prompt ends with white space already.

    >>> answer_after("Label:", "refund"), answer_after("Label: ", "refund")
    (' refund', 'refund')
    """
    return label if not prompt or prompt[-1].isspace() else " " + label


def premise(request: Request) -> str:
    """What PMI_DC asks about in place of the prompt: the last line of the query that asks nothing.

    >>> premise(Request("a", "", (), (), turn="Text: x\\nLabel:", blanks=("", "Text: \\nLabel:", "")))
    'Label:'
    """
    blank = request.blanks[CONTENT_FREE.index("")] if request.blanks else ""
    line = blank.strip().rpartition("\n")[2].strip()
    if not line:
        raise ScoringError(
            f"PMI compares with a prompt that asks nothing, and the query template of item {request.id!r} ends with no "
            "words of its own. End it with some, such as “Label:”, or choose mean or sum."
        )
    return line


def label_score(
    request: Request,
    tokens: Mapping[str, Sequence[float]],
    *,
    scoring: ScoringName,
    bare: Mapping[str, Sequence[float]] | None = None,
) -> Score:
    """The score of a request from the log-probabilities of each label's tokens.

    `tokens`: after the prompt; `bare`: after the premise, for PMI. With log p(t) of the n tokens of a label:
    mean: sum log p / n; sum: sum log p; pmi: sum log p - sum log p after the premise, which is PMI_DC of Holtzman et
    al. 2021 (arXiv 2104.08315). The prediction has the highest (ties: the earlier label); the confidence is always
    the mean log-probability of its tokens after the prompt.
    """
    if not all(isfinite(value) for logs in (*tokens.values(), *(bare or {}).values()) for value in logs):
        raise ScoringError(
            f"For item {request.id!r} the model gave a log-probability that is no finite number. Its weights or its "
            "server are at fault; use another model, or ask this one to generate."
        )
    means = {label: fsum(logs) / len(logs) for label, logs in tokens.items()}
    scores = means if scoring == "mean" else {label: fsum(logs) for label, logs in tokens.items()}
    if scoring == "pmi":
        scores = {label: found - fsum((bare or {})[label]) for label, found in scores.items()}
    best = max(scores, key=scores.__getitem__)
    return Score(request.id, best, means[best], scores)
