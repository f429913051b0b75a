"""`votek app`: web server and worker together, for one person. `votek web`, `votek worker`: each alone, for a team."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from votek.cli import app
from votek.cli.folder_lock import lock_data_folder, use_data_folder
from votek.errors import InputError, VotekError

if TYPE_CHECKING:
    from votek.settings import Settings

__all__ = ["check_port", "lock_data_folder"]

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: `app.py`, `pages/` and `examples/` lie here."""

STOP_SECONDS = 8.0
LEAVE_SECONDS = 3.0
"""What a worker that was asked to stop may take; its job has gone back to the queue long before."""


def check_port(host: str, port: int) -> None:
    """Say so when another program listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop the other program, or set another port: VOTEK_PORT={port + 1} make app"
            ) from error


@app.command("app")
def serve(
    sample: Annotated[bool, typer.Option(help="Make the sample project when it is not there.")] = True,
) -> None:
    """Serve the app: web server and worker together, until Ctrl-C."""
    from votek.access.accounts import accounts_configured, check_address
    from votek.settings import Settings
    from votek.workspace import Workspace

    settings = Settings()
    check_address(settings.host, accounts=accounts_configured())
    lock = lock_data_folder(settings.data, beside_others=True)
    try:
        check_port(settings.host, settings.port)
        Workspace.open(settings).close()  # migrates the database before anything else opens it
        # SIGTERM must stop the children like Ctrl-C does, and a shell that started us in the background
        # had Ctrl-C ignored.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.default_int_handler)
        _Servers(settings, sample=sample).run()
    finally:
        lock.release()


class _Servers:
    """The child processes; each in a process group of its own, so that Ctrl-C reaches them once, through us."""

    def __init__(self, settings: Settings, *, sample: bool) -> None:
        self.settings = settings
        self.sample = sample
        self.environment = {**os.environ, "VOTEK_PARENT": str(os.getpid())}
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start everything, print the address, and watch until asked to stop."""
        try:
            if self.sample:
                self._make_sample()
            port = str(self.settings.port)
            limit = str(self.settings.max_upload_mb)
            command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", self.settings.host]
            self.web = self._start([*command, "--server.port", port, "--server.maxUploadSize", limit])
            self.worker = self._start_worker()
            self._wait_until_ready()
            self._watch()
        except KeyboardInterrupt:
            typer.echo("\nStopping ...")
        finally:
            self._stop()

    def _make_sample(self) -> None:
        from votek.workspace.sample import MARKER

        if (self.settings.data / MARKER).exists():
            return  # made before: it is there, or somebody deleted it and does not want it back
        # In a process of its own: the models it loads would stay in this one's memory.
        made = subprocess.run([sys.executable, "-m", "votek.cli", "sample"], cwd=ROOT, env=self.environment)
        if made.returncode != 0:
            typer.echo("The sample project could not be made; the app starts without it.", err=True)

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        environment = {**self.environment, "VOTEK_DATA": str(self.settings.data.resolve())}
        output = subprocess.DEVNULL if "streamlit" in command else None
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, start_new_session=True)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        return self._start([sys.executable, "-m", "votek.cli", "worker"])

    def _wait_until_ready(self) -> None:
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        address = f"http://{host}:{self.settings.port}"
        for _ in range(600):
            if self.web is not None and self.web.poll() is not None:
                raise VotekError(
                    f"The web server stopped at once (exit code {self.web.returncode}); see the lines above."
                )
            try:
                with urllib.request.urlopen(f"{address}/api/ready", timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        folder = self.settings.data.resolve()
        typer.echo(f"\n  votek is ready:  {address}\n  data folder:     {folder}\n  stop:            Ctrl-C\n")

    def _watch(self) -> None:
        restarts = 0
        while True:
            time.sleep(0.5)
            if self.web is not None and self.web.poll() is not None:
                raise VotekError(f"The web server stopped (exit code {self.web.returncode}). Start it again: make app")
            if self.worker is not None and self.worker.poll() is not None:
                restarts += 1
                typer.echo(f"The worker stopped (exit code {self.worker.returncode}); starting it again.", err=True)
                time.sleep(min(2.0 * restarts, 30.0))
                self.worker = self._start_worker()

    def _stop(self) -> None:
        # A second Ctrl-C must not leave a child behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        children = [child for child in (self.web, self.worker) if child is not None and child.poll() is None]
        for child in children:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@app.command()
def web() -> None:
    """Serve the pages and take labels, without a worker; several may share a database and a data folder."""
    from votek.access.accounts import accounts_configured, check_address
    from votek.settings import Settings
    from votek.workspace import Workspace

    settings = Settings()
    check_address(settings.host, accounts=accounts_configured())
    check_port(settings.host, settings.port)
    use_data_folder(settings.data)
    Workspace.open(settings).close()  # migrates the database, and says in one line when that cannot be
    os.environ["VOTEK_DATA"] = str(settings.data.resolve())
    os.chdir(ROOT)
    typer.echo(f"votek serves http://{settings.host}:{settings.port}", err=True)
    os.execv(sys.executable, [sys.executable, "-m", "ui.server"])  # this process: signals reach the server itself


@app.command()
def worker() -> None:
    """Do the background work (embedding, graph, picks, map) of a data folder; several may share one."""
    from votek.jobs.worker import run
    from votek.logs import set_up_logs
    from votek.settings import Settings

    settings = Settings()
    set_up_logs(settings.log_format)
    use_data_folder(settings.data)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    parent = int(os.environ.get("VOTEK_PARENT", "0"))
    if parent:
        threading.Thread(target=_stop_with, args=(parent, stop), daemon=True).start()
    threading.Thread(target=_leave_with, args=(stop,), daemon=True).start()
    run(settings, stop=stop)


def _leave_with(stop: threading.Event) -> None:
    """End even where a library cannot be interrupted: nothing half-written is ever taken for whole."""
    stop.wait()
    time.sleep(LEAVE_SECONDS)
    logging.getLogger(__name__).info("leaving in the middle of a step; its job is in the queue again")
    logging.shutdown()
    os._exit(0)


def _stop_with(parent: int, stop: threading.Event) -> None:
    """A launcher that was killed cannot stop its worker, so the worker watches for that itself."""
    while not stop.wait(1.0):
        if os.getppid() != parent:
            stop.set()
