"""Which addresses of endpoints are taken: checked when they are typed, and again of the address connected to."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from votek.errors import InputError
from votek.scoring.allowed import check_listed

__all__ = ["addresses_of", "check_host", "check_url"]

_METADATA = {"fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"}
"""Where clouds serve a machine's metadata at addresses that are not link-local."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NUMBERS = re.compile(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){0,3}\.?", re.IGNORECASE)
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_url(url: str) -> SplitResult:
    """The parts of an endpoint's base URL.

    Raises:
        InputError: it is not http or https, holds a name and password, is an address that only the machine's own
            metadata service answers, or, where people sign in, is not listed in VOTEK_ENDPOINT_HOSTS.
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
    if re.search(r"[\s\\\x00-\x1f\x7f]", url.strip()):
        raise InputError(
            f"The address of {host} holds a blank, a backslash or a control character. Give the base URL alone."
        )
    _refuse_metadata(host, host)
    check_listed(parts)
    return parts


def check_host(host: str, port: int) -> None:
    """Refuse a name that stands for a link-local address.

    Raises:
        InputError: it does. A name that nobody knows is left to the connection, which says so.
    """
    try:
        addresses_of(host, port)
    except (OSError, UnicodeError):
        return


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses that a name stands for now, in the order to try them; each may be connected to.

    Raises:
        InputError: one of them serves a machine's own metadata.
        OSError: nobody knows the name.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    for address in addresses:
        _refuse_metadata(host, address)
    return addresses


def _refuse_metadata(host: str, address: str) -> None:
    for meant in _meant(address):
        if meant.is_link_local or str(meant) in _METADATA:
            raise InputError(
                f"The host {host} is a link-local address, or another that serves a machine's own metadata, not "
                "models. Give the address of a model server."
            )


def _meant(address: str) -> Iterator[_Address]:
    """Every address that this spelling stands for: written as numbers, or wrapped in another kind of address."""
    plain = address.partition("%")[0]
    try:
        parsed: _Address = ipaddress.ip_address(plain)
    except ValueError:
        # The system's resolver reads 2852039166 and 0xA9FEA9FE as addresses, too.
        if not _NUMBERS.fullmatch(plain):
            return
        try:
            parsed = ipaddress.IPv4Address(socket.inet_aton(plain.rstrip(".")))
        except OSError:
            return
    yield parsed
    if isinstance(parsed, ipaddress.IPv6Address):
        wrapped = [parsed.ipv4_mapped, parsed.sixtofour, *(parsed.teredo or ())]
        if parsed in _NAT64 or int(parsed) >> 32 == 0:
            wrapped.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        yield from (inner for inner in wrapped if inner is not None)


def _shown(url: str) -> str:
    """The address without what may be a secret."""
    rest = url.rpartition("@")[2]
    return repr(rest[:80])
