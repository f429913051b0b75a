"""A project that has everything a project can have, and workspaces on either database to carry it between."""

import hashlib
import json
import zipfile
from contextlib import ExitStack
from dataclasses import asdict

import numpy as np
import pytest

from votek.datasets import make_dataset
from votek.datatypes import HandoutSettings, LabelSpec, TaskSpec
from votek.jobs.context import now
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.store import people as people_rows
from votek.store import projects as project_rows
from votek.store.archive import BUNDLE
from votek.workspace import NewEvent, Workspace

TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00"), LabelSpec("z", "#009E73")))
ISSUER = "https://id.example.org"


@pytest.fixture
def opens(request, tmp_path):
    """`opens(name, kind="sqlite", **settings)`: a workspace in a folder of its own, over a database of that kind."""
    with ExitStack() as stack:

        def make(name, kind="sqlite", *, accounts=False, **settings):
            url = None
            if kind == "postgresql":
                url = stack.enter_context(request.getfixturevalue("postgres").migrated())
            chosen = Settings(data=tmp_path / name, database_url=url, model="votek-hash", **settings)
            opened = Workspace.open(chosen, accounts=accounts)
            stack.callback(opened.close)
            return opened

        yield make


def sign_in(space, name, *, at=1_700_000_000):
    """The person of this name, who has signed in."""
    claims = {"iss": ISSUER, "sub": f"sub-{name}", "email": f"{name}@example.org", "email_verified": True, "iat": at}
    return space.sign_in({**claims, "name": name.title()})


def words(n, seed=0):
    rng = np.random.default_rng(seed)
    pool = [f"w{i}" for i in range(60)]
    return [f"{' '.join(rng.choice(pool, 8))} n{place}" for place in range(n)]


def small_project(space, name="Small"):
    """Twenty texts, five labels."""
    project = space.create_project(name, task=TASK)
    space.import_dataset(
        project.id, make_dataset([f"a{n}" for n in range(20)], words(20), {}), role="pool", name="f.csv"
    )
    space.record_events(project.id, "ann", [NewEvent(f"e{n}", f"a{n}", "label", "xyz"[n % 3], 1, 1) for n in range(5)])
    return space.project(project.id)


@pytest.fixture
def small(opens, tmp_path):
    """A workspace with one small project, and its bundle."""
    space = opens("before")
    project = small_project(space)
    return space, project, space.bundle(project.id, tmp_path / "small.votek").path


@pytest.fixture(scope="session")
def worked_on(compare_texts, tmp_path_factory):
    """A workspace with a project of three people: 300 events, adjudications, two rounds and all the rest."""
    folder = tmp_path_factory.mktemp("worked-on")
    space = Workspace.open(Settings(data=folder / "data", model="votek-hash"), accounts=True)
    project = _work(space, compare_texts)
    path = space.bundle(project.id, folder / "one.votek").path
    yield space, project, path
    space.close()


def _work(space, compare_texts):
    ann, bob, eve = (sign_in(space, name) for name in ("ann", "bob", "eve"))
    project = space.create_project("Team \N{THUMBS UP SIGN} #1", task=TASK)
    texts = make_dataset([f"a{n}" for n in range(160)], words(160), {"gold": ["x", "y"] * 80})
    space.import_dataset(project.id, texts, role="pool", name="f.csv", columns={"gold": "gold"})
    tests = make_dataset([f"t{n}" for n in range(9)], words(9, seed=5), {})
    space.import_dataset(project.id, tests, role="test", name="t.csv")
    for person, role in ((ann, "owner"), (bob, "reviewer"), (eve, "annotator")):
        space.invite(project.id, person.email, role, who=ann.id)
    finish_job(space, space.request_selection(project.id, budget=40))
    finish_job(space, space.request_selection(project.id, budget=60))
    compare_texts(space, project.id)
    space.set_guidelines(project.id, "First.", who=ann.id)
    space.set_guidelines(project.id, "Half \ud83d and NUL \0 are kept as typed.", who=ann.id)
    space.set_prompts(project.id, space.project(project.id).prompts)
    space.add_to_queue(project.id, [3, 4], who=ann.id)
    space.exclude(project.id, [7], who=bob.id)
    asked = HandoutSettings(overlap=3, shares={bob.id: 2, eve.id: 1}, named={"a1": (ann.id, bob.id)})
    _put_handout(space, project.id, asked)
    _label(space, project.id, (ann.id, bob.id, eve.id))
    with space.store.write() as tx:
        for number in range(3):
            people_rows.note(tx, who=ann.id, action=f"a{number}", project=project.id, time=now())
    return space.project(project.id)


@pytest.fixture
def three_people():
    """`three_people(space)`: a small project with labels by three people who signed in, and their roles."""

    def make(space):
        ann, bob, eve = (sign_in(space, name) for name in ("ann", "bob", "eve"))
        space.accounts, meant = False, space.accounts
        project = small_project(space, "Team")
        for person, role in ((ann, "owner"), (bob, "reviewer"), (eve, "annotator")):
            space.invite(project.id, person.email, role, who=ann.id)
            _record(space, project.id, person.id, f"by-{person.name}", "a7", "label", "z")
        _put_handout(space, project.id, HandoutSettings(shares={bob.id: 2}, named={"a1": (ann.id, bob.id)}))
        space.accounts = meant
        return space.project(project.id)

    return make


def _put_handout(space, project_id, settings):
    with space.store.write() as tx:
        value = json.loads(json.dumps(asdict(settings)))
        project_rows.add_revision(tx, project_id, "handout", value, time=now())


def _label(space, project_id, people):
    """What is handed to three people: mostly labels, with every other kind among them, undone ones too."""
    rng = np.random.default_rng(7)
    for step in range(60):
        for place, who in enumerate(people):
            item = space.hand(project_id, who).items[0].id
            key, value = f"{place}-{step}", "xyz"[int(rng.integers(3))] if step % 5 else "x"
            kind, given = ("skip", None) if (step + place) % 17 == 5 else ("label", value)
            _record(space, project_id, who, key, item, kind, given)
            if step % 4 == place:
                _record(space, project_id, who, f"{key}-c", item, "comment", f"why {step}? <b>'\u2028")
            if step % 6 == place:
                _record(space, project_id, who, f"{key}-f", item, "flag", True)
            if step % 7 == place:
                _record(space, project_id, who, f"{key}-u", item, "undo", {"event": key})
                _record(space, project_id, who, f"{key}-again", item, "label", "z")
    disputed = [found.item for found in space.disagreements(project_id)]
    assert len(disputed) >= 9
    for step, item in enumerate(disputed):
        ruling = {"label": "y" if step % 3 else None, "why": f"because {step}"}
        _record(space, project_id, people[1], f"rule-{step}", item, "adjudicate", ruling)
    _record(space, project_id, people[1], "unrule", disputed[0], "undo", {"event": "rule-0"})
    done = [event.item for event in space.events(project_id) if event.who == people[0] and event.kind == "label"]
    for number in range(300 - len(space.events(project_id))):
        _record(space, project_id, people[0], f"last-{number}", done[number], "comment", f"remark {number}")


def _record(space, project_id, who, key, item, kind, value):
    (ack,) = space.record_events(project_id, who, [NewEvent(key, item, kind, value, 1, 1)])
    assert ack.accepted, ack.reason


# ---------------------------------------------------------------- archives that are not as they were written


def rewritten(path, change):
    """A copy of the bundle whose members (name -> bytes, in a list of pairs) went through `change`."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    made = path.with_name("changed.votek")
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in change(members):
            archive.writestr(name, content)
    return made


def forged(path, changes=None, *, drop=(), about=None):
    """A bundle with other members (name -> bytes), whose manifest says that all is as it should be.

    about: changes the manifest itself.
    """

    def apply(members):
        found = {**{name: content for name, content in members if name not in drop}, **(changes or {})}
        manifest = json.loads(found.pop(BUNDLE.manifest))
        manifest["members"] = {name: [len(c), hashlib.sha256(c).hexdigest()] for name, c in found.items()}
        for table, described in manifest["tables"].items():
            described[1] = found[f"tables/{table}.jsonl"].count(b"\n")
        if about is not None:
            about(manifest)
        return [*found.items(), (BUNDLE.manifest, json.dumps(manifest).encode())]

    return rewritten(path, apply)


def table(path, name):
    """(columns, rows as dictionaries) of one table in a bundle."""
    with zipfile.ZipFile(path) as archive:
        columns = json.loads(archive.read(BUNDLE.manifest))["tables"][name][0]
        lines = archive.read(f"tables/{name}.jsonl").splitlines()
    return columns, [dict(zip(columns, json.loads(line), strict=True)) for line in lines]


def with_rows(path, name, change):
    """A bundle in which `change(row)` was done to every row (a dictionary) of a table, well forged."""
    columns, rows = table(path, name)
    for row in rows:
        change(row)
    content = b"".join(json.dumps([row[column] for column in columns]).encode() + b"\n" for row in rows)
    return forged(path, {f"tables/{name}.jsonl": content})
