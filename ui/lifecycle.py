"""What the web server does besides serving: it sets up its log, and ends when the launcher that started it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator

import streamlit as st

from votek.logs import set_up_logs
from votek.settings import Settings

__all__ = ["with_launcher"]

LOOK_SECONDS = 1.0


async def _end_with(launcher: int) -> None:
    while os.getppid() == launcher:
        await asyncio.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.asynccontextmanager
async def with_launcher(_: st.App) -> AsyncIterator[None]:
    """A launcher that was killed cannot stop its server, which would go on holding the port."""
    set_up_logs(Settings().log_format)  # now, when the libraries have set up their loggers
    launcher = int(os.environ.get("VOTEK_PARENT", "0"))
    # Without a launcher (`streamlit run app.py`) there is nobody to watch.
    watch = asyncio.create_task(_end_with(launcher)) if launcher else None
    try:
        yield
    finally:
        if watch is not None:
            watch.cancel()
