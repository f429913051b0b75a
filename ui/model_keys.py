"""Keys of endpoints, in this process's memory alone: given on a page, handed to the worker, gone with the server."""

from __future__ import annotations

import ipaddress
import json
import threading
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from votek.access import read_token
from votek.errors import AccessError
from votek.jobs.models import KEY_ROUTE
from votek.scoring.keys import Key, endpoint_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from votek.scoring import ModelSettings

__all__ = ["forget_key", "give_key", "has_key", "key_routes"]

_LONGEST = 1_000
_keys: dict[tuple[str, str], Key] = {}
_lock = threading.Lock()


def give_key(project_id: str, model: ModelSettings, secret: str) -> None:
    """Hold a key for this project and this endpoint until the server stops. No other address gets it."""
    with _lock:
        _keys[project_id, endpoint_url(model.base_url)] = Key(secret.strip())


def forget_key(project_id: str, model: ModelSettings) -> None:
    """Hold it no longer."""
    with _lock:
        _keys.pop((project_id, endpoint_url(model.base_url)), None)


def has_key(project_id: str, model: ModelSettings) -> bool:
    """Whether a key is held for this project and this endpoint."""
    with _lock:
        return (project_id, endpoint_url(model.base_url)) in _keys


def key_routes(secret: Callable[[], str]) -> list[BaseRoute]:
    """`POST /api/model-key`: the key, for the worker. `secret` gives the signing key of the data folder."""

    async def hand_over(request: Request) -> JSONResponse:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST:
                return _nothing(413)
        return await run_in_threadpool(_answer, request, body, secret)

    return [Route(KEY_ROUTE, hand_over, methods=["POST"])]


def _answer(request: Request, body: bytes, secret: Callable[[], str]) -> JSONResponse:
    if not _is_local(request):
        return _nothing(403)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        grant = read_token(secret(), token if scheme.lower() == "bearer" else "", purpose="keys")
        url = json.loads(body)["url"]
    except AccessError:
        return _nothing(401)
    except (ValueError, KeyError, TypeError):
        return _nothing(400)
    with _lock:
        found = _keys.get((grant.project, url)) if isinstance(url, str) else None
    if found is None:
        return _nothing(404)
    return JSONResponse({"key": found.secret}, headers={"Cache-Control": "no-store"})


def _is_local(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _nothing(status: int) -> JSONResponse:
    return JSONResponse({}, status_code=status, headers={"Cache-Control": "no-store"})
