"""Whether people sign in here: an `[auth]` section in Streamlit's secrets.toml turns accounts on."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from votek.errors import InputError

__all__ = ["accounts_configured", "check_address", "secrets_files", "sign_in_providers"]

_CHECKOUT = Path(__file__).resolve().parents[2]
_SHARED = ("redirect_uri", "cookie_secret")
_OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32


def secrets_files() -> list[Path]:
    """Where Streamlit reads secrets, the last file in force: STREAMLIT_SECRETS_FILES, or its usual places."""
    given = os.environ.get("STREAMLIT_SECRETS_FILES", "").split()
    if given:
        return [Path(name) for name in given]
    places = dict.fromkeys([Path.home(), Path.cwd(), _CHECKOUT])
    return [place / ".streamlit" / "secrets.toml" for place in places]


def accounts_configured() -> bool:
    """Whether people have to sign in. What was so once stays so while the process lives: a file that goes away later
    does not open the door.

    Raises:
        InputError: a secrets file cannot be read, or its `[auth]` section lacks something. Nobody gets in by a typo.
    """
    return _configured(tuple(secrets_files()))


@lru_cache(maxsize=64)
def _configured(_: tuple[Path, ...]) -> bool:
    return bool(sign_in_providers())


def sign_in_providers() -> tuple[str, ...]:
    """The names that `st.login` takes, "default" for the one without a name; empty without accounts.

    Raises:
        InputError: as `accounts_configured`.
    """
    section = _auth_section()
    if section is None:
        return ()
    named = tuple(name for name, value in section.items() if isinstance(value, Mapping) and "client_id" in value)
    _check(section, _SHARED, "[auth]")
    if len(str(section["cookie_secret"])) < _SHORTEST_SECRET:
        raise InputError(
            f"cookie_secret in the [auth] section has {len(str(section['cookie_secret']))} characters; at least "
            f"{_SHORTEST_SECRET} are needed. Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    for name in named:
        _check(section[name], _OF_PROVIDER, f"[auth.{name}]")
    if named:
        return named
    _check(section, _OF_PROVIDER, "[auth]")
    return ("default",)


def check_address(host: str, *, accounts: bool) -> None:
    """Refuse to listen beyond this computer without accounts: anybody who can connect could read and label.

    Raises:
        InputError: `host` is not a loopback address, and nobody has to sign in.
    """
    if accounts:
        return
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise InputError(
            f"The server was to listen on {host!r} (VOTEK_HOST, or --server.address), but without accounts only this "
            "computer may connect. Use 127.0.0.1, localhost or ::1, and a tunnel such as ssh -L to reach it from "
            "elsewhere; or let people sign in (docs/team.md)."
        )


def _auth_section() -> dict[str, Any] | None:
    found: dict[str, Any] | None = None
    for path in secrets_files():
        if not path.is_file():
            continue
        try:
            section = tomllib.loads(path.read_text("utf-8")).get("auth")
        except (OSError, ValueError) as error:
            raise InputError(
                f"The secrets file {path} cannot be read ({error}). Mend it, or remove it to work without accounts."
            ) from error
        if section is not None and not isinstance(section, dict):
            raise InputError(f"auth in {path} must be a section: write [auth] above its settings.")
        found = section if section is not None else found
    return found


def _check(section: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    missing = [name for name in names if not section.get(name)]
    if missing:
        raise InputError(
            f"The section {where} of secrets.toml lacks {' and '.join(missing)}. Fill it in as in "
            ".streamlit/secrets.toml.example, or remove the section to work without accounts."
        )
