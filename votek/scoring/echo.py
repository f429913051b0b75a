"""Exact label scores from an endpoint: completions that repeat the prompt with log-probabilities."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from votek.errors import ScoringError
from votek.scoring.client import EndpointClient, Refused
from votek.scoring.labels import answer_after, label_score, premise
from votek.scoring.protocol import Request, Score
from votek.scoring.reading import are_numbers, are_texts, first_line
from votek.scoring.settings import ModelSettings

__all__ = ["LABELS_PER_CALL", "EchoWay"]

LABELS_PER_CALL = 20


class EchoWay:
    """Asks /completions for prompt + label with `echo` and `logprobs`, twenty labels a call, and nothing generated.

    The label's tokens are those that reach beyond the prompt, as with a local model. Free text is generated.
    """

    def __init__(self, client: EndpointClient, settings: ModelSettings) -> None:
        self._client = client
        self._settings = settings
        self._bare: dict[tuple[str, str], list[float]] = {}
        self._lock = threading.Lock()

    def ask(self, request: Request) -> Score:
        """The score of one request."""
        if not request.labels:
            return self._written(request)
        labels = list(dict.fromkeys(request.labels))
        tokens = self._echoed(request.prompt, labels, request.id)
        bare = None
        if self._settings.scoring == "pmi":
            before = premise(request)
            with self._lock:  # the same for nearly all requests: asked once, while the others wait
                missing = [label for label in labels if (before, label) not in self._bare]
                if missing:
                    found = self._echoed(before, missing, request.id)
                    self._bare.update({(before, label): logs for label, logs in found.items()})
                bare = {label: self._bare[before, label] for label in labels}
        return label_score(request, tokens, scoring=self._settings.scoring, bare=bare)

    def _echoed(self, prompt: str, labels: Sequence[str], item: str) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for start in range(0, len(labels), LABELS_PER_CALL):
            part = labels[start : start + LABELS_PER_CALL]
            texts = [prompt + answer_after(prompt, label) for label in part]
            body = {"prompt": texts, "echo": True, "logprobs": 1, "max_tokens": 0, "temperature": 0}
            answer = self._client.complete(body, item=item)
            choices = _by_index(answer["choices"], len(part), self._client.host)
            for label, text, choice in zip(part, texts, choices, strict=True):
                found[label] = _logs_after(prompt, text, choice, self._client.host)
        return found

    def _written(self, request: Request) -> Score:
        body = {"prompt": request.prompt, "max_tokens": self._settings.max_tokens, "temperature": 0, "logprobs": 1}
        try:
            choice = self._client.complete(body, item=request.id)["choices"][0]
        except Refused as refused:
            if "logprobs" not in refused.reason:
                raise
            del body["logprobs"]
            choice = self._client.complete(body, item=request.id)["choices"][0]
        logprobs = choice.get("logprobs")
        found = logprobs if isinstance(logprobs, Mapping) else {}
        tokens, logs = found.get("tokens"), found.get("token_logprobs")
        if are_texts(tokens) and are_numbers(logs) and "".join(tokens).strip() == str(choice.get("text")).strip():
            line, confidence = first_line(tokens, logs)
        else:
            line, confidence = first_line([str(choice.get("text") or "")], [])
        return Score(request.id, line or None, confidence)


def _by_index(choices: Sequence[Any], count: int, host: str) -> list[dict[str, Any]]:
    try:
        ordered = sorted(choices, key=lambda choice: choice["index"])
        if [choice["index"] for choice in ordered] == list(range(count)):
            return ordered
    except (KeyError, TypeError):
        pass  # told of below, like a wrong number
    raise ScoringError(
        f"The endpoint {host} was asked about {count} texts and answered about {len(choices)}. It does not take "
        "several prompts at once: choose the way letters or generate."
    )


def _logs_after(prompt: str, text: str, choice: Mapping[str, Any], host: str) -> list[float]:
    """Log-probabilities of the tokens of `text` that reach beyond `prompt`."""
    found = choice.get("logprobs")
    if not isinstance(found, Mapping) or not found.get("token_logprobs"):
        raise _no_logprobs(host, "gives no log-probabilities of the prompt")
    if not str(choice.get("text", "")).startswith(text):
        raise _no_logprobs(host, "does not repeat the prompt (echo)")
    tokens, logs, offsets = found.get("tokens") or [], found["token_logprobs"], found.get("text_offset")
    fit = are_texts(tokens) and isinstance(logs, list) and (offsets is None or are_numbers(offsets))
    begins = _begins(text, tokens, offsets) if fit else []
    if not fit or len(begins) != len(logs):
        raise _no_logprobs(host, "gives log-probabilities that do not fit its tokens")
    ends = [*begins[1:], len(text)]
    places = [
        at for at, (begin, end) in enumerate(zip(begins, ends, strict=True)) if begin < len(text) and end > len(prompt)
    ]
    values = [logs[at] for at in places]
    if not values or not are_numbers(values):
        raise _no_logprobs(host, "leaves out log-probabilities of the answer")
    return [float(value) for value in values]


def _begins(text: str, tokens: Sequence[str], offsets: Sequence[int] | None) -> list[int]:
    """Where each token begins in `text`. A mark before the text, which some servers count in, is taken out."""
    if offsets is None:
        begins, at = [], 0
        for token in tokens:
            begins.append(at)
            at += len(token)
    else:
        begins = list(offsets)
    if len(begins) > 1 and tokens and tokens[0] and not text.startswith(tokens[0]) and begins[1] == len(tokens[0]):
        begins = [0, *(begin - len(tokens[0]) for begin in begins[1:])]
    return begins


def _no_logprobs(host: str, what: str) -> ScoringError:
    return ScoringError(
        f"The endpoint {host} {what}, so labels cannot be scored exactly. Choose the way letters (a chat model that "
        "gives top log-probabilities) or generate (any chat model)."
    )
