"""Which addresses of endpoints are taken."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from votek.errors import InputError

__all__ = ["check_host", "check_url"]

_METADATA = {"fd00:ec2::254", "100.100.100.200", "192.0.0.192"}
"""Where clouds serve a machine's metadata at addresses that are not link-local."""


def check_url(url: str) -> SplitResult:
    """The parts of an endpoint's base URL.

    Raises:
        InputError: it is not http or https, holds a name and password, or is an address that only the machine's
            own metadata service answers.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InputError(f"The address {_shown(url)} is no URL. Give one like http://127.0.0.1:8000/v1.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise InputError(
            f"The address {_shown(url)} is not http or https with a host. Give one like http://127.0.0.1:8000/v1."
        )
    if parts.username is not None or parts.password is not None:
        raise InputError(
            f"The address of {host} holds a name or password. Take it out; the key has a field of its own "
            "(or the variable VOTEK_API_KEY)."
        )
    if parts.query or parts.fragment:
        raise InputError(f"The address of {host} has a part after ? or #. Give the base URL alone, up to /v1.")
    _refuse_metadata(host, host)
    return parts


def check_host(host: str, port: int) -> None:
    """Refuse a name that stands for a link-local address.

    Raises:
        InputError: it does. A name that nobody knows is left to the connection, which says so.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    for *_, address in found:
        _refuse_metadata(host, str(address[0]))


def _refuse_metadata(host: str, address: str) -> None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return
    mapped = getattr(parsed, "ipv4_mapped", None)
    if (mapped or parsed).is_link_local or str(mapped or parsed) in _METADATA:
        raise InputError(
            f"The host {host} is a link-local address, or another that serves a machine's own metadata, not models. "
            "Give the address of a model server."
        )


def _shown(url: str) -> str:
    """The address without what may be a secret."""
    rest = url.rpartition("@")[2]
    return repr(rest[:80])
