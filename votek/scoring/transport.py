"""Connections to an endpoint: its name is looked up once, and the address found is checked and then connected to.

A name can stand for one address while it is checked and for another a moment later (DNS rebinding). Here the checked
address itself is connected to; the name still decides which certificate is valid.
"""

from __future__ import annotations

import urllib.request
from typing import Any

from votek.scoring.urls import addresses_of

__all__ = ["checked_client"]


def checked_client(openai: Any, url: Any, *, timeout: float) -> Any:
    """The HTTP client for `openai.OpenAI`: no redirects, and every connection to a checked address.

    `url`: the endpoint's parts. Behind a proxy of the environment the name is sent to the proxy, which looks it up.
    """
    options: dict[str, Any] = {"follow_redirects": False, "timeout": timeout}
    if not _behind_a_proxy(url):
        library = _library(openai)
        options["transport"] = _transport(library, url.hostname, url.port or (443 if url.scheme == "https" else 80))
    return openai.DefaultHttpxClient(**options)


def _behind_a_proxy(url: Any) -> bool:
    proxies = urllib.request.getproxies()
    wanted = proxies.get(url.scheme) or proxies.get("all")
    return bool(wanted) and not urllib.request.proxy_bypass(url.netloc)


def _library(openai: Any) -> Any:
    """The HTTP library under openai, whose name differs between its versions."""
    import importlib

    base = next(kind for kind in openai.DefaultHttpxClient.__mro__ if kind.__module__.startswith("httpx"))
    return importlib.import_module(base.__module__.partition(".")[0])


def _transport(library: Any, host: str, port: int) -> Any:
    class CheckedTransport(library.HTTPTransport):  # type: ignore[misc]
        def handle_request(self, request: Any) -> Any:
            try:
                addresses = addresses_of(host, port)
            except (OSError, UnicodeError) as error:
                raise library.ConnectError(f"the name {host} is not known: {error}", request=request) from error
            failed: Exception | None = None
            for address in addresses:
                asked = library.Request(
                    request.method,
                    request.url.copy_with(host=address),
                    headers=request.headers,  # its Host stays the name
                    stream=request.stream,
                    extensions={**request.extensions, "sni_hostname": host},
                )
                try:
                    return super().handle_request(asked)
                except library.ConnectError as error:
                    failed = error
            assert failed is not None
            raise failed

    return CheckedTransport()
