"""The only door to openai: one call to an endpoint, its retries, and its errors in plain words."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from votek.errors import Cancelled, InputError, ScoringError
from votek.scoring.digests import digest_of
from votek.scoring.keys import OPENAI_URL, Key, endpoint_url, find_key
from votek.scoring.settings import ModelSettings
from votek.scoring.urls import check_host, check_url

__all__ = ["EndpointClient", "Refused"]

RETRIED = {408, 429, 500, 502, 503, 504}
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONGEST_ASKED_WAIT = 300.0
_OTHER_WAYS = 'choose another way of asking ("letters" and "generate" need no scores of the prompt)'


class Refused(ScoringError):
    """The endpoint refused this one request (400, 413 or 422): `reason` is what it said."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class EndpointClient:
    """Calls one endpoint. Safe to share between threads; `close` ends waiting calls.

    A call that meets 408, 429, 500, 502, 503, 504, a lost connection, a time-out or an answer that is no JSON is
    tried again, up to `retries` times: after what Retry-After says (up to five minutes), else after 0.5 s, doubled
    each time up to 30 s, of which a random half is left out so that callers do not come back together. A refused
    key, an unknown model and a redirect are told at once.
    """

    def __init__(self, settings: ModelSettings, *, key: str | None = None) -> None:
        self.url = endpoint_url(settings.base_url)
        parts = check_url(self.url)
        self._parts = parts
        self.host = parts.hostname or ""
        check_host(self.host, parts.port or (443 if parts.scheme == "https" else 80))
        self._settings = settings
        self._key = find_key(key)
        if self._key is None and self.url == OPENAI_URL:
            raise ScoringError(
                "There is no key for the endpoint: it is not stored anywhere. Give it again on the page, or set "
                "VOTEK_API_KEY before the start."
            )
        self._stop = threading.Event()
        self._client: Any = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"EndpointClient({self.url!r}, model={self._settings.model!r})"

    def complete(self, body: Mapping[str, Any], *, item: str) -> dict[str, Any]:
        """The answer of /completions. `item`: whose request it is, for messages."""
        return self._call(lambda client: client.completions, body, item)

    def chat(self, body: Mapping[str, Any], *, item: str) -> dict[str, Any]:
        """The answer of /chat/completions."""
        return self._call(lambda client: client.chat.completions, body, item)

    def close(self) -> None:
        """End waiting calls; those on the way come to nothing."""
        self._stop.set()
        with self._lock:
            if self._client is not None:
                self._client.close()

    # ------------------------------------------------------------ inside

    def _open(self) -> Any:
        with self._lock:
            if self._client is None:
                import openai

                from votek.scoring.transport import checked_client

                key = self._key or Key("none")  # many servers on one's own machine ask for none
                self._client = openai.OpenAI(
                    api_key=key.secret,
                    base_url=self.url,
                    timeout=self._settings.timeout,
                    max_retries=0,
                    http_client=checked_client(openai, self._parts, timeout=self._settings.timeout),
                )
            return self._client

    def _call(self, route: Any, body: Mapping[str, Any], item: str) -> dict[str, Any]:
        # Seeded by the question: no global state, and callers still come back at different times.
        jitter = random.Random(digest_of(dict(body)))
        attempt = 0
        while True:
            try:
                return self._once(route, body, item)
            except _TemporaryError as problem:
                if attempt == self._settings.retries:
                    tried = "once" if not attempt else f"{attempt + 1} times"
                    raise ScoringError(
                        f"The endpoint {self.host} was tried {tried} for item {item!r}: {problem}. Answers so far are "
                        "kept; start again later, or with less at once."
                    ) from None
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt) * jitter.uniform(0.5, 1.0)
                self._wait(wait if problem.wait is None else problem.wait)
                attempt += 1

    def _wait(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Cancelled("Cancelled. Answers so far are kept.")

    def _once(self, route: Any, body: Mapping[str, Any], item: str) -> dict[str, Any]:
        import openai

        if self._stop.is_set():
            raise Cancelled("Cancelled. Answers so far are kept.")
        try:
            answer = route(self._open()).with_raw_response.create(model=self._settings.model, **body)
            content: bytes = answer.content
            kind = answer.headers.get("content-type", "")
        except InputError as error:  # the name stands for an address that is refused
            raise ScoringError(str(error)) from None
        except openai.APIStatusError as error:
            raise self._status(error.status_code, error.response, item) from None
        except openai.APITimeoutError:
            raise _TemporaryError(f"no answer within {self._settings.timeout:g} s") from None
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, InputError):  # the same, wrapped by other versions of the library
                raise ScoringError(str(error.__cause__)) from None
            said = self._said(error.__cause__ or error)
            raise _TemporaryError(
                f"{self.url} cannot be reached ({said}). Check that the server runs and that the address is right"
            ) from None
        except (openai.OpenAIError, RuntimeError) as error:  # a closed client raises RuntimeError
            if self._stop.is_set():
                raise Cancelled("Cancelled. Answers so far are kept.") from None
            raise ScoringError(f"The endpoint {self.host} could not be asked: {self._said(error)}.") from None
        return self._parsed(content, kind)

    def _parsed(self, content: bytes, kind: str) -> dict[str, Any]:
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            if "html" in kind.lower():
                raise ScoringError(
                    f"The endpoint {self.host} answered with a web page. Check the base URL {self.url}; it usually "
                    "ends in /v1."
                ) from None
            raise _TemporaryError("its answer was cut off or is no JSON") from None
        answer: dict[str, Any] = value if isinstance(value, dict) else {}
        choices = answer.get("choices")
        if not isinstance(choices, list) or not choices or not all(isinstance(one, dict) for one in choices):
            raise _TemporaryError("its answer holds no choices")
        return answer

    def _status(self, status: int, response: Any, item: str) -> Exception:
        code, said = self._error_of(response)
        if status in (401, 403):
            if self._key is None:
                return ScoringError(
                    f"The endpoint {self.host} refused a call without a key ({status}), and there is none: keys are "
                    "never stored. Give the key again on the page, or set VOTEK_API_KEY before the start."
                )
            return ScoringError(
                f"The endpoint {self.host} refused the key ({status}). Give one that may use the model "
                f"{self._settings.model!r}, on the page or as VOTEK_API_KEY."
            )
        if code == "insufficient_quota":
            return ScoringError(
                f"The account at {self.host} has used up its quota. Add credit, or use another endpoint."
            )
        if status in RETRIED or status >= 500:
            return self._later(status, response, said)
        if 300 <= status < 400:
            return ScoringError(
                f"The endpoint {self.host} sends the call on to another address, which is not followed so that the key "
                "stays where it belongs. Give the final address as base URL."
            )
        if status == 404 and (code == "model_not_found" or "model" in said.lower()):
            return ScoringError(
                f"The endpoint {self.host} does not know the model {self._settings.model!r}. Give a name that it lists."
            )
        if status in (404, 405):
            return ScoringError(
                f"The endpoint {self.host} has no such route ({status}). Check the base URL {self.url}, which usually "
                f"ends in /v1. Where it has no completions, {_OTHER_WAYS}."
            )
        return Refused(f"The endpoint {self.host} refused the request of item {item!r} ({status}): {said}", said)

    def _later(self, status: int, response: Any, said: str) -> Exception:
        wait = _asked_wait(response.headers)
        if wait is not None and wait > LONGEST_ASKED_WAIT:
            return ScoringError(
                f"The endpoint {self.host} asks to wait {wait:,.0f} s ({status}). Answers so far are kept; start again "
                "then."
            )
        return _TemporaryError(f"it answered {status} ({said})" if said else f"it answered {status}", wait)

    def _error_of(self, response: Any) -> tuple[str, str]:
        """Code and message that the endpoint gave, the key taken out."""
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            return "", ""
        error = body.get("error", body) if isinstance(body, dict) else {}
        if not isinstance(error, dict):
            return "", self._said(error)
        return str(error.get("code") or ""), self._said(error.get("message") or error.get("detail") or "")

    def _said(self, what: object) -> str:
        text = "".join(sign if sign.isprintable() else " " for sign in str(what))
        return (self._key.hidden_in(text) if self._key else text).strip().rstrip(".")[:300]


class _TemporaryError(Exception):
    """What may be well at the next attempt; `wait`: seconds the endpoint asked for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds in Retry-After: a number, or a date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value)) if value.replace(".", "", 1).isdigit() else _until(value)
    except (ValueError, TypeError, OverflowError):
        return None


def _until(date: str) -> float:
    return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
