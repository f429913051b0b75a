"""The routes take labels from those who may give them, say what was wrong with the rest, and never guess."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.routes import MAX_BODY, routes, signing_key
from votek.access import mint_token
from votek.datasets import read_dataset
from votek.datatypes import LOCAL, LabelSpec, Project, TaskSpec
from votek.errors import StorageError
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    made = Workspace.open(Settings(data=tmp_path / "data"))
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
def token(space: Workspace, project: Project) -> str:
    return mint_token(signing_key(space), project=project.id, person=LOCAL.id)


def event(item: str = "t0", value: Any = "alpha", kind: str = "label", **changes: Any) -> dict[str, Any]:
    made = {"event_id": uuid.uuid4().hex, "item": item, "kind": kind, "value": value}
    return {**made, "task_version": 1, "guideline_version": 1, **changes}


@pytest.fixture
def versions(project: Project) -> dict[str, int]:
    return {"task_version": project.task.version, "guideline_version": project.guidelines_version}


def send(client: TestClient, token: Any, *events: Any) -> Any:
    return client.post("/api/labels", json={"token": token, "events": list(events)})


def test_labels_are_stored_in_order_under_the_name_in_the_token(client, space, project, token, versions) -> None:
    first, second = event("t0", "alpha", **versions), event("t1", "beta", **versions)
    answer = send(client, token, first, second)
    assert answer.status_code == 200
    acknowledged = answer.json()["acknowledged"]
    assert [ack["event_id"] for ack in acknowledged] == [first["event_id"], second["event_id"]]
    assert acknowledged[0]["sequence"] < acknowledged[1]["sequence"]
    assert answer.json()["rejected"] == []
    stored = space.events(project.id)
    assert [(e.item, e.value, e.who, e.source) for e in stored] == [
        ("t0", "alpha", "local", "browser"),
        ("t1", "beta", "local", "browser"),
    ]


def test_the_same_batch_twice_counts_once(client, space, project, token, versions) -> None:
    one = event(**versions)
    first = send(client, token, one).json()["acknowledged"]
    assert send(client, token, one, one).json()["acknowledged"] == first * 2
    assert len(space.events(project.id)) == 1


def test_batches_from_many_threads_are_each_stored_once(client, space, project, token, versions) -> None:
    events = [event(f"t{i % 6}", **versions) for i in range(24)]
    senders = [threading.Thread(target=send, args=(client, token, e, e)) for e in events for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    stored = [e.event_id for e in space.events(project.id)]
    assert sorted(stored) == sorted(e["event_id"] for e in events)


def test_what_makes_no_sense_is_rejected_by_reason_and_the_rest_is_kept(client, token, versions) -> None:
    good, label, item = event(**versions), event(value="gamma", **versions), event("nowhere", **versions)
    answer = send(client, token, label, good, item).json()
    assert [ack["event_id"] for ack in answer["acknowledged"]] == [good["event_id"]]
    reasons = {entry["event_id"]: entry["reason"] for entry in answer["rejected"]}
    assert "not one of the labels" in reasons[label["event_id"]]
    assert "no text with the id" in reasons[item["event_id"]]


@pytest.mark.parametrize("given", [None, "", 7, "nonsense", "a.b.c"])
def test_without_a_token_nothing_is_stored_or_shown(client, space, project, given, versions) -> None:
    answer = send(client, given, event(**versions))
    assert answer.status_code == 401
    assert "Annotate page" in answer.json()["reason"]
    headers = {"Authorization": f"Bearer {given}"} if given is not None else {}
    assert client.get("/api/queue", headers=headers).status_code == 401
    assert space.events(project.id) == []


def test_an_expired_or_foreign_token_is_refused(client, space, project, versions) -> None:
    expired = mint_token(signing_key(space), project=project.id, person=LOCAL.id, seconds=-1)
    foreign = mint_token("x" * 40, project=project.id, person=LOCAL.id)
    for token in (expired, foreign):
        assert send(client, token, event(**versions)).status_code == 401


def test_a_token_opens_its_own_project_only(client, space, project, token, versions) -> None:
    other = space.create_project("Other")
    assert send(client, mint_token(signing_key(space), project=other.id, person=LOCAL.id), event(**versions)).json()[
        "rejected"
    ]
    assert space.events(project.id) == []
    assert send(client, mint_token(signing_key(space), project="gone", person=LOCAL.id), event()).status_code == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_body_that_is_not_json(client, body: bytes, words: str) -> None:
    answer = client.post("/api/labels", content=body)
    assert answer.status_code == 400
    assert words in answer.json()["reason"]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "at least one event"),
        ("text", "at least one event"),
        (None, "at least one event"),
        ([3], "Event 0 is not an object"),
        ([event(event_id=3)], "'event_id' must be a string"),
        ([event(event_id="\ud800")], "plain ASCII"),
        ([event(item=None)], "'item' must be a string"),
        ([event(task_version="1")], "'task_version' must be a whole number"),
        ([event(guideline_version=True)], "'guideline_version' must be a whole number"),
        ([event()] * 501, "501 events"),
    ],
)
def test_a_batch_of_another_shape_is_named(client, token, events, words: str) -> None:
    answer = client.post("/api/labels", content=json.dumps({"token": token, "events": events}))
    assert answer.status_code == 400
    assert words in answer.json()["reason"]


@pytest.mark.parametrize(
    "changes",
    [
        {"item": "\ud800"},
        {"item": "t0\0"},
        {"kind": "delete everything"},
        {"event_id": ""},
        {"event_id": "x" * 101},
        {"value": {"a": [1]}},
        {"value": "\ud83d"},
        {"value": float("nan")},
        {"task_version": 10**30},
        {"kind": "undo", "value": {"event": "'; DROP TABLE label_events; --"}},
        {"kind": "undo", "value": {"event": {"nested": 1}}},
        {"kind": "flag", "value": 1},
        {"kind": "comment", "value": "x" * 20_000},
    ],
)
def test_hostile_values_are_rejected_and_leave_no_trace(client, space, project, token, versions, changes) -> None:
    answer = client.post(
        "/api/labels", content=json.dumps({"token": token, "events": [{**event(**versions), **changes}]})
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged"] == []
    assert len(answer.json()["rejected"]) == 1
    assert space.events(project.id) == []


def test_the_source_cannot_be_chosen_by_the_browser(client, space, project, token, versions) -> None:
    send(client, token, event(source="import", who="eve", **versions))
    assert [(e.who, e.source) for e in space.events(project.id)] == [("local", "browser")]


def test_a_body_that_is_too_large_is_given_up(client, token) -> None:
    answer = client.post("/api/labels", content=b" " * (MAX_BODY + 1))
    assert answer.status_code == 413
    assert "Send fewer" in answer.json()["reason"]

    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BODY // 100_000 + 50):
            yield b" " * 100_000

    assert client.post("/api/labels", content=endless()).status_code == 413


def test_the_queue_is_what_the_labeler_draws(client, space, project, token, versions) -> None:
    send(client, token, event("t1", "beta", **versions), event("t1", True, "flag", **versions))
    answer = client.get("/api/queue", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    state = answer.json()
    assert [(i["id"], i["state"], i["value"], i["flagged"]) for i in state["items"]] == [
        ("t0", "todo", None, False),
        ("t1", "labelled", "beta", True),
        ("t2", "todo", None, False),
    ]
    assert (state["done"], state["total"], state["cursor"]) == (1, 3, "t0")
    assert [label["name"] for label in state["task"]["labels"]] == ["alpha", "beta"]


def test_the_history_says_what_each_undo_brings_back(client, space, project, token, versions) -> None:
    done = [
        event("t0", "alpha", **versions),
        event("t0", "beta", **versions),
        event("t0", None, "skip", **versions),
        event("t0", True, "flag", **versions),
        event("t0", "why", "comment", **versions),
    ]
    send(client, token, *done)
    space.record_events(project.id, "eve", [NewEvent("by-eve", "t1", "label", "alpha", **versions)])
    history = client.get("/api/queue", headers={"Authorization": f"Bearer {token}"}).json()["history"]
    assert [step["event"] for step in history] == [e["event_id"] for e in reversed(done)]
    assert [step["before"] for step in history] == [
        {"comment": ""},
        {"flagged": False},
        {"state": "labelled", "value": "beta"},
        {"state": "labelled", "value": "alpha"},
        {"state": "todo", "value": None},
    ]
    undo = event("t0", {"event": done[2]["event_id"]}, "undo", **versions)
    assert send(client, token, undo).json()["rejected"] == []
    assert space.labels(project.id)["t0"].value == "beta"
    foreign = event("t1", {"event": "by-eve"}, "undo", **versions)
    assert send(client, token, foreign).json()["rejected"]


def test_a_database_that_cannot_be_used_is_said() -> None:
    def broken() -> Workspace:
        raise StorageError("The database cannot be read. Make the folder readable.")

    with TestClient(Starlette(routes=routes(broken))) as client:
        answer = send(client, "token", event())
        assert answer.status_code == 503
        assert "Make the folder readable" in answer.json()["reason"]


def test_only_the_right_method_is_taken(client) -> None:
    assert client.get("/api/labels").status_code == 405
    assert client.post("/api/queue").status_code == 405


@pytest.fixture
def team(tmp_path: Path, space: Workspace, project: Project) -> Iterator[tuple[TestClient, str, str]]:
    """The same project where people sign in: a client, the token of an annotator, and who that is."""
    signed = Workspace.open(space.settings, accounts=True)
    claims = {"iss": "https://id", "sub": "ann", "email": "ann@example.org", "email_verified": True, "iat": 1}
    person = signed.sign_in(claims)
    signed.invite(project.id, "ann@example.org", "annotator")
    with TestClient(Starlette(routes=routes(lambda: signed))) as client:
        yield client, mint_token(signing_key(signed), project=project.id, person=person.id), person.id
    signed.close()


def test_labels_of_a_team_are_answered_with_what_to_do_next(team, versions) -> None:
    client, token, _ = team
    queue = client.get("/api/queue", headers={"Authorization": f"Bearer {token}"}).json()
    assert queue["team"]
    assert [item["id"] for item in queue["items"]] == ["t0", "t1"]
    answer = send(client, token, event("t0", **versions)).json()
    assert len(answer["acknowledged"]) == 1
    assert [item["id"] for item in answer["hand"]["items"]] == ["t1", "t2"]
    assert (answer["hand"]["left"], answer["hand"]["waiting"]) == (0, 0)
    (refused,) = send(client, token, event("t5", **versions)).json()["rejected"]
    assert "not handed to you" in refused["reason"]


def test_whoever_settles_is_not_given_texts_by_it(team, space, project, versions) -> None:
    client, _, person = team
    space.set_role(project.id, "ann@example.org", "reviewer")
    token = mint_token(signing_key(space), project=project.id, person=person)
    ruling = event("t0", kind="adjudicate", value={"label": "alpha", "why": ""}, **versions)
    answer = client.post("/api/labels", json={"token": token, "hand": False, "events": [ruling]}).json()
    assert [len(answer["acknowledged"]), answer["rejected"], "hand" in answer] == [1, [], False]


def test_asking_for_work_and_leaving_need_a_token(team, space, project) -> None:
    client, token, _ = team
    assert [item["id"] for item in client.post("/api/hand", json={"token": token}).json()["items"]] == ["t0", "t1"]
    assert client.post("/api/leave", content=json.dumps({"token": token})).json() == {}
    for path in ("/api/hand", "/api/leave"):
        assert client.post(path, json={"token": "made up"}).status_code == 401
        assert client.post(path, content="no json").status_code == 400
    own = mint_token(signing_key(space), project=project.id, person=LOCAL.id)
    assert client.post("/api/hand", json={"token": own}).status_code == 401


def test_without_accounts_there_is_nothing_to_hand_out(client, token) -> None:
    assert client.post("/api/hand", json={"token": token}).json() == {"items": [], "left": 0, "waiting": 0}
    assert "hand" not in send(client, token, event()).json()
