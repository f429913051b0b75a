"""Routes for those who run the server: is it alive, can it take work, and its figures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ui.metrics import allowed, exposition
from votek.errors import VotekError
from votek.settings import Settings
from votek.workspace.readiness import Readiness, readiness

if TYPE_CHECKING:
    from votek.workspace import Workspace

__all__ = ["health_routes"]

LOOK_SECONDS = 1.0
"""Anybody may ask whether the server is ready; however often they do, it looks once a second."""

_FRESH = {"Cache-Control": "no-store"}


def health_routes(open_workspace: Callable[[], Workspace]) -> list[BaseRoute]:
    """`GET /api/health` (alive), `GET /api/ready` (can take work; 503 with the reason), `GET /api/metrics`."""
    latest = _Latest(open_workspace)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"}, headers=_FRESH)

    async def ready(request: Request) -> JSONResponse:
        found = await run_in_threadpool(latest.look)
        return JSONResponse(_in_words(found), status_code=200 if found.ready else 503, headers=_FRESH)

    async def metrics(request: Request) -> Response:
        return await run_in_threadpool(_metrics, request, open_workspace)

    return [
        Route("/api/health", health, methods=["GET"]),
        Route("/api/ready", ready, methods=["GET"]),
        Route("/api/metrics", metrics, methods=["GET"]),
    ]


class _Latest:
    """The readiness of the last look, looked at anew when it is old; one look at a time."""

    def __init__(self, open_workspace: Callable[[], Workspace]) -> None:
        self._open = open_workspace
        self._lock = threading.Lock()
        self._found: Readiness | None = None
        self._until = 0.0

    def look(self) -> Readiness:
        with self._lock:
            if self._found is None or time.monotonic() >= self._until:
                self._found = readiness(self._open)
                self._until = time.monotonic() + LOOK_SECONDS
            return self._found


def _in_words(found: Readiness) -> dict[str, object]:
    ages = [worker.age for worker in found.workers]
    return {
        "status": "ready" if found.ready else "not ready",
        "checks": dict(found.checks),
        "workers": {
            "alive": sum(worker.alive for worker in found.workers),
            "last_seen_seconds": round(min(ages), 1) if ages else None,
        },
    }


def _metrics(request: Request, open_workspace: Callable[[], Workspace]) -> Response:
    try:
        may = allowed(request, Settings())
    except VotekError:
        may = None
    if may is None:
        return JSONResponse({"reason": "Figures are not served here."}, status_code=404, headers=_FRESH)
    if not may:
        return JSONResponse({"reason": "This needs the token of VOTEK_METRICS_TOKEN."}, status_code=401, headers=_FRESH)
    return Response(exposition(open_workspace), media_type=CONTENT_TYPE_LATEST, headers=_FRESH)
