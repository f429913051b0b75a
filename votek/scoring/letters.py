"""Label scores from a chat model: each label gets a letter, and the model's next token is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, fsum, inf, log
from typing import Any

from votek.errors import InputError, ScoringError
from votek.scoring.client import EndpointClient, Refused
from votek.scoring.generate import GenerateWay
from votek.scoring.protocol import Request, Score
from votek.scoring.reading import are_numbers
from votek.scoring.settings import ModelSettings

__all__ = ["MOST_LABELS", "LettersWay", "letters_message"]

MOST_LABELS = 20
"""Endpoints give at most 20 alternatives for a token."""

_LETTERS = "ABCDEFGHIJKLMNOPQRST"


class LettersWay:
    """Asks /chat/completions for one token with its 20 likeliest alternatives.

    A label's probability is the sum over alternatives that are its letter, white space aside. What the alternatives
    do not show is missing: labels that are not among them have no score, and `missing_mass` is 1 minus the sum over
    all labels. Free text is generated.
    """

    def __init__(self, client: EndpointClient, settings: ModelSettings) -> None:
        self._client = client
        self._writing = GenerateWay(client, settings)

    def ask(self, request: Request) -> Score:
        """The score of one request."""
        labels = list(dict.fromkeys(request.labels))
        if not labels:
            return self._writing.ask(request)
        if len(labels) > MOST_LABELS:
            raise InputError(
                f"There are {len(labels)} labels, and option letters work for up to {MOST_LABELS}, as endpoints show "
                "no more alternatives. Choose the way echo or generate."
            )
        body = {
            "messages": [
                {"role": "system", "content": letters_message(labels)},
                {"role": "user", "content": request.prompt},
            ],
            "max_tokens": 1,
            "temperature": 0,
            "logprobs": True,
            "top_logprobs": MOST_LABELS,
        }
        try:
            choice = self._client.chat(body, item=request.id)["choices"][0]
        except Refused as refused:
            raise (self._no_logprobs() if "logprobs" in refused.reason else refused) from None
        return _score(request, labels, self._alternatives(choice))

    def _alternatives(self, choice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        try:
            alternatives = choice["logprobs"]["content"][0]["top_logprobs"]
            # Minus infinity says that a token cannot come; infinity and what is no number say nothing.
            shown = alternatives and are_numbers([one["logprob"] for one in alternatives])
            if shown and all(one["logprob"] < inf and one["token"] for one in alternatives):
                return list(alternatives)
        except (KeyError, TypeError, IndexError):
            pass  # told of below
        raise self._no_logprobs()

    def _no_logprobs(self) -> ScoringError:
        return ScoringError(
            f"The endpoint {self._client.host} gives no top log-probabilities, so option letters cannot be scored. "
            "Choose the way generate (any chat model), or echo where the endpoint has completions."
        )


def letters_message(labels: Sequence[str]) -> str:
    """What the model is told about the letters."""
    options = "\n".join(f"{letter} = {label}" for letter, label in zip(_LETTERS, labels, strict=False))
    return f"Each label has a letter:\n{options}\nAnswer with the letter of one label and nothing else."


def _score(request: Request, labels: Sequence[str], alternatives: Sequence[Mapping[str, Any]]) -> Score:
    shares: dict[str, list[float]] = {}
    for one in alternatives:
        letter = str(one["token"]).strip()
        at = _LETTERS.find(letter) if len(letter) == 1 else -1
        if 0 <= at < len(labels):
            shares.setdefault(labels[at], []).append(exp(min(0.0, float(one["logprob"]))))
    mass = {label: fsum(shares[label]) for label in labels if label in shares}
    scores = {label: log(share) for label, share in mass.items() if share > 0}
    missing = min(1.0, max(0.0, 1.0 - fsum(mass.values())))
    if not scores:
        return Score(request.id, None, None, {}, missing)
    best = max(scores, key=scores.__getitem__)
    return Score(request.id, best, scores[best], scores, missing)
