"""The routes that stand beside the pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

__all__ = ["routes"]


async def _health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


def routes() -> list[BaseRoute]:
    """Every route of ours: `GET /api/health`."""
    return [Route("/api/health", _health, methods=["GET"])]
