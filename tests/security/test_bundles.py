"""Bundles made by somebody who means harm, or damaged on the way: refused whole, and nothing of them stays."""

import hashlib
import io
import json
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.bundle.conftest import (  # noqa: F401  (fixtures)
    ISSUER,
    forged,
    opens,
    rewritten,
    sign_in,
    small,
    small_project,
    table,
    three_people,
    with_rows,
)
from votek.access.secret import load_secret
from votek.errors import AccessError, CorruptFileError, FileError, InputError, StorageError, VotekError
from votek.scoring import ModelSettings
from votek.settings import Settings
from votek.store.archive import BUNDLE
from votek.store.backup import write_backup
from votek.store.restore import restore_backup
from votek.store.schema import person
from votek.workspace import Workspace

REFUSED = r"damaged or was changed.*Nothing was opened"
MB = 1_000_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The bundle of a small project."""
    folder = tmp_path_factory.mktemp("made")
    space = Workspace.open(Settings(data=folder / "data", model="votek-hash"), accounts=False)
    path = space.bundle(small_project(space).id, folder / "small.votek").path
    space.close()
    return path


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A workspace that nothing may ever come into."""
    folder = tmp_path_factory.mktemp("clean")
    space = Workspace.open(Settings(data=folder / "data", model="votek-hash", max_unpacked_mb=20), accounts=False)
    yield space
    space.close()


def is_empty(space):
    """Whether nothing of a bundle stayed: no project, no person, no file."""
    files = [path for path in space.settings.data.rglob("*") if path.is_file() and "votek.db" not in path.name]
    with space.store.read() as tx:
        people = tx.execute(person.select()).all()
    return space.projects(archived=True) == [] and people == [] and files == [space.settings.data / "migration.lock"]


def refused(space, path, match=REFUSED, error=CorruptFileError):
    with pytest.raises(error, match=match):
        space.open_bundle(path)
    assert is_empty(space)


def listed(name, content=b"x"):
    """One more member, that the manifest lists as it is."""
    return lambda path: forged(path, {name: content})


def changed_array(path):
    """An array with other numbers under the name of the right ones."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("files/stages/arrays/")]
    out = io.BytesIO()
    np.save(out, np.zeros(3))
    return forged(path, {names[0]: out.getvalue()})


def pickled_array(path):
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("files/stages/arrays/")]
    out = io.BytesIO()
    np.save(out, np.array([{"run": "me"}], dtype=object), allow_pickle=True)
    return forged(path, {names[0]: out.getvalue()})


def rows(name, **values):
    """Every row of a table gets these values; a callable is given the row."""

    def change(row):
        row |= {key: value(row) if callable(value) else value for key, value in values.items()}

    return lambda path: with_rows(path, name, change)


def of_kind(kind, value):
    return rows("revision", value=lambda row: value if row["kind"] == kind else row["value"])


def events(kind, value):
    return rows("label_event", kind=kind, value=value)


RED = {"type": "single", "labels": [{"name": "x", "color": "red;background:url(//evil)", "key": "", "description": ""}]}

FORGED = {
    "out of the folder": listed("../escaped"),
    "out of a known folder": listed("files/stages/arrays/../../../escaped"),
    "absolute": listed("/tmp/escaped"),
    "the signing key": listed("files/secret", b"0" * 64),
    "answers of models": listed("files/scores/model.jsonl"),
    "a file that no row names": listed(f"files/stages/arrays/{'0' * 64}.npy"),
    "texts under another digest": listed(f"files/datasets/{'0' * 64}.parquet"),
    "a table of jobs": lambda path: forged(
        path,
        {"tables/job.jsonl": b""},
        about=lambda manifest: manifest["tables"].update({"job": [["id"], 0]}),
    ),
    "another's rows": rows("revision", project="elsewhere"),
    "a second project": lambda path: forged(
        path, {"tables/project.jsonl": b'["a", "2026-01-01T00:00:00+00:00", false, false]\n' * 2}
    ),
    "no project": lambda path: forged(path, {"tables/project.jsonl": b""}),
    "a colour that is code": of_kind("task", RED),
    "a name with a line break": of_kind("name", "a\nb"),
    "guidelines that are no text": of_kind("guidelines", [1]),
    "settings of another kind": of_kind("prompts", {"separator": 5}),
    "a label that nobody could choose": events("label", "<script>"),
    "a label that is a list of lists": events("label", [["x"]]),
    "undoing what never was": events("undo", {"event": "nothing"}),
    "a kind of event that is none": events("become_owner", None),
    "a gap in the log": rows("label_event", sequence=lambda row: row["sequence"] + 3),
    "a person of endless name": rows("label_event", who="x" * 201),
    "a time that is none": rows("label_event", time="yesterday"),
    "texts of another size": rows("dataset", size=3),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED.keys())
def test_a_forged_bundle_is_refused_and_nothing_of_it_stays(clean, made, change):
    refused(clean, change(made), f"{REFUSED}|rows of .* cannot be read")
    assert not list(made.parent.parent.rglob("escaped"))


def test_arrays_are_those_that_their_names_say_and_never_pickled(opens, small, compare_texts, tmp_path):  # noqa: F811
    space, project, _ = small
    compare_texts(space, project.id)
    path = space.bundle(project.id, tmp_path / "full.votek").path
    target = opens("target")
    refused(target, changed_array(path))
    refused(target, pickled_array(path))
    assert target.open_bundle(path).project == project


def test_what_is_here_is_not_replaced_by_what_a_bundle_holds(opens, small, compare_texts, tmp_path):  # noqa: F811
    """A stored result is shared by all projects with the same texts: one that is here stays."""
    space, project, _ = small
    compare_texts(space, project.id)
    path = space.bundle(project.id, tmp_path / "full.votek").path
    kept = {
        p: p.stat().st_mtime_ns for p in space.settings.data.rglob("*") if p.suffix in (".npy", ".json", ".parquet")
    }
    space.open_bundle(path)
    assert {p: p.stat().st_mtime_ns for p in kept} == kept


def test_any_byte_of_any_member_counts(clean, made):
    with zipfile.ZipFile(made) as archive:
        names = archive.namelist()

    def flipped(name):
        def flip(content):
            return content[:-2] + bytes([content[-2] ^ 1]) + content[-1:] if content else b"[1]\n"

        return rewritten(made, lambda members: [(n, flip(c) if n == name else c) for n, c in members])

    for name in names:
        refused(clean, flipped(name))
        refused(clean, rewritten(made, lambda m, gone=name: [pair for pair in m if pair[0] != gone]), None, VotekError)
    refused(clean, rewritten(made, lambda m: [*m, ("tables/more.jsonl", b"")]))


@pytest.mark.parametrize("change", [{"format": 2}, {"migration": "9999"}])
def test_a_bundle_of_a_newer_program_is_refused_clearly(clean, made, change):
    newer = forged(made, about=lambda manifest: manifest.update(change))
    refused(clean, newer, r"newer votek.*Update votek, then open it", StorageError)
    with pytest.raises(StorageError, match="newer votek"):
        clean.look_into_bundle(newer)


def test_a_bundle_is_no_backup_and_a_backup_no_bundle(clean, made, tmp_path):
    backup = write_backup(clean.store, tmp_path / "backup.votek").path
    refused(clean, backup, "is a backup, not a bundle: use `votek restore`", FileError)
    with pytest.raises(FileError, match="is a bundle, not a backup: use `votek open-bundle`"):
        restore_backup(clean.store, made)
    refused(clean, tmp_path / "none", "There is no file", StorageError)
    (tmp_path / "text").write_text("hello")
    refused(clean, tmp_path / "text", "is not a bundle", FileError)
    refused(clean, tmp_path, "is a folder", FileError)


def test_a_bundle_that_grows_is_refused_before_it_is_unpacked(clean, made):
    """Megabytes of one byte are a few kilobytes in a zip file, and one text in a Parquet file."""
    bomb = made.with_name("bomb.votek")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out, zipfile.ZipFile(made) as good:
        manifest = json.loads(good.read(BUNDLE.manifest))
        for name in good.namelist():
            content = b"[" + b" " * 25 * MB if name == "tables/result.jsonl" else good.read(name)
            if name == BUNDLE.manifest:
                manifest["members"]["tables/result.jsonl"] = [25 * MB + 1, "0" * 64]
                content = json.dumps(manifest).encode()
            out.writestr(name, content)
    assert bomb.stat().st_size < 200_000
    refused(clean, bomb, "VOTEK_MAX_UNPACKED_MB", FileError)
    refused(clean, _with_texts(made, ["a" * 25 * MB]))


def _with_texts(path, texts):
    """A bundle whose texts are these, in a file that says it holds what it should."""
    columns, found = table(path, "dataset")
    out = io.BytesIO()
    with zipfile.ZipFile(path) as archive:
        old = f"files/datasets/{found[0]['file']}.parquet"
        before = pq.read_table(io.BytesIO(archive.read(old)))
    cells = pa.table({"id": [f"a{n}" for n in range(len(texts))], "text": texts})
    pq.write_table(cells.replace_schema_metadata(before.schema.metadata), out, compression="zstd")
    file = hashlib.sha256(out.getvalue()).hexdigest()
    found[0]["file"] = file
    line = json.dumps([found[0][column] for column in columns]).encode() + b"\n"
    return forged(path, {f"files/datasets/{file}.parquet": out.getvalue(), "tables/dataset.jsonl": line}, drop=(old,))


# ---------------------------------------------------------------- people and secrets


def test_no_secret_is_in_it(opens, three_people, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-in-a-file")
    space = opens("one", accounts=True)
    project = three_people(space)
    secret = load_secret(space.settings)
    space.save_model_settings(project.id, ModelSettings())
    ann = next(iter(space.members(project.id))).person
    space.sign_out(ann)
    path = space.bundle(project.id, tmp_path / "b.votek").path
    with zipfile.ZipFile(path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert not any("secret" in name or "scores" in name or "job" in name for name in archive.namelist())
    assert secret.encode() not in content
    assert b"sk-never" not in content
    assert not [row for row in table(path, "revision")[1] if row["kind"] == "model"]
    people = table(path, "person")[1]
    assert {(row["signed_in"], row["valid_from"]) for row in people} == {("1970-01-01T00:00:00+00:00", None)}


def test_a_bundle_does_not_choose_the_model_that_this_server_asks(opens, small):  # noqa: F811
    """Where a forged one named an endpoint, this server would send its own key there."""
    _, _, path = small
    columns, found = table(path, "revision")
    evil = {**found[0], "kind": "model", "version": 1, "value": {"tier": "openai", "base_url": "http://evil.example"}}
    content = b"".join(json.dumps([row[c] for c in columns]).encode() + b"\n" for row in [*found, evil])
    target = opens("target")
    opened = target.open_bundle(forged(path, {"tables/revision.jsonl": content}))
    assert target.model_settings(opened.id) == ModelSettings()


def test_a_bundle_does_not_make_anybody_somebody_else(opens, three_people, tmp_path):  # noqa: F811
    """A person of a bundle who claims an administrator's address, and to have signed in long after this."""
    before, after = opens("one", accounts=True), opens("two", accounts=True, admins="admin@example.org")
    path = before.bundle(three_people(before).id, tmp_path / "b.votek").path

    def claim(row):
        if row["subject"] == "sub-eve":
            row |= {"email": "admin@example.org", "signed_in": "2999-01-01T00:00:00+00:00"}

    opened = after.open_bundle(with_rows(path, "person", claim))
    eve = sign_in(after, "eve")
    assert eve.email == "eve@example.org"
    assert not after.may_make_projects(who=eve.id)
    admin = sign_in(after, "admin")
    assert admin.id != eve.id
    assert after.may_make_projects(who=admin.id)
    known = after.open_bundle(with_rows(path, "person", claim))
    assert (
        after.sign_in(
            {
                "iss": ISSUER,
                "sub": "sub-admin",
                "email": "admin@example.org",
                "email_verified": True,
                "iat": 1_700_000_000,
            }
        )
        == admin
    )
    assert known.known == 3
    assert after.my_role(opened.id, who=eve.id) == "annotator"


def test_work_is_not_put_down_to_a_person_who_is_only_here(opens, small):  # noqa: F811
    _, _, path = small
    target = opens("target", accounts=True)
    victim = sign_in(target, "victim")
    opened = target.open_bundle(rows("label_event", who=victim.id)(path))
    assert victim.id not in {event.who for event in target.events(opened.id)}


def test_only_owners_take_a_project_out_and_only_who_may_make_projects_opens_one(opens, three_people, tmp_path):  # noqa: F811
    space = opens("one", accounts=True, admins="admin@example.org")
    project = three_people(space)
    admin = sign_in(space, "admin")
    mine = {member.role: member.person for member in space.members(project.id)}
    for role in ("reviewer", "annotator"):
        with pytest.raises(AccessError, match="needs the role owner"):
            space.as_person(mine[role]).bundle(project.id, tmp_path / "no.votek")
    with pytest.raises(AccessError, match="no role in this project"):
        space.as_person(admin).bundle(project.id, tmp_path / "no.votek")
    assert not (tmp_path / "no.votek").exists()
    path = space.as_person(mine["owner"]).bundle(project.id, tmp_path / "b.votek").path
    for call in ("open_bundle", "look_into_bundle"):
        with pytest.raises(AccessError, match="Only people named in VOTEK_ADMINS"):
            getattr(space.as_person(mine["owner"]), call)(path)
    opened = space.as_person(admin).open_bundle(path)
    assert space.my_role(opened.id, who=admin.id) == "owner"
    assert next(entry.action for entry in space.audit_log(opened.id)) == "open_bundle"
    assert next(entry.action for entry in space.audit_log(project.id)) == "bundle"


def test_opening_that_breaks_off_leaves_nothing(opens, small, compare_texts, tmp_path, monkeypatch):  # noqa: F811
    space, project, _ = small
    compare_texts(space, project.id)
    path = space.bundle(project.id, tmp_path / "full.votek").path
    target = opens("target")
    with monkeypatch.context() as patched:
        patched.setattr("votek.workspace.bundling.Bundling._settle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            target.open_bundle(path)
    assert is_empty(target)
    assert list((target.settings.data / "opening").iterdir()) == []
    with pytest.raises(InputError, match="printable"):
        target.open_bundle(path, name="\n")
    assert is_empty(target)
    assert target.open_bundle(path).project == project
