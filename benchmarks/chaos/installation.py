"""A real web server and a real worker over a data folder of their own, to be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from votek.access import load_secret, mint_token
from votek.datasets import make_dataset
from votek.datatypes import LabelEvent, LabelSpec, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace, label_color

__all__ = ["LABELS", "ROOT", "Installation", "numbered"]

ROOT = Path(__file__).resolve().parents[2]
LABELS = ("alpha", "beta", "gamma")
START_SECONDS = 90.0

_ACCOUNTS = """
[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "only for this throwaway installation"
client_id = "chaos"
client_secret = "chaos"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""


def numbered(count: int) -> list[str]:
    """Texts that tell by themselves which item they are: text `i` has the id `t<i>`."""
    return [f"text number {i}" for i in range(count)]


class Installation:
    """One data folder and the processes on it; use it as a context, which ends them and removes the folder.

    `database_url`: another database than SQLite in the folder. `folder`: where to work, instead of a temporary
    one. `environment`: more variables for the processes. `team`: people have accounts, and texts are handed out.
    """

    def __init__(
        self,
        *,
        folder: Path | None = None,
        database_url: str | None = None,
        environment: Mapping[str, str] | None = None,
        team: bool = False,
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="votek-chaos-")
        self.logs = Path(self._temporary.name)
        self.folder = folder or self.logs / "data"
        self.folder.mkdir(exist_ok=True)
        self.database_url = database_url
        self.environment = dict(environment or {})
        self.port = _free_port()
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        if team:
            secrets = self.folder / "secrets.toml"
            secrets.write_text(_ACCOUNTS, "utf-8")
            self.environment["STREAMLIT_SECRETS_FILES"] = str(secrets)
        with self.opened():
            pass  # the tables are in place before a process opens them

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.web, self.worker):
            _end(process)
        self._temporary.cleanup()

    # ------------------------------------------------------------ what is stored

    @property
    def settings(self) -> Settings:
        """The settings that the processes run with."""
        model = self.environment.get("VOTEK_MODEL")
        return Settings(data=self.folder, database_url=self.database_url, **({"model": model} if model else {}))

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        """The same projects in this process, opened afresh: what a killed server left is recovered as usual."""
        space = Workspace.open(self.settings)
        try:
            yield space
        finally:
            space.close()

    def events(self, project: str) -> list[LabelEvent]:
        """The log of a project as it is stored now."""
        with self.opened() as space:
            return space.events(project)

    def make_project(self, texts: Sequence[str], *, queued: int | None = None, name: str = "Chaos") -> str:
        """A project with three labels whose first `queued` texts (default: all) wait to be labelled; gives its id."""
        labels = tuple(LabelSpec(label, label_color(i)) for i, label in enumerate(LABELS))
        with self.opened() as space:
            project = space.create_project(name, task=TaskSpec("single", labels))
            dataset = make_dataset([f"t{i}" for i in range(len(texts))], list(texts), {})
            space.import_dataset(project.id, dataset, role="pool", name="texts.csv")
            rows = range(len(texts) if queued is None else queued)
            if rows:
                space.add_to_queue(project.id, list(rows))
            return project.id

    def add_annotators(self, project: str, count: int) -> list[str]:
        """People who have signed in and may label in the project; gives their ids."""
        with self.opened() as space:
            people = []
            for i in range(count):
                address = f"p{i + 1}@example.org"
                claims = {"iss": "https://example.org", "sub": f"p{i + 1}", "email": address, "email_verified": True}
                people.append(space.sign_in({**claims, "iat": int(time.time())}).id)
                space.invite(project, address, "annotator")
            return people

    def token(self, project: str, person: str) -> str:
        """What the Annotate page hands to the labeler of this person."""
        return mint_token(load_secret(self.settings), project=project, person=person)

    # ------------------------------------------------------------ processes

    @property
    def url(self) -> str:
        """Address of the web server."""
        return f"http://127.0.0.1:{self.port}"

    def start_web(self, *, healthy: bool = True) -> None:
        """Start the web server and wait until it answers; `healthy`: until it also reaches its database."""
        command = ("streamlit", "run", "app.py", "--server.address", "127.0.0.1", "--server.port", str(self.port))
        self.web = self._start(*command, log="web.log")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/api/health", timeout=5):
                    return
            except urllib.error.HTTPError as answer:
                answer.close()
                if not healthy:
                    return
            except OSError:
                pass  # it does not listen yet
            if self.web.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"the web server did not start:\n{(self.logs / 'web.log').read_text()[-3000:]}")

    def start_worker(self) -> None:
        """Start the worker."""
        self.worker = self._start("votek.cli", "worker", log="worker.log")

    def kill_web(self) -> None:
        """End the web server at once, as a crash would."""
        _kill(self.web)

    def kill_worker(self) -> None:
        """End the worker at once, as a crash would."""
        _kill(self.worker)

    def _start(self, *arguments: str, log: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VOTEK_DATA": str(self.folder), **self.environment}
        # A harness that is itself killed leaves nothing behind: the processes end when this one is gone.
        environment |= {"VOTEK_PORT": str(self.port), "VOTEK_PARENT": str(os.getpid())}
        if self.database_url is not None:
            environment["VOTEK_DATABASE_URL"] = self.database_url
        with (self.logs / log).open("ab") as output:
            command = [sys.executable, "-m", *arguments]
            return subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
            )


def _kill(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        raise RuntimeError("the process to be killed had ended already; its log in the data folder says why")
    process.send_signal(signal.SIGKILL)
    process.wait()


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
