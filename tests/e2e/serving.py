"""A real web server on a free port with a data folder of its own, as tests start, kill and restart it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from votek.datasets import read_dataset
from votek.datatypes import LabelSpec, Project, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace, label_color

__all__ = ["ROOT", "Server", "free_port"]

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`streamlit run app.py` and, when asked for, a worker; both on one data folder."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _web: subprocess.Popen[bytes] | None = None
    _worker: subprocess.Popen[bytes] | None = None
    _workspace: Workspace | None = None

    @property
    def url(self) -> str:
        """Address of the home page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def workspace(self) -> Workspace:
        """The same projects, seen from the test's process."""
        if self._workspace is None:
            self._workspace = Workspace.open(Settings(data=self.folder))
        return self._workspace

    def _run(self, *arguments: str, log: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VOTEK_DATA": str(self.folder), **self.environment}
        environment["VOTEK_PORT"] = str(self.port)  # where the worker asks for the key of a model
        with (self.folder / log).open("ab") as output:
            command = [sys.executable, "-m", *arguments]
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def start(self) -> None:
        """Start the web server and wait until its health route answers."""
        assert self.workspace is not None  # the database is migrated before the server opens it
        self._web = self._run("streamlit", "run", "app.py", "--server.port", str(self.port), log="web.log")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/api/health", timeout=5) as answer:
                    assert answer.status == 200
                    return
            except (urllib.error.URLError, OSError):
                assert self._web.poll() is None, (self.folder / "web.log").read_text()[-3000:]
                time.sleep(0.1)
        pytest.fail(f"the server did not start: {(self.folder / 'web.log').read_text()[-3000:]}")

    def kill(self) -> None:
        """End the web server at once, as a crash would."""
        assert self._web is not None
        self._web.send_signal(signal.SIGKILL)
        self._web.wait()

    def restart(self) -> None:
        """Kill the web server if it still runs, and start it on the same port and folder."""
        if self._web is not None and self._web.poll() is None:
            self.kill()
        self.start()

    def start_worker(self) -> None:
        """Start the worker, unless it runs."""
        if self._worker is None or self._worker.poll() is not None:
            self._worker = self._run("votek.cli", "worker", log="worker.log")

    def close(self) -> None:
        """Stop everything."""
        for process in (self._web, self._worker):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        if self._workspace is not None:
            self._workspace.close()

    def project(
        self,
        texts: Sequence[str],
        labels: Sequence[str] = ("alpha", "beta", "gamma"),
        *,
        kind: str = "single",
        queued: int | None = None,
        guidelines: str = "",
        definitions: Sequence[str] = (),
        name: str = "Labelling",
    ) -> Project:
        """A project whose first `queued` texts (default: all) wait to be labelled, in file order."""
        space = self.workspace
        project = space.create_project(name)
        table = self.folder / f"{project.id}.jsonl"
        table.write_text("\n".join(_json({"id": f"t{i}", "text": text}) for i, text in enumerate(texts)), "utf-8")
        space.import_dataset(project.id, read_dataset(table, id="id"), role="pool", name="texts.jsonl")
        words = [*definitions, *[""] * len(labels)]
        specs = tuple(
            LabelSpec(label, label_color(i), definition=words[i]) for i, label in enumerate(labels) if kind != "text"
        )
        space.set_task(project.id, TaskSpec(type=kind, labels=specs))  # type: ignore[arg-type]
        if guidelines:
            space.set_guidelines(project.id, guidelines)
        rows = range(len(texts) if queued is None else queued)
        if rows:
            space.add_to_queue(project.id, list(rows))
        return space.project(project.id)

    def labels(self, project: Project) -> dict[str, Any]:
        """item -> value of the label in force."""
        return {item: label.value for item, label in self.workspace.labels(project.id).items()}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
