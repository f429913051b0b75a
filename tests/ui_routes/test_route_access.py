"""A token is worth what its person may do now: no more than the role, no longer than the session and the key."""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.routes import routes, signing_key
from votek.access import mint_token, rotate_key
from votek.datasets import read_dataset
from votek.datatypes import LOCAL, LabelSpec, Person, Project, Role, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.open(Settings(data=tmp_path / "data"), accounts=True)
    yield made
    made.close()


@pytest.fixture
def project(space: Workspace, tmp_path: Path) -> Project:
    file = tmp_path / "texts.jsonl"
    file.write_text("\n".join(json.dumps({"id": f"t{i}", "text": f"text {i}"}) for i in range(6)))
    project = space.create_project("Routes")
    space.import_dataset(project.id, read_dataset(file, id="id"), role="pool", name="texts.jsonl")
    labels = (LabelSpec("alpha", "#0072B2"), LabelSpec("beta", "#E69F00"))
    space.set_task(project.id, TaskSpec(type="single", labels=labels))
    space.add_to_queue(project.id, [0, 1, 2])
    return space.project(project.id)


@pytest.fixture
def client(space: Workspace) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(lambda: space))) as made:
        yield made


@pytest.fixture
def member(space: Workspace) -> Callable[..., Person]:
    """`member(project, name, role="annotator")`: somebody who signed in just now and has a role in the project."""

    def made(project: Project, name: str, role: Role = "annotator") -> Person:
        space.invite(project.id, f"{name}@example.org", role)
        claims = {"iss": "https://id", "sub": name, "email": f"{name}@example.org", "email_verified": True}
        return space.sign_in({**claims, "iat": int(time.time())})

    return made


@pytest.fixture
def ada(member: Callable[..., Person], project: Project) -> Person:
    return member(project, "ada")


@pytest.fixture
def token(space: Workspace, project: Project, ada: Person) -> str:
    return mint_token(signing_key(space), project=project.id, person=ada.id)


def event(item: str = "t0", value: Any = "alpha", kind: str = "label", **changes: Any) -> dict[str, Any]:
    made = {"event_id": uuid.uuid4().hex, "item": item, "kind": kind, "value": value}
    return {**made, "task_version": 1, "guideline_version": 1, **changes}


@pytest.fixture
def versions(project: Project) -> dict[str, int]:
    return {"task_version": project.task.version, "guideline_version": project.guidelines_version}


def send(client: TestClient, token: Any, *events: Any) -> Any:
    return client.post("/api/labels", json={"token": token, "events": list(events)})


def queue(client: TestClient, token: str) -> Any:
    return client.get("/api/queue", headers={"Authorization": f"Bearer {token}"})


def test_a_token_opens_its_own_project_only(client, space, project, ada, member, versions) -> None:
    other = space.create_project("Other")
    for elsewhere in (other.id, "gone"):
        for_other = mint_token(signing_key(space), project=elsewhere, person=ada.id)
        assert send(client, for_other, event(**versions)).status_code == 401
        assert queue(client, for_other).status_code == 401
    member(other, "eve")
    space.invite(other.id, "ada@example.org", "owner")
    for_other = mint_token(signing_key(space), project=other.id, person=ada.id)
    assert send(client, for_other, event(**versions)).json()["rejected"]
    assert space.events(project.id) == []


def test_a_token_of_somebody_without_a_role_is_worth_nothing(client, space, project, member, versions) -> None:
    eve = space.sign_in(
        {"iss": "https://id", "sub": "eve", "email": "eve@example.org", "email_verified": True, "iat": 1e9}
    )
    for person in (eve.id, "never-signed-in"):
        token = mint_token(signing_key(space), project=project.id, person=person)
        assert send(client, token, event(**versions)).status_code == 401
    assert space.events(project.id) == []


def test_a_token_ends_with_the_role(client, space, project, member, versions) -> None:
    member(project, "own", "owner")
    ada = member(project, "ada", "reviewer")
    token = mint_token(signing_key(space), project=project.id, person=ada.id)
    assert send(client, token, event(**versions)).status_code == 200
    space.set_role(project.id, "ada@example.org", "annotator")
    ruling = event(value={"label": "alpha", "why": "clear"}, kind="adjudicate", **versions)
    answer = send(client, token, ruling)
    assert answer.status_code == 401
    assert "needs the role reviewer" in answer.json()["reason"]
    assert queue(client, token).status_code == 200
    space.remove_member(project.id, "ada@example.org")
    answer = send(client, token, event("t1", **versions))
    assert answer.status_code == 401
    assert "no role in this project" in answer.json()["reason"]
    assert queue(client, token).status_code == 401


def test_who_settles_no_more_takes_no_ruling_back(client, space, project, member, versions) -> None:
    member(project, "own", "owner")
    ada = member(project, "ada", "reviewer")
    token = mint_token(signing_key(space), project=project.id, person=ada.id)
    ruling = event(value={"label": "alpha", "why": "clear"}, kind="adjudicate", **versions)
    assert len(send(client, token, ruling).json()["acknowledged"]) == 1
    space.set_role(project.id, "ada@example.org", "annotator")
    undo = event(value={"event": ruling["event_id"]}, kind="undo", **versions)
    assert send(client, token, undo).status_code == 401
    space.set_role(project.id, "ada@example.org", "reviewer")
    assert len(send(client, token, undo).json()["acknowledged"]) == 1


@pytest.mark.parametrize("target", ["\ud800", "\0", 7, None, {"nested": 1}, "x" * 10_000])
def test_an_undo_of_nonsense_is_rejected(client, space, project, token, versions, target) -> None:
    odd = event(value={"event": target}, kind="undo", **versions)
    answer = client.post("/api/labels", content=json.dumps({"token": token, "events": [odd]}))
    assert answer.status_code == 200
    assert len(answer.json()["rejected"]) == 1


def test_a_token_ends_with_the_session(client, space, project, ada, token, versions) -> None:
    old = dt.datetime.now(dt.UTC) - dt.timedelta(hours=space.settings.session_hours, minutes=1)
    aged = mint_token(signing_key(space), project=project.id, person=ada.id, since=old)
    assert send(client, aged, event(**versions)).status_code == 401
    began = dt.datetime.fromtimestamp(int(time.time()), dt.UTC) - dt.timedelta(seconds=1)
    running = mint_token(signing_key(space), project=project.id, person=ada.id, since=began)
    assert send(client, running, event(**versions)).status_code == 200
    space.sign_out(ada)
    answer = send(client, running, event("t1", **versions))
    assert answer.status_code == 401
    assert "session has ended" in answer.json()["reason"]


def test_a_new_key_does_not_interrupt_those_who_label(client, space, project, token, versions) -> None:
    rotate_key(space.settings)
    assert send(client, token, event(**versions)).status_code == 200
    rotate_key(space.settings, keep=False)
    assert send(client, token, event("t1", **versions)).status_code == 401


def test_a_token_from_before_accounts_were_turned_on_is_worth_nothing(client, space, project, versions) -> None:
    token = mint_token(signing_key(space), project=project.id, person=LOCAL.id)
    assert send(client, token, event(**versions)).status_code == 401
    space.accounts = False
    assert send(client, token, event(**versions)).status_code == 200
