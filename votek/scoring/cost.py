"""What an evaluation will cost, before the first call: calls and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from votek.prompts import token_counter
from votek.scoring.calibration import content_free_requests
from votek.scoring.digests import request_key
from votek.scoring.echo import LABELS_PER_CALL
from votek.scoring.labels import answer_after, premise
from votek.scoring.letters import letters_message
from votek.scoring.protocol import Request
from votek.scoring.settings import ModelSettings

__all__ = ["Cost", "estimate_cost"]


@dataclass(frozen=True)
class Cost:
    """What is to be asked. `requests`: in all, content-free ones included; `kept`: answered already.

    `calls`: to the endpoint, or prompts for the local model. `tokens_in`: read by the model, by the tokenizer named;
    the model's own may count a little more or less. `tokens_out`: written, at most.
    """

    requests: int
    kept: int
    calls: int
    tokens_in: int
    tokens_out: int
    tokenizer: str


def estimate_cost(
    settings: ModelSettings,
    requests: Sequence[Request],
    *,
    cache: Path | None = None,
    tokenizer: str = "wordpiece",
) -> Cost:
    """What `open_scorer(settings, cache=cache)` would ask for these requests. Nothing is called and no key is needed.

    `tokenizer`: as in `votek.prompts.token_counter`: "wordpiece", "characters/4", or the path of a tokenizer.json.

    >>> one = Request("a", "Text: x\\nLabel:", (), (), ("yes", "no"))
    >>> estimate_cost(ModelSettings("openai", "m", way="letters"), [one], tokenizer="characters/4")
    Cost(requests=1, kept=0, calls=1, tokens_in=28, tokens_out=1, tokenizer='characters/4')
    """
    settings.check()
    if settings.tier == "knn":
        return Cost(len(requests), 0, 0, 0, 0, tokenizer)
    asked: dict[str, Request] = {}
    for request in requests:
        for one in [request, *_blank(settings, request)]:
            asked.setdefault(request_key(one), one)
    new = list(asked.values()) if cache is None else _not_kept(settings, list(asked.values()), cache)
    texts, calls, out = _texts(settings, new)
    tokens = int(token_counter(tokenizer).count(texts).sum()) if texts else 0
    return Cost(len(asked), len(asked) - len(new), calls, tokens, out, tokenizer)


def _blank(settings: ModelSettings, request: Request) -> list[Request]:
    return content_free_requests(request) if settings.calibration == "contextual" and request.labels else []


def _not_kept(settings: ModelSettings, requests: Sequence[Request], cache: Path) -> list[Request]:
    from votek.scoring.cached import CachedScorer
    from votek.scoring.opening import open_uncalibrated

    return CachedScorer(open_uncalibrated(settings, key="none is needed"), cache).missing(requests)


def _texts(settings: ModelSettings, requests: Sequence[Request]) -> tuple[list[str], int, int]:
    """All that the model reads, the number of calls, and the tokens that it may write."""
    texts: list[str] = []
    calls = out = 0
    bare: dict[str, tuple[str, ...]] = {}
    for request in requests:
        labels = tuple(dict.fromkeys(request.labels))
        if not labels or settings.way == "generate":
            texts.append(request.prompt)
            calls, out = calls + 1, out + settings.max_tokens
        elif settings.way == "letters":
            texts += [letters_message(labels), request.prompt]
            calls, out = calls + 1, out + 1
        else:
            texts += _echoed(settings, request.prompt, labels)
            calls += _calls(settings, labels)
            if settings.scoring == "pmi":
                bare[premise(request)] = labels
    for before, labels in bare.items():
        texts += _echoed(settings, before, labels)
        calls += _calls(settings, labels)
    return texts, calls, out


def _echoed(settings: ModelSettings, prompt: str, labels: Sequence[str]) -> list[str]:
    answers = [answer_after(prompt, label) for label in labels]
    # A local model reads the prompt once; an endpoint reads it again with every label.
    return [prompt, *answers] if settings.tier == "transformers" else [prompt + answer for answer in answers]


def _calls(settings: ModelSettings, labels: Sequence[str]) -> int:
    return 1 if settings.tier == "transformers" else -(-len(labels) // LABELS_PER_CALL)
