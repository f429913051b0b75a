"""What the web server does besides serving: it sets up its log, and ends when the launcher that started it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator

import streamlit as st
from streamlit import logger as framework_logs

from votek.access.accounts import accounts_configured, check_address
from votek.errors import InputError
from votek.logs import set_up_logs
from votek.settings import Settings

__all__ = ["check_listening", "take_over_logs", "with_launcher"]

LOOK_SECONDS = 1.0


async def _end_with(launcher: int) -> None:
    while os.getppid() == launcher:
        await asyncio.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def check_listening() -> None:
    """Refuse an address that is open to others without accounts, however the server was started.

    Raises:
        InputError: it is; or the secrets that Streamlit signs people in with are others than ours.
    """
    accounts = accounts_configured()
    try:
        known = "auth" in st.secrets
    except FileNotFoundError:
        known = False
    if known != accounts:
        raise InputError(
            "The web server reads other secrets than the rest of the program. Name the file by the variable "
            "STREAMLIT_SECRETS_FILES instead of --secrets.files, or put it at .streamlit/secrets.toml."
        )
    check_address(str(st.get_option("server.address") or ""), accounts=accounts)


def take_over_logs() -> None:
    """Let the web framework's loggers, those of now and those it will make, write no lines of their own."""
    set_up_logs(Settings().log_format)
    # It gives each logger a handler that writes messages of exceptions, which quote what people typed.
    framework_logs.setup_formatter = lambda logger: setattr(logger, "propagate", True)


@contextlib.asynccontextmanager
async def with_launcher(_: st.App) -> AsyncIterator[None]:
    """A launcher that was killed cannot stop its server, which would go on holding the port.

    Raises:
        InputError: the server was to listen beyond this computer, and people do not sign in.
    """
    check_listening()
    take_over_logs()
    launcher = int(os.environ.get("VOTEK_PARENT", "0"))
    # Without a launcher (`streamlit run app.py`) there is nobody to watch.
    watch = asyncio.create_task(_end_with(launcher)) if launcher else None
    try:
        yield
    finally:
        if watch is not None:
            watch.cancel()
