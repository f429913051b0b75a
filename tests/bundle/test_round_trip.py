"""A project goes out and comes back equal: on a clean machine, on either database, and a second time."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from tests.ageing import aged
from tests.bundle.conftest import rewritten, sign_in, small_project
from votek.datatypes import HandoutSettings
from votek.store.archive import BUNDLE
from votek.workspace import NewEvent


def exported(space, project_id):
    """Every export, byte for byte; manifests but for times, and what lists them with their digests but for those."""
    return dict(unzipped(space.export(project_id, "all").content))


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inside = archive.read(name)
            if name.endswith("manifest.json"):
                yield name, {k: v for k, v in json.loads(inside).items() if k not in ("created", "export")}
            elif name == "pack.json":
                listed = json.loads(inside)
                listed["members"].pop("manifest.json")
                yield name, {k: v for k, v in listed.items() if k != "digest"}
            elif name.endswith(".zip"):
                yield from ((f"{name}/{part}", found) for part, found in unzipped(inside))
            else:
                yield name, inside


def seen(space, project_id):
    """All that people see of a project."""
    selection, prepared = space.selection(project_id), space.prepared(project_id)
    handed = space.project(project_id).handout
    return {
        "project": space.project(project_id),
        "members": space.members(project_id),
        "events": space.events(project_id),
        "state": [(item, str(label)) for item, label in space.labels(project_id).items()],
        "review": space.review(project_id),
        "history": space.history(project_id),
        "agreement": space.agreement(project_id),
        "disagreements": space.disagreements(project_id),
        "queue": space.queue(project_id),
        "excluded": space.excluded(project_id),
        "rounds": space.rounds(project_id),
        "picks": [array.tobytes() for array in (selection.indices, selection.gains, selection.coverage)],
        "reasons": [selection.explain(place) for place in range(len(selection))],
        "graph": {
            name: np.asarray(getattr(prepared.graph, name)).tobytes()
            for name in prepared.graph.__dataclass_fields__
            if isinstance(getattr(prepared.graph, name), np.ndarray)
        },
        "map": [space.projection(project_id, way).xy.tobytes() for way in ("pca", "umap")],
        "vectors": [np.asarray(space.embeddings(project_id, role).vectors).tobytes() for role in ("pool", "test")],
        "guidelines": space.revisions(project_id, "guidelines"),
        "tasks": space.revisions(project_id, "task"),
        "prompts": [prompt.text for prompt in space.prompt_set(project_id).prompts],
        "who": space.person_names(project_id, [event.who for event in space.events(project_id)]),
        "log": [replace(entry, id=0) for entry in space.audit_log(project_id)],
        "handout": (handed, space.handout_progress(project_id)),
        "exports": exported(space, project_id),
    }


@pytest.fixture(scope="module")
def as_it_was(worked_on):
    """All that people see of the project before it goes out."""
    space, project, _ = worked_on
    return seen(space, project.id)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_project_of_three_people_comes_back_equal(opens, worked_on, as_it_was, tmp_path, target):
    before, project, path = worked_on
    events = before.events(project.id)
    assert len(events) >= 300
    assert {event.kind for event in events} == {"label", "skip", "flag", "comment", "undo", "adjudicate"}
    assert len(before.rounds(project.id)) == 2
    assert as_it_was["exports"].keys() >= {"labelled.jsonl", "prompts.jsonl"}

    after = opens("after", target, accounts=True)
    inside = after.look_into_bundle(path)
    assert (inside.name, inside.texts, inside.tests, inside.events) == (project.name, 160, 9, len(events))
    assert inside.people == ("Ann", "Bob", "Eve")
    assert inside.roles["bob@example.org"] == "reviewer"
    assert after.projects() == []
    opened = after.open_bundle(path)
    assert (opened.project, opened.copied, opened.known, opened.new) == (project, False, 0, 3)
    again = after.bundle(project.id, tmp_path / "two.votek")
    assert again.manifest.missing == ()
    assert again.path.read_bytes() == path.read_bytes()
    assert seen(after, project.id) == as_it_was

    bob = sign_in(after, "bob", at=1_700_000_100)
    assert bob.id in {event.who for event in events}
    event = NewEvent("next", events[0].item, "comment", "goes on", 1, 1)
    (ack,) = after.record_events(project.id, bob.id, [event])
    assert (ack.accepted, ack.sequence) == (True, len(events) + 1)


def test_from_postgresql_into_sqlite(opens, worked_on, as_it_was, tmp_path):
    _, project, path = worked_on
    between, after = opens("between", "postgresql", accounts=True), opens("after", accounts=True)
    between.open_bundle(path)
    between.export_files(project.id, "labelled-jsonl")
    after.open_bundle(between.bundle(project.id, tmp_path / "two.votek").path)
    assert after.events(project.id) == as_it_was["events"]
    assert after.export(project.id, "prompts-jsonl").content == as_it_was["exports"]["prompts.jsonl"]


def test_on_the_same_machine_a_copy_comes_beside_it(opens, worked_on, as_it_was):
    _, project, path = worked_on
    space = opens("one", accounts=True)
    space.open_bundle(path)
    opened = space.open_bundle(path)
    assert opened.copied
    assert opened.id != project.id
    assert (opened.known, opened.new) == (3, 0)
    assert opened.project.name == f"{project.name} (2)"
    assert "stays as it is" in " ".join(opened.notes)
    assert (space.project(project.id), space.events(project.id)) == (project, as_it_was["events"])
    copy = seen(space, opened.id)
    kept = ("picks", "reasons", "graph", "map", "vectors", "prompts", "excluded", "agreement", "review")
    assert {name: copy[name] for name in kept} == {name: as_it_was[name] for name in kept}
    assert copy["exports"]["labelled.jsonl"] == as_it_was["exports"]["labelled.jsonl"]
    assert [replace(event, project="") for event in copy["events"]] == [
        replace(event, project="") for event in as_it_was["events"]
    ]
    assert {made.id for made in copy["rounds"]}.isdisjoint({made.id for made in as_it_was["rounds"]})
    space.delete_project(project.id)  # the files are still the copy's
    assert space.export(opened.id, "labelled-jsonl").content == copy["exports"]["labelled.jsonl"]
    assert space.projection(opened.id, "umap").xy.tobytes() == copy["map"][1]
    third = space.open_bundle(path)
    assert (third.copied, third.id) == (False, project.id)


def test_people_are_known_by_who_vouches_for_them(opens, three_people, tmp_path):
    before, after = opens("one", accounts=True), opens("two", accounts=True)
    path = before.bundle(three_people(before).id, tmp_path / "one.votek").path
    theirs = {event.who for event in before.events(before.projects()[0].project.id)}
    bob = sign_in(after, "bob")  # has signed in here before, under another id
    assert bob.id not in theirs
    opened = after.open_bundle(path)
    assert (opened.known, opened.new) == (1, 2)
    who = {event.who for event in after.events(opened.id)}
    assert bob.id in who
    assert len(who) == 4
    handed = after.project(opened.id).handout
    assert bob.id in handed.shares
    assert bob.id in handed.named["a1"]
    assert after.my_role(opened.id, who=bob.id) == "reviewer"
    names = after.person_names(opened.id, who)
    assert set(names.values()) == {"ann", "Ann", "Bob", "Eve"}


def test_without_addresses_it_stays_known_who_did_what(opens, three_people, tmp_path):
    before, after = opens("one", accounts=True), opens("two", accounts=True, admins="admin@example.org")
    project = three_people(before)
    path = before.bundle(project.id, tmp_path / "one.votek", addresses=False).path
    with zipfile.ZipFile(path) as archive:
        assert not any(b"@example.org" in archive.read(name) for name in archive.namelist())
    admin = sign_in(after, "admin")
    opened = after.open_bundle(path, who=admin.id)
    assert after.events(opened.id) == before.events(project.id)
    named = after.person_names(opened.id, {event.who for event in after.events(opened.id)})
    assert set(named.values()) == {"ann", "Ann", "Bob", "Eve"}
    assert [(member.email, member.role) for member in after.members(opened.id)] == [("admin@example.org", "owner")]


def test_roles_can_be_left_where_they_were(opens, three_people, tmp_path):
    before, after = opens("one", accounts=True), opens("two", accounts=True, admins="admin@example.org")
    path = before.bundle(three_people(before).id, tmp_path / "one.votek").path
    admin = sign_in(after, "admin")
    opened = after.open_bundle(path, roles=False, who=admin.id, name="Elsewhere")
    assert opened.project.name == "Elsewhere"
    assert [member.email for member in after.members(opened.id)] == ["admin@example.org"]
    assert "No role was taken over." in opened.notes


def test_without_accounts_people_stay_apart(opens, tmp_path):
    before, after = opens("one"), opens("two")
    project = small_project(before)
    before.record_events(project.id, "bob", [NewEvent("b", "a1", "label", "z", 1, 1)])
    before.record_events(project.id, "local", [NewEvent("l", "a2", "label", "z", 1, 1)])
    small_project(after)  # of the same name
    opened = after.open_bundle(before.bundle(project.id, tmp_path / "b.votek").path)
    assert opened.project.name == "Small (2)"
    assert "is here already" in " ".join(opened.notes)
    assert after.events(project.id) == before.events(project.id)
    assert {event.who for event in after.events(project.id)} == {"ann", "bob", "local"}


def test_a_project_without_data_goes_too(opens, tmp_path):
    before, after = opens("one"), opens("two")
    project = before.create_project("Empty")
    opened = after.open_bundle(before.bundle(project.id, tmp_path / "b.votek").path)
    assert (opened.project, opened.notes) == (project, ())
    assert HandoutSettings() == opened.project.handout


def test_a_bundle_of_older_tables_is_brought_up_to_date(opens, small):
    space, project, path = small
    target = opens("target")
    opened = target.open_bundle(rewritten(path, aged(BUNDLE.manifest)))
    assert opened.project == project
    assert target.events(project.id) == space.events(project.id)
    assert target.labels(project.id) == space.labels(project.id)
