"""`votek status`: whether an installation can take work, for people, containers and monitors."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Annotated

import typer

from votek.cli import app
from votek.cli.output import AsJson, answer

if TYPE_CHECKING:
    from votek.settings import Settings
    from votek.workspace.readiness import Readiness


@app.command()
def status(
    web: Annotated[bool, typer.Option("--web", help="Ask the web server of this computer as well.")] = False,
    worker: Annotated[bool, typer.Option("--worker", help="A worker of this computer must have been seen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether database, tables and data folder can be used, and which workers were seen; exit code 1 when not."""
    from votek.settings import Settings
    from votek.workspace import Workspace
    from votek.workspace.readiness import OK, readiness

    settings = Settings()
    found = readiness(lambda: Workspace.open(settings, migrate=False))
    checks = dict(found.checks)
    if web:
        checks["web server"] = OK if _answers(settings) else "does not answer, or is not ready"
    if worker:
        checks["worker"] = OK if _worker_here(found) else "was not seen on this computer lately"
    workers = {seen.name: round(seen.age, 1) for seen in found.workers}
    lines = [f"{name}: {state}" for name, state in checks.items()]
    lines += [f"worker {name}: seen {age:g} s ago" for name, age in workers.items()]
    answer(as_json, {"checks": checks, "workers": workers}, "\n".join(lines))
    if any(state != OK for state in checks.values()):
        raise typer.Exit(1)


def _answers(settings: Settings) -> bool:
    # A server that listens everywhere is reached on the loopback address.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    host = f"[{host}]" if ":" in host else host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/api/ready", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _worker_here(found: Readiness) -> bool:
    return any(seen.alive and seen.name.partition(":")[0] == socket.gethostname() for seen in found.workers)
