"""Alive, ready and how much: what load balancers and those on duty ask, and what strangers do not get."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui import health
from ui.operations import ID, closed, operations
from ui.routes import routes, signing_key
from votek.access import mint_token
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, Project, TaskSpec
from votek.errors import StorageError
from votek.jobs.heartbeat import Heartbeat
from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LOOK_SECONDS", 0.0)


@pytest.fixture
def space(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.open(Settings(data=tmp_path / "data", database_url=database_url))
    yield made
    made.close()


@pytest.fixture
def project(space: Workspace) -> Project:
    task = TaskSpec(type="single", labels=(LabelSpec("alpha", "#0072B2"), LabelSpec("beta", "#E69F00")))
    project = space.create_project("Health", task=task)
    space.import_dataset(project.id, make_dataset(["t0", "t1"], ["one", "two"], {}), role="pool", name="f")
    space.add_to_queue(project.id, [0, 1])
    return space.project(project.id)


def app(open_workspace: Callable[[], Workspace]) -> Starlette:
    served = routes(open_workspace)
    return Starlette(routes=served, middleware=[*operations(served), *closed()])


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(app(lambda: space), client=("127.0.0.1", 5)) as made:
        yield made


def broken() -> Workspace:
    raise StorageError("The database postgresql://ada@db.internal/votek cannot be used: refused.")


def test_alive_needs_no_database() -> None:
    with TestClient(app(broken)) as client:
        answer = client.get("/api/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_with_a_worker_seen(client: TestClient, space: Workspace) -> None:
    nobody = client.get("/api/ready")
    assert nobody.status_code == 200
    assert nobody.json() == {
        "status": "ready",
        "checks": {"database": "ok", "migrations": "ok", "data folder": "ok"},
        "workers": {"alive": 0, "last_seen_seconds": None},
    }
    with Heartbeat(space.store, "host:12:ab"):
        workers = client.get("/api/ready").json()["workers"]
        assert workers["alive"] == 1
        assert 0 <= workers["last_seen_seconds"] < 20
    assert client.get("/api/ready").json()["workers"]["alive"] == 0


def test_a_worker_that_was_killed_is_not_alive_for_long(client: TestClient, space: Workspace) -> None:
    folder = space.settings.data / "workers"
    folder.mkdir()
    (folder / "gone.json").write_text(json.dumps({"name": "gone", "seen": time.time() - 100}))
    (folder / "half.json").write_text("{")
    workers = client.get("/api/ready").json()["workers"]
    assert workers["alive"] == 0
    assert 99 < workers["last_seen_seconds"] < 130


def test_not_ready_without_the_database_and_says_no_address() -> None:
    with TestClient(app(broken)) as client:
        answer = client.get("/api/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {"database": "cannot be reached or used"}
        assert "internal" not in answer.text


def test_not_ready_when_the_tables_are_of_another_version(client: TestClient, space: Workspace) -> None:
    with space.store.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    answer = client.get("/api/ready")
    assert answer.status_code == 503
    assert "not at the version" in answer.json()["checks"]["migrations"]


def test_not_ready_when_the_folder_cannot_be_written(
    client: TestClient, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:  # who runs as root may write anywhere
        if path.name.startswith(".ready-"):
            raise OSError(28, os.strerror(28))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    answer = client.get("/api/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "data folder": "cannot be written"}
    assert list(space.settings.data.glob(".ready-*")) == []


def test_the_database_is_looked_at_once_a_second_however_often_one_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LOOK_SECONDS", 60.0)
    opened = []

    def count() -> Workspace:
        opened.append(1)
        return broken()

    with TestClient(app(count)) as client:
        for _ in range(20):
            client.get("/api/ready")
    assert len(opened) == 1


# ------------------------------------------------------------ figures


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("VOTEK_METRICS_TOKEN", "a-token-for-the-figures")
    return {"Authorization": "Bearer a-token-for-the-figures"}


def figures(client: TestClient, headers: dict[str, str]) -> dict[tuple[str, ...], float]:
    answer = client.get("/api/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def send(client: TestClient, space: Workspace, project: Project, *values: str) -> Any:
    token = mint_token(signing_key(space), project=project.id, person="local")
    versions = {"task_version": project.task.version, "guideline_version": project.guidelines_version}
    events = [
        {"event_id": uuid.uuid4().hex, "item": "t0", "kind": "label", "value": value, **versions} for value in values
    ]
    return client.post("/api/labels", json={"token": token, "events": events})


def test_figures_say_what_happened(
    client: TestClient, space: Workspace, project: Project, token: dict[str, str]
) -> None:
    before = figures(client, token)
    assert before["votek_up",] == 1
    answer = send(client, space, project, "alpha", "beta", "no such label").json()
    assert (len(answer["acknowledged"]), len(answer["rejected"])) == (2, 1), answer
    space.request_preparation(project.id)
    with Heartbeat(space.store, "host:12:ab"):
        after = figures(client, token)

    def grown(*key: str) -> float:
        return after[key] - before.get(key, 0.0)

    assert grown("votek_label_events_total", "accepted") == 2
    assert grown("votek_label_events_total", "rejected") == 1
    assert grown("votek_request_seconds_count", "POST", "/api/labels", "200") == 1
    assert after["votek_jobs", "queued"] == 1
    assert after["votek_jobs", "failed"] == 0
    assert 0 <= after["votek_job_oldest_waiting_seconds",] < 60
    assert after["votek_workers",] == 1
    assert after["votek_worker_heartbeat_age_seconds", "host:12:ab"] < 60


def test_figures_count_refusals_of_the_database(
    client: TestClient, space: Workspace, project: Project, token: dict[str, str]
) -> None:
    before = figures(client, token)
    with space.store.database.engine.connect() as connection:
        refused = {
            "sqlite": "SELECT load_extension('nowhere')",
            "postgresql": "SET statement_timeout = 1; SELECT pg_sleep(1)",
        }
        with pytest.raises(sa.exc.OperationalError):
            connection.exec_driver_sql(refused[connection.dialect.name])
        connection.rollback()
    assert figures(client, token)["votek_database_errors_total",] == before["votek_database_errors_total",] + 1


def test_a_database_that_is_away_is_a_figure_too(token: dict[str, str]) -> None:
    with TestClient(app(broken)) as client:
        assert figures(client, token)["votek_up",] == 0


def test_no_name_label_or_text_is_in_the_figures(
    client: TestClient, space: Workspace, project: Project, token: dict[str, str]
) -> None:
    send(client, space, project, "alpha")
    client.get("/api/queue?project=planted-in-the-query")
    client.get("/planted-in-the-path")
    text = client.get("/api/metrics", headers=token).text
    assert not [word for word in ("alpha", "planted", "Health", project.id, "local") if word in text]


def test_figures_are_off_unless_asked_for(client: TestClient) -> None:
    assert client.get("/api/metrics").status_code == 404


def test_without_the_token_nobody_gets_them(client: TestClient, token: dict[str, str]) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": token["Authorization"][7:]}):
        assert client.get("/api/metrics", headers=headers).status_code == 401
    assert client.get("/api/metrics", params={"token": "a-token-for-the-figures"}).status_code == 401


def test_without_a_token_only_this_computer_gets_them(
    client: TestClient, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOTEK_METRICS", "1")
    assert client.get("/api/metrics").status_code == 200
    assert client.get("/api/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 401
    with TestClient(app(lambda: space), client=("192.0.2.1", 5)) as stranger:
        assert stranger.get("/api/metrics").status_code == 401


def test_with_accounts_a_token_is_needed(client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        '[auth]\nredirect_uri = "http://x/oauth2callback"\ncookie_secret = "' + "c" * 40 + '"\nclient_id = "a"\n'
        'client_secret = "b"\nserver_metadata_url = "https://x/.well-known/openid-configuration"\n'
    )
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    monkeypatch.setenv("VOTEK_METRICS", "1")
    assert client.get("/api/metrics").status_code == 404


# ------------------------------------------------------------ around every request


def test_every_answer_has_an_id_of_the_caller_or_a_new_one(client: TestClient) -> None:
    assert client.get("/api/health", headers={ID: "from-the-proxy.1"}).headers[ID] == "from-the-proxy.1"
    made = [client.get("/api/health", headers={ID: bad}).headers[ID] for bad in ("", "a b", "x" * 65, "=;<")]
    assert len(set(made)) == 4
    assert all(len(one) == 32 for one in made)


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/base/_stcore/metrics"])
def test_the_web_frameworks_own_figures_are_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get(path).json() == {"reason": "Not here."}
