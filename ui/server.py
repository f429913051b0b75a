"""`python -m ui.server`: the web server alone, as `votek web` starts it; ends in good order and with exit code 0."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType

from votek.settings import Settings

__all__ = ["main"]

APP = Path(__file__).resolve().parents[1] / "app.py"


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Serve until asked to stop: requests under way are answered first, new ones are not taken."""
    from streamlit.web.cli import main as streamlit

    settings = Settings()
    # The server handles these itself while it serves, and raises them again once all is answered: they end here.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _leave)
    options = {
        "server.address": settings.host,
        "server.port": settings.port,
        "server.maxUploadSize": settings.max_upload_mb,
        "server.headless": "true",
        "logger.hideWelcomeMessage": "true",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    streamlit(["run", str(APP), *flags], standalone_mode=False)


if __name__ == "__main__":
    main()
