"""The way that every chat model understands: let it write, and read the label from what it wrote."""

from __future__ import annotations

from typing import Any

from votek.scoring.client import EndpointClient, Refused
from votek.scoring.protocol import Request, Score
from votek.scoring.reading import are_numbers, are_texts, first_line, read_label
from votek.scoring.settings import ModelSettings

__all__ = ["GenerateWay"]


class GenerateWay:
    """Asks /chat/completions, at temperature 0, for the answer as text.

    The prediction is the label in its first line, or that line itself for free text; None where no label could be
    read. The confidence is the mean log-probability of the line's tokens; None where the endpoint tells none.
    """

    def __init__(self, client: EndpointClient, settings: ModelSettings) -> None:
        self._client = client
        self._most = settings.max_tokens
        # What an endpoint turned out not to take is left out of later calls.
        self._logprobs = True
        self._limit = "max_tokens"

    def ask(self, request: Request) -> Score:
        """The score of one request."""
        choice = self._answer(request)
        message = choice.get("message")
        text = str(message.get("content") or "") if isinstance(message, dict) else ""
        tokens, logs = _tokens(choice.get("logprobs"))
        if tokens and "".join(tokens).strip() == text.strip():
            line, confidence = first_line(tokens, logs)
        else:
            line, confidence = first_line([text], [])
        prediction = read_label(line, request.labels) if request.labels else line or None
        return Score(request.id, prediction, confidence)

    def _answer(self, request: Request) -> dict[str, Any]:
        while True:
            asked, limit = self._logprobs, self._limit
            body: dict[str, Any] = {"messages": [{"role": "user", "content": request.prompt}], "temperature": 0}
            body[limit] = self._most
            if asked:
                body["logprobs"] = True
            try:
                choice: dict[str, Any] = self._client.chat(body, item=request.id)["choices"][0]
            except Refused as refused:
                if asked and "logprobs" in refused.reason:
                    self._logprobs = False
                elif limit == "max_tokens" and "max_completion_tokens" in refused.reason:
                    self._limit = "max_completion_tokens"
                else:
                    raise
            else:
                return choice


def _tokens(logprobs: Any) -> tuple[list[str], list[float]]:
    """Tokens and their log-probabilities, where the endpoint gave both for every token."""
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    given = content if isinstance(content, list) and all(isinstance(one, dict) for one in content) else []
    tokens, logs = [one.get("token") for one in given], [one.get("logprob") for one in given]
    return (tokens, logs) if are_texts(tokens) and are_numbers(logs) else ([], [])
