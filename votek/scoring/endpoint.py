"""The tier of endpoints: several calls at once, answers in order, nothing that is finished is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from typing import Protocol

from votek.scoring.client import EndpointClient
from votek.scoring.digests import digest_of
from votek.scoring.echo import EchoWay
from votek.scoring.generate import GenerateWay
from votek.scoring.letters import LettersWay
from votek.scoring.protocol import Done, Request, Score
from votek.scoring.settings import ModelSettings

__all__ = ["EndpointScorer"]

_VERSION = 1
CHECK_SECONDS = 0.2


class _Way(Protocol):
    def ask(self, request: Request) -> Score: ...


_WAYS: dict[str, Callable[[EndpointClient, ModelSettings], _Way]] = {
    "echo": EchoWay,
    "letters": LettersWay,
    "generate": GenerateWay,
}


class EndpointScorer:
    """Asks an endpoint that speaks OpenAI's protocol, `concurrency` calls at once.

    After a failure no further request is begun; those under way are finished and told to `done`, then the failure is
    raised. Closing the iterator ends waiting at once and does not wait for calls on the way. `check`: called five times
    a second while an answer is waited for; what it raises ends the work in the same way.
    """

    def __init__(
        self, settings: ModelSettings, *, key: str | None = None, check: Callable[[], None] | None = None
    ) -> None:
        self._settings = settings
        self._check = check
        self._key = key
        self._url = EndpointClient(settings, key=key).url

    def __repr__(self) -> str:
        return f"EndpointScorer({self._url!r}, model={self._settings.model!r})"

    @property
    def name(self) -> str:
        """Tier, model and address."""
        return f"openai: {self._settings.model} at {self._url}"

    @property
    def digest(self) -> str:
        """SHA-256 over address, model and the way it is asked; a model that changes behind its name is not noticed."""
        asked = self._settings
        scoring = asked.scoring if asked.way == "echo" else ""
        return digest_of(["openai", _VERSION, self._url, asked.model, asked.way, scoring, asked.max_tokens])

    def score(self, requests: Sequence[Request], *, done: Done | None = None) -> Iterator[Score]:
        """One score per request, in the same order, each as soon as it and those before it are there.

        Raises:
            ScoringError: the endpoint cannot be reached, refuses the key or the model, or gives no log-probabilities.
        """
        client = EndpointClient(self._settings, key=self._key)
        ask = _WAYS[self._settings.way](client, self._settings).ask
        failed = threading.Event()

        def one(request: Request) -> Score:
            if failed.is_set():
                raise CancelledError
            try:
                score = ask(request)
                if done is not None:
                    done(request, score)
            except BaseException:
                failed.set()
                raise
            return score

        pool = ThreadPoolExecutor(self._settings.concurrency, thread_name_prefix="endpoint")
        try:
            yield from self._in_order([pool.submit(one, request) for request in requests])
        finally:
            client.close()
            pool.shutdown(wait=False, cancel_futures=True)

    def _in_order(self, futures: Sequence[Future[Score]]) -> Iterator[Score]:
        for future in futures:
            self._wait_for([future])
            if future.cancelled() or future.exception() is not None:
                break
            yield future.result()
        # After a failure, here or further on, those under way are finished; the earliest failure is told.
        self._wait_for(futures)
        for future in futures:
            error = None if future.cancelled() else future.exception()
            if error is not None and not isinstance(error, CancelledError):
                raise error

    def _wait_for(self, futures: Sequence[Future[Score]]) -> None:
        while wait(futures, timeout=CHECK_SECONDS).not_done:
            if self._check is not None:
                self._check()
