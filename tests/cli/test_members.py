"""`votek members` and `votek rotate-key`."""

import json

import pytest
from typer.testing import CliRunner

from votek.access import load_secret
from votek.cli import app, members, projects  # noqa: F401  (they add their commands)
from votek.errors import InputError, NotFoundError
from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(*arguments)`: what a command prints, in a data folder with the project "Mail"."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("VOTEK_SECRET", raising=False)
    space = Workspace.open(Settings())
    space.create_project("Mail")
    space.close()

    def called(*arguments):
        result = CliRunner().invoke(app, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return called


def listed(run):
    return [(m["email"], m["role"]) for m in json.loads(run("members", "Mail", "--json"))["members"]]


def test_people_are_added_changed_listed_and_removed(run):
    assert "belongs to the addresses of VOTEK_ADMINS" in run("members", "Mail")
    assert "ada@example.org  owner  (has not signed in yet)" in run(
        "members", "Mail", "add", "Ada@Example.org", "--role", "owner"
    )
    run("members", "Mail", "add", "ben@example.org")
    assert listed(run) == [("ada@example.org", "owner"), ("ben@example.org", "annotator")]
    run("members", "Mail", "add", "ben@example.org", "--role", "reviewer")
    run("members", "Mail", "add", "cleo@example.org", "--role", "owner")
    run("members", "Mail", "remove", "ada@example.org")
    assert listed(run) == [("ben@example.org", "reviewer"), ("cleo@example.org", "owner")]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["delete", "a@example.org"], InputError, "use add or remove"),
        (["add"], InputError, "Give an address"),
        (["add", "ada"], InputError, "not an e-mail address"),
        (["add", "a@example.org", "--role", "boss"], InputError, "no role 'boss'"),
        (["remove", "a@example.org"], NotFoundError, "no role in this project"),
    ],
)
def test_mistakes_are_named(run, arguments, error, words):
    with pytest.raises(error, match=words):
        run("members", "Mail", *arguments)
    assert listed(run) == []


def test_a_key_is_rotated(run):
    first = load_secret(Settings())
    assert "1 earlier key is accepted for an hour" in run("rotate-key")
    assert load_secret(Settings()).split(",")[1:] == [first]
    assert "no earlier key" in run("rotate-key", "--leaked")
    assert first not in load_secret(Settings())
