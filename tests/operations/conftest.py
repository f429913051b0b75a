"""Web servers and workers as they run for a team: each a process of its own on one database and one data folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from votek.access import load_secret, mint_token
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, Project, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """Status and parsed body of one answer."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass
class Installation:
    """One database and one data folder, and the processes on them."""

    folder: Path
    url: str
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = Settings(data=self.folder, database_url=self.url, model="votek-hash")
        self.space = Workspace.open(self.settings)

    def start(self, command: str, **environment: str) -> subprocess.Popen[bytes]:
        """`votek COMMAND`; what it says goes to COMMAND-NUMBER.log."""
        given = {
            **os.environ,
            "HF_HUB_OFFLINE": "1",
            "VOTEK_DATA": str(self.folder),
            "VOTEK_DATABASE_URL": self.url,
            "VOTEK_MODEL": "votek-hash",
            **self.environment,
            **environment,
        }
        with (self.folder.parent / f"{command}-{len(self.processes)}.log").open("wb") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "votek.cli", command], cwd=self.folder.parent, env=given, stdout=log, stderr=log
            )
        self.processes.append(started)
        return started

    def web(self, **environment: str) -> tuple[subprocess.Popen[bytes], str]:
        """A web server that is ready, and its address."""
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        started = self.start("web", VOTEK_PORT=str(port), **environment)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert started.poll() is None, self.logs()
            try:
                if self.ask(f"{address}/api/ready").status == 200:
                    return started, address
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.1)
        raise AssertionError(self.logs())

    def ask(self, address: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """GET, or POST of a body, whatever the status."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data, dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                raw, status, given = answer.read(), answer.status, answer.headers
        except urllib.error.HTTPError as error:
            raw, status, given = error.read(), error.code, error.headers
        kind = given.get("content-type", "")
        return Answer(status, json.loads(raw) if "json" in kind else raw.decode(), dict(given))

    def label(self, address: str, project: Project, item: str, value: str) -> Answer:
        """Post one label as the labeler does."""
        token = mint_token(load_secret(self.settings), project=project.id, person="local")
        event = {
            "event_id": uuid.uuid4().hex,
            "item": item,
            "kind": "label",
            "value": value,
            "task_version": project.task.version,
            "guideline_version": project.guidelines_version,
        }
        return self.ask(f"{address}/api/labels", {"token": token, "events": [event]})

    def project(self, texts: list[str], labels: tuple[str, ...] = ("alpha", "beta"), name: str = "Team") -> Project:
        """A project whose texts all wait to be labelled."""
        task = TaskSpec(type="single", labels=tuple(LabelSpec(label, "#0072B2") for label in labels))
        made = self.space.create_project(name, task=task)
        rows = make_dataset([f"t{at}" for at in range(len(texts))], texts, {})
        self.space.import_dataset(made.id, rows, role="pool", name="texts.csv")
        self.space.add_to_queue(made.id, list(range(min(20, len(texts)))))
        return self.space.project(made.id)

    def logs(self) -> str:
        """Everything that the processes said."""
        return "\n".join(path.read_text("utf-8") for path in sorted(self.folder.parent.glob("*.log")))

    def close(self) -> None:
        """End what still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.space.close()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """`installation(url=None, **environment)`: one on SQLite, or on the database of `url`."""
    made: list[Installation] = []

    def make(url: str | None = None, **environment: str) -> Installation:
        folder = tmp_path / "data"
        made.append(Installation(folder, url or f"sqlite:///{folder / 'votek.db'}", environment))
        return made[-1]

    yield make
    for one in made:
        one.close()
