"""What a person may name where people sign in: the operator's endpoints, and the models in the operator's folder.

Without accounts the one person at this computer may name anything. With accounts a name typed on a page is a
stranger's wish to this server: to call an address that only it can reach, or to open a folder that only it can read.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from votek.access.accounts import accounts_configured
from votek.access.listed import path_inside
from votek.errors import InputError, ModelError
from votek.settings import Settings

__all__ = ["check_listed", "listed_model_folder", "restricted"]

_PORTS = {"http": 80, "https": 443}


def restricted() -> bool:
    """Whether people sign in here, so that only what the operator listed may be named."""
    return accounts_configured()


def check_listed(parts: SplitResult) -> None:
    """Refuse an endpoint that VOTEK_ENDPOINT_HOSTS does not list, where people sign in.

    Raises:
        InputError: it is not listed, or the list itself cannot be read.
    """
    if not restricted():
        return
    listed = _endpoints(Settings().endpoint_hosts)
    if (_plain(parts.hostname or ""), parts.port or _PORTS.get(parts.scheme, 0)) in listed:
        return
    if not listed:
        raise InputError(
            "This server lists no endpoints, so none can be used. Choose the stand-in without a model, or ask whoever "
            "runs this server to set VOTEK_ENDPOINT_HOSTS."
        )
    raise InputError(
        f"The endpoint {parts.hostname} is not one that this server may call. Use one of "
        f"{', '.join(sorted({host for host, _ in listed}))}, or ask whoever runs this server to add it to "
        "VOTEK_ENDPOINT_HOSTS."
    )


def listed_model_folder(name: str) -> Path:
    """The folder of the model `name` in VOTEK_MODEL_FOLDER, the only place for models where people sign in.

    Raises:
        ModelError: there is no such folder, or it lies elsewhere.
    """
    root = Settings().model_folder
    if root is None:
        raise ModelError(
            "This server offers no models of its own. Choose the stand-in without a model, or ask whoever runs this "
            "server to set VOTEK_MODEL_FOLDER."
        )
    found = path_inside(root, name)
    if found is None or not found.is_dir():
        # The same words whether it is elsewhere or nowhere: this is no way to ask what lies on the server's disk.
        raise ModelError(
            f"There is no model {name[:80]!r} on this server. Give the name of one in the folder that this server "
            "keeps its models in (VOTEK_MODEL_FOLDER)."
        )
    return found


def _endpoints(setting: str) -> set[tuple[str, int]]:
    """Host and port of each entry; one without a port means the ports of http and https."""
    found: set[tuple[str, int]] = set()
    for entry in (part.strip() for part in setting.split(",")):
        if not entry:
            continue
        try:
            parts = urlsplit(f"//{entry}")
            host, port = _plain(parts.hostname or ""), parts.port
        except ValueError:
            host, port = "", None
        if not host or "/" in entry or "@" in entry:
            raise InputError(
                f"VOTEK_ENDPOINT_HOSTS holds {entry!r}. Give hosts, each with a port where it is not the usual one, "
                "separated by commas: api.openai.com, models.internal:8000"
            )
        found |= {(host, one) for one in ([port] if port else _PORTS.values())}
    return found


def _plain(host: str) -> str:
    return host.lower().rstrip(".")
