"""The routes that stand beside the pages: labels in, the queue out, and whether the server is well.

Labels take this way rather than Streamlit's: the labeler then paints the next text at once, and a
label that was sent twice, late or after a restart still counts once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from ui.health import health_routes
from ui.labels_api import answer_json, queue_json, read_events
from ui.metrics import count_events, counted
from ui.model_keys import key_routes
from votek.access import Grant, load_secret, read_token
from votek.datatypes import LOCAL, Person
from votek.errors import AccessError, InputError, NotFoundError, VotekError
from votek.logs import note

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from votek.workspace import Workspace

__all__ = ["MAX_BODY", "routes", "signing_key"]

MAX_BODY = 4_000_000
"""Bytes of one batch: forty of the longest answers."""


def _server_workspace() -> Workspace:
    from ui.frame import workspace  # the pages' one; it is opened at the first request, not at import

    return workspace()


def signing_key(workspace: Workspace) -> str:
    """The keys that sign the tokens of this data folder."""
    return load_secret(workspace.settings)


class _TooLargeError(Exception):
    """The body is longer than what is taken."""


def routes(open_workspace: Callable[[], Workspace] = _server_workspace) -> list[BaseRoute]:
    """Every route of ours: `POST /api/labels`, `/api/hand`, `/api/leave`, `/api/model-key`, `GET /api/queue`, health.

    `open_workspace` gives the one workspace of the process; it is called off the event loop.
    """
    open_workspace = counted(open_workspace)

    def posted(work: Callable[[Workspace, bytes], dict[str, Any]]) -> Callable[[Request], Awaitable[JSONResponse]]:
        async def answer(request: Request) -> JSONResponse:
            try:
                raw = await _read_body(request)
            except _TooLargeError:
                return _refuse(413, f"The body is longer than {MAX_BODY:,} bytes. Send fewer events at once.")
            return await run_in_threadpool(_answer, lambda: work(open_workspace(), raw))

        return answer

    async def queue(request: Request) -> JSONResponse:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token if scheme.lower() == "bearer" else ""
        return await run_in_threadpool(_answer, lambda: _queue(open_workspace(), token))

    return [
        Route("/api/labels", posted(_record), methods=["POST"]),
        Route("/api/hand", posted(_hand), methods=["POST"]),
        Route("/api/leave", posted(_leave), methods=["POST"]),
        Route("/api/queue", queue, methods=["GET"]),
        *health_routes(open_workspace),
        *key_routes(lambda: signing_key(open_workspace())),
    ]


async def _read_body(request: Request) -> bytes:
    """The body, given up as soon as it is longer than allowed (the header may lie or be missing)."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise _TooLargeError
        parts.append(part)
    return b"".join(parts)


def _record(workspace: Workspace, raw: bytes) -> dict[str, Any]:
    body, grant, mine = _asked(workspace, raw)
    events, hand = read_events(body), None
    if isinstance(body, dict) and body.get("hand") is False:  # whoever settles is not given texts by it
        acks = mine.record_events(grant.project, grant.person, events)
    else:
        acks, hand = mine.label_and_hand(grant.project, grant.person, events)
    count_events(acks)
    return answer_json(acks, hand)


def _hand(workspace: Workspace, raw: bytes) -> dict[str, Any]:
    """What a person of a team has to do now, kept for them a while longer."""
    _, grant, mine = _asked(workspace, raw)
    return mine.hand(grant.project, grant.person).to_json()


def _leave(workspace: Workspace, raw: bytes) -> dict[str, Any]:
    """The page was closed: others may soon have what its person holds."""
    _, grant, mine = _asked(workspace, raw)
    mine.leave(grant.project, grant.person)
    return {}


def _asked(workspace: Workspace, raw: bytes) -> tuple[object, Grant, Workspace]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise InputError("The body is not JSON.") from None
    return body, *_granted(workspace, body.get("token") if isinstance(body, dict) else None)


def _queue(workspace: Workspace, token: str) -> dict[str, Any]:
    grant, mine = _granted(workspace, token)
    return queue_json(mine, grant.project, grant.person)


def _granted(workspace: Workspace, token: object) -> tuple[Grant, Workspace]:
    """What a token allows, and the workspace as its person may use it now: it outlives neither role nor session."""
    grant = read_token(signing_key(workspace), token)
    note(person=grant.person, project=grant.project)
    person = LOCAL if grant.person == LOCAL.id else Person(grant.person)
    return grant, workspace.as_person(person, since=grant.since)


def _answer(work: Callable[[], dict[str, Any]]) -> JSONResponse:
    """The work's result, or its error as a status that tells the labeler whether to try again."""
    try:
        return JSONResponse(work(), headers={"Cache-Control": "no-store"})
    except AccessError as error:
        return _refuse(401, str(error))
    except NotFoundError as error:
        return _refuse(404, str(error))
    except InputError as error:
        return _refuse(400, str(error))
    except VotekError as error:
        return _refuse(503, str(error))


def _refuse(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"reason": reason}, status_code=status, headers={"Cache-Control": "no-store"})
