"""One annotator can neither read nor change another's work: not by id, not by token, not by project."""

import json
import time
import uuid

import pytest
from itsdangerous import URLSafeSerializer
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.routes import routes, signing_key
from votek.access import mint_token
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.errors import AccessError, NotFoundError, VotekError
from votek.settings import Settings
from votek.workspace import Workspace

SECRET_LABEL, SECRET_WORDS = "beta", "nobody but me shall read this"


@pytest.fixture
def space(tmp_path):
    """A workspace with accounts."""
    made = Workspace.open(Settings(data=tmp_path / "data", model="votek-hash"), accounts=True)
    yield made
    made.close()


@pytest.fixture
def make_project(space):
    """`make_project(name)`: a project of six texts, all of them to be labelled."""

    def made(name):
        labels = (LabelSpec("alpha", "#0072B2"), LabelSpec(SECRET_LABEL, "#E69F00"))
        project = space.create_project(name, task=TaskSpec("single", labels))
        ids = [f"{name}-{at}" for at in range(6)]
        space.import_dataset(project.id, make_dataset(ids, [f"{one} text" for one in ids], {}), role="pool", name=name)
        space.add_to_queue(project.id, range(6))
        return space.project(project.id)

    return made


@pytest.fixture
def person(space):
    """`person(name, project, role)`: somebody who signed in a moment ago."""

    def made(name, project, role="annotator"):
        space.invite(project.id, f"{name}@example.org", role)
        claims = {"iss": "https://id", "sub": name, "email": f"{name}@example.org", "email_verified": True}
        return space.sign_in({**claims, "iat": int(time.time()) - 1})

    return made


@pytest.fixture
def client(space):
    """The routes."""
    with TestClient(Starlette(routes=routes(lambda: space))) as made:
        yield made


@pytest.fixture
def first(make_project):
    """The project in which most of it happens."""
    return make_project("first")


@pytest.fixture
def ada(person, first):
    """Somebody who labels."""
    return person("ada", first)


@pytest.fixture
def eve(person, first):
    """Somebody else who labels, and tries more."""
    return person("eve", first)


def token_of(space, project, who):
    """What the labeler of this person holds."""
    return mint_token(signing_key(space), project=project.id, person=who.id)


def event(project, item, value="alpha", kind="label", **changes):
    """One event as the labeler sends it."""
    about = {"task_version": project.task.version, "guideline_version": project.guidelines_version}
    return {"event_id": uuid.uuid4().hex, "item": item, "kind": kind, "value": value, **about, **changes}


def send(client, token, *events):
    """The answer to a batch."""
    return client.post("/api/labels", json={"token": token, "events": list(events)})


def queue(client, token):
    """The answer with the texts to label."""
    return client.get("/api/queue", headers={"Authorization": f"Bearer {token}"})


def labelled(client, space, project, who):
    """The item that this person was handed first, and the event with which they labelled and commented it."""
    token = token_of(space, project, who)
    item = queue(client, token).json()["items"][0]["id"]
    one = event(project, item, SECRET_LABEL)
    answer = send(client, token, one, event(project, item, SECRET_WORDS, "comment"))
    assert answer.json()["rejected"] == []
    return item, one


def test_nothing_of_anothers_decision_is_in_what_one_is_given(client, space, first, ada, eve):
    item, one = labelled(client, space, first, ada)
    given = queue(client, token_of(space, first, eve))
    assert SECRET_WORDS not in given.text
    assert one["event_id"] not in given.text
    assert [entry["value"] for entry in given.json()["items"] if entry["id"] == item] in ([], [None])
    assert given.json()["history"] == []


@pytest.mark.parametrize("kind", ["undo", "label", "skip", "comment", "flag", "adjudicate"])
def test_nobody_changes_anothers_decision(client, space, first, ada, eve, kind):
    item, one = labelled(client, space, first, ada)
    values = {"undo": {"event": one["event_id"]}, "label": "alpha", "skip": None, "comment": "x", "flag": True}
    value = values.get(kind, {"label": "alpha", "why": "mine"})
    send(client, token_of(space, first, eve), event(first, item, value, kind))
    mine = queue(client, token_of(space, first, ada)).json()
    (entry,) = [entry for entry in mine["items"] if entry["id"] == item]
    assert (entry["value"], entry["comment"], entry["flagged"]) == (SECRET_LABEL, SECRET_WORDS, False)
    assert [(stored.who, stored.kind) for stored in space.events(first.id) if stored.kind == "adjudicate"] == []
    by_eve = [stored for stored in space.events(first.id) if stored.who == eve.id]
    assert all(stored.kind != "undo" for stored in by_eve)


def test_anothers_event_id_is_neither_taken_over_nor_told(client, space, first, ada, eve):
    item, one = labelled(client, space, first, ada)
    stolen = event(first, item, "alpha", event_id=one["event_id"])
    answer = send(client, token_of(space, first, eve), stolen).json()
    assert answer["acknowledged"] == []
    assert SECRET_LABEL not in json.dumps(answer)
    stored = {stored.event_id: (stored.who, stored.value) for stored in space.events(first.id)}
    assert stored[one["event_id"]] == (ada.id, SECRET_LABEL)


def test_nobody_labels_what_another_project_asks(client, space, first, ada, make_project):
    second = make_project("second")
    token = token_of(space, first, ada)
    assert send(client, token, event(second, "second-0")).json()["rejected"]
    forged = {**event(first, "second-0"), "project": second.id, "who": "local", "token": token}
    assert send(client, token, forged).json()["rejected"]
    assert queue(client, token_of(space, second, ada)).status_code == 401
    assert send(client, token_of(space, second, ada), event(second, "second-0")).status_code == 401
    assert space.events(second.id) == []


def test_a_batch_sent_again_counts_once_and_ends_with_the_role(client, space, first, ada, person):
    person("own", first, "owner")
    token = token_of(space, first, ada)
    item = queue(client, token).json()["items"][0]["id"]
    one = event(first, item)
    assert send(client, token, one).json()["acknowledged"] == send(client, token, one).json()["acknowledged"]
    assert len(space.events(first.id)) == 1
    space.remove_member(first.id, "ada@example.org")
    assert send(client, token, one).status_code == 401
    assert len(space.events(first.id)) == 1


def test_tokens_that_were_made_up_are_worth_nothing(client, space, first, ada):
    key = signing_key(space)
    good = token_of(space, first, ada)
    payload, _, signature = good.rpartition(".")
    bare = {"p": first.id, "w": ada.id, "i": 0, "x": 2**40}
    forged = [
        mint_token("k" * 48, project=first.id, person=ada.id),
        mint_token(key, project=first.id, person=ada.id, purpose="keys"),
        mint_token(key, project=first.id, person=ada.id, seconds=0),
        URLSafeSerializer(key).dumps(bare),
        URLSafeSerializer(key, salt="votek.labels.2").dumps(bare),
        URLSafeSerializer("", salt="votek.labels.2").dumps(bare),
        payload,
        f"{payload}.",
        f".{signature}",
        f"{payload}.{signature[::-1]}",
        f"{payload}.{signature}.{signature}",
        "eyJhbGciOiJub25lIn0.e30.",
        "null",
        "true",
        [good],
        {"token": good},
    ]
    for token in forged:
        assert send(client, token, event(first, "first-0")).status_code == 401
        if isinstance(token, str):
            assert queue(client, token).status_code == 401
    assert space.events(first.id) == []


def test_the_backend_itself_refuses_whatever_the_pages_do(space, first, ada, eve, make_project):
    second, view = make_project("second"), space.as_person(eve)
    for call in (
        lambda: view.labels(first.id),
        lambda: view.events(first.id),
        lambda: view.dataset(first.id),
        lambda: view.export(first.id, "labelled-jsonl"),
        lambda: view.members(first.id),
        lambda: view.record_events(first.id, ada.id, []),
        lambda: view.annotation_state(first.id, ada.id),
        lambda: view.annotation_state(second.id, eve.id),
        lambda: view.delete_project(first.id),
        lambda: view.invite(first.id, "eve@example.org", "owner"),
        lambda: view.set_role(first.id, "eve@example.org", "owner"),
        lambda: view.project(second.id),
    ):
        with pytest.raises((AccessError, NotFoundError)):
            call()
    with pytest.raises(AttributeError):
        _ = view.store
    with pytest.raises(AttributeError):
        _ = view.sign_in
    assert [summary.project.id for summary in view.projects()] == [first.id]


HOSTILE_IDS = [
    "' OR '1'='1",
    "'; DROP TABLE label_event; --",
    '" OR 1=1 --',
    "1 UNION SELECT * FROM person",
    "%",
    "_",
    "\\",
    "$$; DELETE FROM project; $$",
    "\x00",
    "../../secret",
    "..%2f..%2fsecret",
    "/etc/passwd",
    "x" * 100_000,
    "",
]


@pytest.mark.parametrize("given", HOSTILE_IDS, ids=range(len(HOSTILE_IDS)))
def test_ids_are_values_never_statements_or_paths(client, space, first, ada, given):
    view = space.as_person(ada)
    token = mint_token(signing_key(space), project=given, person=ada.id)
    assert send(client, token, event(first, "first-0")).status_code in (401, 404)
    assert queue(client, token).status_code in (401, 404)
    stranger = mint_token(signing_key(space), project=first.id, person=given)
    assert queue(client, stranger).status_code == 401
    answer = send(client, token_of(space, first, ada), event(first, given), event(first, "first-0", given))
    assert answer.json()["acknowledged"] == []
    answer = send(client, token_of(space, first, ada), event(first, "first-0", {"event": given}, "undo"))
    assert answer.json()["acknowledged"] == []
    for call in (
        lambda: space.project(given),
        lambda: space.job(given),
        lambda: space.analysis(given, "groups"),
        lambda: space.export(first.id, given),
        lambda: space.request_analysis(first.id, given),
        lambda: view.project(given),
    ):
        with pytest.raises(VotekError):
            call()
    assert space.project(first.id).name == "first"
    assert space.events(first.id) == []
