"""Around every request: an id, a line in the log, a figure; and what nobody outside is to read."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Collection, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.metrics import count_request
from votek.logs import within

__all__ = ["closed", "operations"]

ID = "X-Request-ID"
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CLOSED = ("/_stcore/metrics",)
"""The web framework's own figures, which it would show to anybody: they name sessions."""

_OFTEN = ("/api/health", "/api/ready", "/api/metrics", "/api/assets/plotly.js")
"""Asked every few seconds by machines, or of no interest: logged only when they fail."""

_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
log = logging.getLogger("votek.request")


def operations(routes: Iterable[BaseRoute]) -> list[Middleware]:
    """The middleware; `routes` are those whose requests are logged and counted one by one."""
    paths = frozenset(str(path) for route in routes if (path := getattr(route, "path", None)))
    return [Middleware(_Watched, paths=paths)]


def closed() -> list[Middleware]:
    """The middleware that answers 404 where the web framework would show figures of its own."""
    return [Middleware(_Closed)]


class _Closed:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and str(scope["path"]).rstrip("/").endswith(_CLOSED):
            app = JSONResponse({"reason": "Not here."}, status_code=404)
        await app(scope, receive, send)


class _Watched:
    """Logs a request by its route, never by its path or query: these may hold what a person typed."""

    def __init__(self, app: ASGIApp, *, paths: Collection[str]) -> None:
        self.app = app
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID, "")
        request = given if _GOOD_ID.fullmatch(given) else uuid.uuid4().hex
        status = 500  # of a request that ends without an answer

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID] = request
            await send(message)

        with within(request=request):
            began = time.perf_counter()
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        path, method = str(scope["path"]), str(scope["method"])
        route = path if path in self.paths else "pages and files"
        method = method if method in _METHODS else "other"
        count_request(route, method, status, seconds)
        if (path in self.paths and path not in _OFTEN) or status >= 500:
            facts = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
            level = logging.ERROR if status >= 500 else logging.INFO
            log.log(level, "request", extra=facts)
