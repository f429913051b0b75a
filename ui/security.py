"""Security headers on every answer of the web server, and no calls of our routes from other sites' pages."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["security"]

# Streamlit's own bundle needs inline and evaluated scripts, plotly and the grids need blob workers;
# everything else comes from this server, so a picture in a text cannot call home.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "connect-src 'self' ws: wss: blob: data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OURS = "/api/"
_REFUSAL = b'{"reason": "This was sent by a page of another site. Open the page of this server."}'


class _SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class _OwnPagesOnly:
    """Browsers say from which site's page a call comes; programs, which carry their token, say nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_OURS):
            site = Headers(scope=scope).get("sec-fetch-site", "none")
            if site not in ("same-origin", "none"):
                answer = Response(_REFUSAL, status_code=403, media_type="application/json")
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def security() -> list[Middleware]:
    """The middleware that adds the headers and refuses other sites' pages."""
    return [Middleware(_SecurityHeaders), Middleware(_OwnPagesOnly)]
