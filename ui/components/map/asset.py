"""Serves the browser half of plotly from the installed package, so that nothing is fetched from elsewhere."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

__all__ = ["plotly_route", "script_address"]

_PATH = "/api/assets/plotly.js"
_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


@cache
def _script() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


@cache
def _packed() -> bytes:
    return gzip.compress(_script(), compresslevel=5)


def _serve(request: Request) -> Response:
    # Not a coroutine: the first packing takes a third of a second, which belongs in a thread.
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_packed(), media_type="text/javascript", headers={**_HEADERS, "Content-Encoding": "gzip"})
    return Response(_script(), media_type="text/javascript", headers=_HEADERS)


def plotly_route() -> Route:
    """The route of the script."""
    return Route(_PATH, _serve, methods=["GET"])


@cache
def script_address() -> str:
    """Where the browser finds the script; the address changes with the version, so that caches do not mislead."""
    return f"{_PATH}?v={version('plotly')}"
