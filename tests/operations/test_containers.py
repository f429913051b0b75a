"""The Dockerfile and compose.yaml: well-formed, safe, and every step that they run does run."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.operations.containers import COMPOSE, DOCKERFILE, ROOT, read_compose, read_image
from tests.postgres import programs
from votek.access import load_secret, mint_token
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace

TOOLS = Path(sys.executable).parent
GIVEN = {"DATABASE_PASSWORD": "a-password", "VOTEK_ADMINS": "ada@example.org"}


def run(*command: str | Path, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, **options)


# ------------------------------------------------------------ what they say


def test_the_dockerfile_has_no_fault_that_a_linter_knows() -> None:
    found = run(TOOLS / "hadolint", DOCKERFILE)
    assert (found.returncode, found.stdout) == (0, "")


def test_the_linter_would_say_so(tmp_path: Path) -> None:
    worse = tmp_path / "Dockerfile"
    worse.write_text("FROM python:latest\nRUN cd /tmp && pip install numpy\n")
    assert "DL3007" in run(TOOLS / "hadolint", worse).stdout


def test_compose_is_well_formed() -> None:
    found = run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert found.returncode == 0, found.stdout


def test_a_misspelt_key_is_noticed(tmp_path: Path) -> None:
    worse = tmp_path / "compose.yaml"
    worse.write_text(COMPOSE.read_text("utf-8").replace("healthcheck:", "healthcheque:"), "utf-8")
    found = run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", worse)
    assert found.returncode == 1


def test_images_are_named_by_version() -> None:
    images = [*read_image().all("FROM"), read_compose(**GIVEN)["services"]["database"]["image"]]
    assert [image for image in images if not re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*", image)] == []
    (version,) = re.findall(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert read_compose(**GIVEN)["services"]["web"]["image"] == f"votek:{version}"


def test_nothing_runs_as_root_and_only_this_computer_is_served() -> None:
    image, services = read_image(), read_compose(**GIVEN)["services"]
    names = [name for name, _ in image.steps]
    assert image.all("USER") == ["10001:10001"]
    assert not {"RUN", "COPY", "ADD"} & set(names[names.index("USER") :])
    assert services["web"]["ports"] == ["127.0.0.1:8501:8501"]
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    for name in ("web", "worker"):
        assert services[name]["cap_drop"] == ["ALL"]


def test_no_secret_is_in_the_image_or_the_files() -> None:
    image = read_image()
    assert [name for name in image.environment if re.search("SECRET|PASSWORD|TOKEN|KEY", name)] == []
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored  # all is left out, but for what is named
    assert {line for line in ignored if "secret" in line or "env" in line or "git" in line} == set()
    assert [line for line in COMPOSE.read_text("utf-8").splitlines() if re.search(r"PASSWORD: (?!\$)", line)] == []
    asked = run("git", "check-ignore", ".env", "secrets.toml", ".streamlit/secrets.toml", cwd=ROOT)
    assert asked.stdout.split() == [".env", "secrets.toml", ".streamlit/secrets.toml"]


def test_all_that_is_copied_is_there_and_let_in() -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    sources = [part for rest in read_image().all("COPY") for part in rest.split()[:-1]]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert sorted(sources) == sorted(let_in)


def test_every_module_that_the_program_loads_is_copied() -> None:
    copied = {part.removesuffix(".py") for rest in read_image().all("COPY") for part in rest.split()[:-1]}
    ours = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert ours - {"tests", "benchmarks", "docs"} <= copied


# ------------------------------------------------------------ what they run


def test_every_step_of_the_build_runs(tmp_path: Path) -> None:
    """pip finds everything that is asked for; folders are made for the user; a step of another kind has no test yet."""
    seen = []
    for step in read_image().all("RUN"):
        words = shlex.split(step)
        if words[:2] == ["pip", "install"]:
            # --no-index: of what is installed here. An index that is named besides is not asked.
            done = run(sys.executable, "-m", "pip", *words[1:], "--no-index", "--dry-run", cwd=ROOT)
            assert done.returncode == 0, done.stderr
            assert "Would install" not in done.stdout
            assert "psycopg" in done.stdout
        else:
            assert words[0] == "install"
            mine = {"10001": str(os.getuid() or 10001)}
            folders = [str(tmp_path / word.lstrip("/")) for word in words if word.startswith("/")]
            (tmp_path / "home").mkdir(exist_ok=True)
            done = run(*[mine.get(word, word) for word in words if not word.startswith("/")], *folders)
            assert done.returncode == 0, done.stderr
            assert {Path(folder).stat().st_uid for folder in folders} == {int(mine["10001"])}
        seen.append(words[0])
    assert sorted(seen) == ["install", "pip"]


class Composed:
    """What `docker compose up` starts, as processes of this computer: same commands, arguments and variables.

    Other are only: where the database listens, the port, the folders, and that nobody but this computer is let in.
    """

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.url, self.image = folder, database, read_image()
        self.services = read_compose(**GIVEN)["services"]
        self.database = make_url(database)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        (folder / "data").mkdir()
        (folder / "secrets.toml").write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{self.port}/oauth2callback"\ncookie_secret = "{"c" * 48}"\n'
            'client_id = "votek"\nclient_secret = "of the provider"\n'
            'server_metadata_url = "https://login.example.org/.well-known/openid-configuration"\n'
        )
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, service: str) -> dict[str, str]:
        given = {**self.image.environment, **self.services[service]["environment"]}
        url = make_url(given["VOTEK_DATABASE_URL"])
        assert (url.drivername, url.host, url.port) == ("postgresql+psycopg", "database", 5432)
        assert given["PGPASSWORD"] == GIVEN["DATABASE_PASSWORD"]
        return {
            **given,
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "STREAMLIT_SECRETS_FILES": str(self.folder / "secrets.toml"),
            "VOTEK_DATABASE_URL": self.url,
            "VOTEK_DATA": str(self.folder / "data"),
            "VOTEK_HOST": "127.0.0.1",
            "VOTEK_PORT": str(self.port),
        }

    def command(self, words: list[str]) -> list[str]:
        assert words[0] == "python"
        return [sys.executable, *words[1:]]

    def up(self, service: str) -> None:
        words = self.command(self.image.entrypoint) + self.services[service]["command"]
        with (self.folder / f"{service}.log").open("wb") as log:
            self.running[service] = subprocess.Popen(
                words, cwd=self.folder, env=self.environment(service), stdout=log, stderr=log
            )

    def healthy(self, service: str) -> bool:
        words = self.services[service].get("healthcheck", {}).get("test", ["CMD", *self.image.healthcheck])
        assert words[0] == "CMD"
        if service == "database":
            asked = [programs() / words[1], *words[2:], f"--port={self.database.port}"]
            return run(*asked).returncode == 0
        return run(*self.command(words[1:]), cwd=self.folder, env=self.environment(service)).returncode == 0

    def until_healthy(self, service: str) -> None:
        deadline = time.monotonic() + 90
        while not self.healthy(service):
            if service in self.running:
                assert self.running[service].poll() is None, self.log(service)
            assert time.monotonic() < deadline, self.log(service)

    def once(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`docker compose run web WORDS`."""
        return run(*self.command(self.image.entrypoint), *words, cwd=self.folder, env=self.environment("web"))

    def log(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text("utf-8")

    def down(self) -> dict[str, int]:
        for process in self.running.values():
            process.terminate()
        return {
            name: process.wait(int(self.services[name]["stop_grace_period"][:-1]))
            for name, process in self.running.items()
        }

    def ask(self, path: str, body: object = None, *, token: str = "") -> tuple[int, dict]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture
def composed(tmp_path: Path, postgres) -> Iterator[Composed]:
    made = Composed(tmp_path, postgres.url())
    yield made
    for process in made.running.values():
        if process.poll() is None:
            process.kill()
            process.wait()


def test_what_compose_starts_becomes_healthy_and_takes_a_label(composed: Composed) -> None:
    services = composed.services
    assert services["web"]["command"] == composed.image.command
    assert set(services) == {"web", "worker", "database"}
    assert not composed.healthy("web")
    composed.until_healthy("database")
    for name in ("web", "worker"):  # in the order of depends_on
        assert set(services[name]["depends_on"]) <= {"database", *composed.running}
        composed.up(name)
        composed.until_healthy(name)
    status, ready = composed.ask("/api/ready")
    assert (status, ready["status"], ready["workers"]["alive"]) == (200, "ready", 1)
    assert composed.once("status", "--json").returncode == 0

    settings = Settings(data=composed.folder / "data", database_url=composed.url)
    space = Workspace.open(settings)
    ada = space.sign_in(
        {
            "iss": "https://login.example.org",
            "sub": "1",
            "email": "ada@example.org",
            "email_verified": True,
            "iat": int(dt.datetime.now(dt.UTC).timestamp()),
        }
    )
    project = space.create_project("Team", task=TaskSpec("single", (LabelSpec("alpha", "#0072B2"),)))
    space.import_dataset(project.id, make_dataset(["t0", "t1"], ["one", "two"], {}), role="pool", name="f")
    space.invite(project.id, "ada@example.org", "annotator")
    space.add_to_queue(project.id, [0, 1])
    project = space.project(project.id)
    token = mint_token(load_secret(settings), project=project.id, person=ada.id)
    item = composed.ask("/api/queue", token=token)[1]["items"][0]["id"]
    event = {
        "event_id": uuid.uuid4().hex,
        "item": item,
        "kind": "label",
        "value": "alpha",
        "task_version": project.task.version,
        "guideline_version": project.guidelines_version,
    }
    status, answer = composed.ask("/api/labels", {"token": token, "events": [event]})
    assert (status, answer["rejected"]) == (200, []), answer
    assert [(stored.item, stored.who) for stored in space.events(project.id)] == [(item, ada.id)]
    space.close()
    archive = composed.folder / "backup.zip"
    kept = composed.once("backup", str(archive), "--json")
    assert kept.returncode == 0, kept.stderr
    assert archive.stat().st_size > 1000
    assert "Stop them first" in composed.once("restore", str(archive), "--replace").stderr.replace("all of ", "")
    assert composed.down() == {"web": 0, "worker": 0}
    assert not composed.healthy("web")
    back = composed.once("restore", str(archive), "--replace")
    assert back.returncode == 0, back.stderr
    lines = [json.loads(line) for line in composed.log("web").splitlines() if line.startswith("{")]
    assert any(line.get("person") == ada.id for line in lines)
