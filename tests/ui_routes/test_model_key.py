"""A key goes from the page's memory to the worker, and lies nowhere else."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.scoring.language_model import build_language_model
from tests.scoring.server import MODEL, serve
from ui.model_keys import forget_key, give_key, has_key
from ui.routes import routes, signing_key
from votek.access import mint_token
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.models import key_from_web
from votek.scoring import ModelSettings
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

ROOT = Path(__file__).resolve().parents[2]
SECRET = "sk-never-on-a-disk-4711"


@pytest.fixture
def space(tmp_path, monkeypatch):
    """A project of twelve texts, two of them labelled."""
    for name in ("VOTEK_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    opened = Workspace.open(Settings(data=tmp_path / "data", model="votek-hash"))
    task = TaskSpec("single", (LabelSpec("delivery_status", "#0072B2"), LabelSpec("return_refund", "#E69F00")))
    project = opened.create_project("Keys", task=task)
    texts = [f"text number {at} about {'parcels' if at % 2 else 'money'}" for at in range(12)]
    opened.import_dataset(project.id, make_dataset([f"t{at}" for at in range(12)], texts, {}), role="pool", name="t")
    opened.add_to_queue(project.id, [0, 1])
    events = [
        NewEvent(f"e{at}", f"t{at}", "label", label, 1, opened.project(project.id).guidelines_version, "browser")
        for at, label in enumerate(["return_refund", "delivery_status"])
    ]
    assert all(ack.accepted for ack in opened.record_events(project.id, "ada", events))
    yield opened
    opened.close()


@pytest.fixture
def project(space):
    """The id of the one project."""
    return space.projects()[0].project.id


@pytest.fixture
def client(space):
    """The routes, called from this machine."""
    with TestClient(Starlette(routes=routes(lambda: space)), client=("127.0.0.1", 5)) as made:
        yield made


def remote(url="http://127.0.0.1:9/v1", **given):
    """Settings of an endpoint."""
    return ModelSettings("openai", MODEL, url, **given)


def ask(client, token, url="http://127.0.0.1:9/v1"):
    """The route's answer."""
    return client.post("/api/model-key", json={"url": url}, headers={"Authorization": f"Bearer {token}"})


def test_the_worker_gets_the_key_of_its_project_and_endpoint_alone(client, space, project):
    give_key(project, remote(), SECRET)
    token = mint_token(signing_key(space), project=project, person="worker", purpose="keys")
    assert ask(client, token).json() == {"key": SECRET}
    assert ask(client, token).headers["cache-control"] == "no-store"
    assert ask(client, token, "http://elsewhere.example/v1").status_code == 404
    other = mint_token(signing_key(space), project="another", person="worker", purpose="keys")
    assert ask(client, other).status_code == 404
    forget_key(project, remote())
    assert not has_key(project, remote())
    assert ask(client, token).status_code == 404


def test_the_labelers_token_is_worth_nothing_here_nor_this_one_there(client, space, project):
    give_key(project, remote(), SECRET)
    labels = mint_token(signing_key(space), project=project, person="ada")
    assert ask(client, labels).status_code == 401
    assert ask(client, "").status_code == 401
    assert ask(client, mint_token("x" * 32, project=project, person="worker", purpose="keys")).status_code == 401
    keys = mint_token(signing_key(space), project=project, person="worker", purpose="keys")
    assert client.get("/api/queue", headers={"Authorization": f"Bearer {keys}"}).status_code == 401


def test_another_machine_gets_nothing(space, project):
    give_key(project, remote(), SECRET)
    token = mint_token(signing_key(space), project=project, person="worker", purpose="keys")
    with TestClient(Starlette(routes=routes(lambda: space)), client=("192.0.2.7", 5)) as far:
        answer = ask(far, token)
    assert answer.status_code == 403
    assert SECRET not in answer.text


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"url": 5}', b'{"url": "x"}', b"x" * 5000])
def test_bodies_that_make_no_sense_get_nothing(client, space, project, body):
    give_key(project, remote(), SECRET)
    token = mint_token(signing_key(space), project=project, person="worker", purpose="keys")
    answer = client.post("/api/model-key", content=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (400, 404, 413)
    assert SECRET not in answer.text


def test_without_a_web_process_there_is_no_key(space, project):
    settings = space.settings.model_copy(update={"port": 9})
    assert key_from_web(settings, project, remote()) is None


@contextlib.contextmanager
def web(space):
    """The routes on a port of their own."""
    app = Starlette(routes=routes(lambda: space))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


@contextlib.contextmanager
def worker(space, port):
    """A worker in a process of its own, as the app starts it."""
    folder = space.settings.data
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VOTEK_DATA": str(folder), "VOTEK_PORT": str(port)}
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "votek.cli", "worker"],
            cwd=ROOT,
            env={**environment, "VOTEK_MODEL": "votek-hash"},
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def trial(space, project, model):
    """What "Try it" shows."""
    job = space.request_analysis(project, "model-trial", {"model": model.as_json(), "at": time.time()})
    deadline = time.monotonic() + 120
    while (found := next(one for one in space.jobs(project) if one.id == job.id)).state in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert found.state == "done", found.message
    return space.analysis(project, "model-trial")[1]


def test_a_worker_uses_the_key_and_no_file_holds_it(space, project, tmp_path):
    folder = build_language_model(tmp_path / "model")
    with serve(folder, key=SECRET) as server, web(space) as port, worker(space, port):
        model = remote(server.url)
        space.save_model_settings(project, model)
        refused = trial(space, project, model)
        assert "Give the key again" in refused["error"]
        give_key(project, model, SECRET)
        answered = trial(space, project, model)
        assert "error" not in answered
        assert answered["prediction"] in ("delivery_status", "return_refund")
        assert set(answered["label_scores"]) == {"delivery_status", "return_refund"}
        assert (answered["requests"], answered["kept"], answered["calls"]) == (10, 0, 10)
        assert server.calls[-1]["key"] == f"Bearer {SECRET}"
        give_key(project, model, "sk-another-wrong-one-0815")
        wrong = trial(space, project, model)
        assert "refused the key" in wrong["error"]
    space.close()
    files = [path for path in space.settings.data.rglob("*") if path.is_file()]
    assert any(path.name == "votek.db" for path in files)
    for path in files:
        content = path.read_bytes()
        for secret in (SECRET, "sk-another-wrong-one-0815"):
            assert secret.encode() not in content, path


def test_model_settings_are_kept_as_versions_and_never_hold_a_key(space, project):
    assert space.model_settings(project) == ModelSettings()
    space.save_model_settings(project, remote(scoring="sum"))
    assert space.model_settings(project) == remote(scoring="sum")
    space.save_model_settings(project, ModelSettings())
    assert space.model_settings(project) == ModelSettings()
    assert space.project(project).name == "Keys"
    assert "key" not in " ".join(ModelSettings().as_json())
