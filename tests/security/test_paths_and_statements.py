"""No name leads out of the data folder, no value becomes part of a statement, no secret comes with the code."""

import ast
import hashlib
import json
import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from votek.access.accounts import sign_in_providers
from votek.datasets import make_dataset
from votek.datatypes import TaskSpec
from votek.errors import InputError, VotekError
from votek.settings import Settings
from votek.store.archive import check_backup
from votek.store.backup import write_backup
from votek.store.restore import restore_backup
from votek.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
WAYS_OUT = [
    "../secret",
    "../../etc/passwd",
    "/etc/passwd",
    "..\\secret",
    "a/../../secret",
    "%2e%2e%2fsecret",
    "..%c0%afsecret",
    "a/b",
    ".",
    "..",
    "",
    "a\0b",
    "C:\\secret",
    "\u2025/secret",
    "a.json",
]


@pytest.mark.parametrize("key", WAYS_OUT)
def test_a_stage_key_names_a_stage_and_nothing_else(space, key):
    for call in (
        lambda: space.store.cache.get(key),
        lambda: space.store.cache.put(key, {}),
        lambda: space.store.cache.drop([key]),
    ):
        with pytest.raises(ValueError, match="cannot name a stored stage"):
            call()


def test_an_array_that_a_key_lists_is_looked_for_in_its_folder_alone(space, tmp_path):
    import numpy as np

    cache = space.store.cache
    np.save(tmp_path / "planted.npy", np.arange(3))
    for digest in ("../../../planted", str(tmp_path / "planted")):
        cache.put("stage", {"a": np.zeros(1)})
        (cache.folder / "keys" / "stage.json").write_text(json.dumps({"a": digest}))
        assert cache.get("stage") is None  # its content is not what its name says


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/passwd", "..\\evil", "a/b.csv", "\u202e.csv", "<img src=x>.csv"]
)
def test_what_a_file_is_called_names_no_file_here(space, name):
    before = {path for path in space.settings.data.rglob("*") if path.is_file()}
    project = space.create_project("Files", task=TaskSpec("text"))
    space.import_dataset(project.id, make_dataset(["1"], ["a"], {}), role="pool", name=name)
    made = {path for path in space.settings.data.rglob("*") if path.is_file()} - before
    assert made
    for path in made:
        assert path.resolve().is_relative_to(space.settings.data.resolve())
        assert "evil" not in path.name
        assert re.fullmatch(r"[0-9a-f]{64}\.parquet|votek\.db.*", path.name)


@pytest.fixture
def backup(space, tmp_path):
    """A backup of a project, and its path."""
    project = space.create_project("Backed up", task=TaskSpec("text"))
    space.import_dataset(project.id, make_dataset(["1"], ["a"], {}), role="pool", name="a")
    return write_backup(space.store, tmp_path / "backup.zip").path


def changed(path, target, change):
    """A copy of a backup, its members and manifest changed by `change(members, manifest)`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in members.items():
            archive.writestr(name, content)
    return target


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "files/../../evil.txt",
        "files/datasets/../../../evil.txt",
        "/tmp/evil.txt",
        "files\\..\\evil.txt",
        "files/scores/../evil.txt",
        "files/scores/.evil",
        "files/secret",
        "files/votek.db",
        "tables/../evil.jsonl",
        "evil.txt",
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_a_member_of_a_backup_leads_nowhere_else(tmp_path, backup, name, listed):
    def plant(members, manifest):
        members[name] = b"evil"
        if listed:
            manifest["members"][name] = [4, hashlib.sha256(b"evil").hexdigest()]

    planted = changed(backup, tmp_path / "planted.zip", plant)
    with pytest.raises(VotekError):
        check_backup(planted)
    target = Store(f"sqlite:///{tmp_path / 'other' / 'votek.db'}", tmp_path / "other")
    with pytest.raises(VotekError):
        restore_backup(target, planted)
    target.close()
    assert not list(tmp_path.rglob("*evil*"))
    assert not Path("/tmp/evil.txt").exists()


def test_the_same_backup_unchanged_is_taken(tmp_path, backup):
    assert check_backup(changed(backup, tmp_path / "same.zip", lambda members, manifest: None))


def test_a_backup_that_grows_beyond_its_manifest_is_refused(tmp_path, backup):
    def grow(members, manifest):
        name = next(name for name in members if name.startswith("files/"))
        members[name] = bytes(50_000_000)

    with pytest.raises(VotekError, match="another size"):
        check_backup(changed(backup, tmp_path / "grown.zip", grow))


def test_every_statement_is_written_out_or_built_by_the_library():
    found = []
    for path in (ROOT / "votek").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            last = ast.unparse(node.func).rpartition(".")[2]
            built = isinstance(node.args[0], ast.JoinedStr | ast.BinOp) or (
                isinstance(node.args[0], ast.Call) and ast.unparse(node.args[0].func).endswith((".format", ".join"))
            )
            if last in ("text", "execute", "exec_driver_sql", "executescript", "literal_column") and built:
                found.append(f"{path.relative_to(ROOT)}: {ast.unparse(node)}")
    # The one exception takes its words from a tuple beside it.
    assert [one for one in found if "PRAGMA {pragma}" not in one] == []


SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bsk-[A-Za-z0-9]{20,}|\bhf_[A-Za-z0-9]{30,}|\bghp_[A-Za-z0-9]{30,}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bxox[bap]-[0-9A-Za-z-]{20,}|\bAIza[0-9A-Za-z_-]{35}"
    r"|(?i:(?:password|client_secret|cookie_secret|api_key|apikey)\s*[=:]\s*[\"'](?!\$\{)[^\"'{}\s<>]{8,}[\"'])"
)


def tracked():
    """Every file that is part of the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for top in ("votek", "ui", "pages", "docs", "examples") for path in (ROOT / top).rglob("*.*")]


def test_no_key_or_password_is_in_the_repository():
    assert SECRETS.search('client_secret = "abcdefgh12345"')
    found = []
    for path in tracked():
        if not path.is_file() or path.suffix in (".png", ".parquet") or path.is_relative_to(ROOT / "tests"):
            continue
        found += [
            f"{path.relative_to(ROOT)}: {hit.group()[:30]}"
            for hit in SECRETS.finditer(path.read_text("utf-8", "ignore"))
        ]
    assert found == []
    assert ROOT / ".streamlit" / "secrets.toml" not in tracked()


def test_there_is_no_default_key_and_no_default_account(monkeypatch, tmp_path):
    monkeypatch.delenv("VOTEK_SECRET", raising=False)
    settings = Settings(data=tmp_path)
    assert settings.secret is None
    assert settings.admin_addresses == frozenset()
    assert settings.endpoint_hosts == ""
    assert settings.host == "127.0.0.1"


def test_the_example_of_sign_in_works_for_nobody_as_it_is(monkeypatch):
    example = ROOT / ".streamlit" / "secrets.toml.example"
    assert example.is_file()
    assert tomllib.loads(example.read_text("utf-8"))["auth"]
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(example))
    with pytest.raises(InputError):
        sign_in_providers()
