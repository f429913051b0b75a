"""`votek bundle` and `votek open-bundle`."""

import json

import pytest
from typer.testing import CliRunner

from tests.bundle.conftest import small_project
from votek.cli import app, bundling  # noqa: F401
from votek.errors import FileError, InputError, NotFoundError
from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture
def votek(monkeypatch, tmp_path):
    """`votek(folder, *arguments)`: what the command prints; errors are raised."""

    def run(folder, *arguments):
        monkeypatch.setenv("VOTEK_DATA", str(tmp_path / folder))
        done = CliRunner().invoke(app, [str(part) for part in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_there_and_back(votek, tmp_path):
    with Workspace.open(Settings(data=tmp_path / "one")) as space:
        project = small_project(space, "Parcels")
    made = json.loads(votek("one", "bundle", "Parcels", "--out", tmp_path / "b.votek", "--json"))
    assert (made["files"], made["missing"]) == (1, [])
    assert "--no-addresses leaves them out" in votek("one", "bundle", "Parcels", "--out", tmp_path / "c.votek")
    with pytest.raises(InputError, match="never overwrites"):
        votek("one", "bundle", "Parcels", "--out", tmp_path / "b.votek")
    with pytest.raises(NotFoundError):
        votek("one", "bundle", "Letters", "--out", tmp_path / "d.votek")
    said = votek("two", "open-bundle", tmp_path / "b.votek", "--look")
    assert said.startswith("'Parcels': 20 texts, 0 test items, 5 labelled, 5 entries in the log, 0 rounds of picks.")
    assert "People: ann." in said
    assert json.loads(votek("two", "projects", "--json"))["projects"] == []
    assert json.loads(votek("two", "open-bundle", tmp_path / "b.votek", "--json")) == {
        "project": project.id,
        "name": "Parcels",
        "copied": False,
        "known": 0,
        "new": 0,
        "notes": [],
    }
    again = votek("two", "open-bundle", tmp_path / "b.votek", "--name", "Copy")
    assert again.startswith("'Copy' is here (")
    assert "stays as it is" in again
    with Workspace.open(Settings(data=tmp_path / "two")) as space:
        assert space.project(project.id) == project
    (tmp_path / "text").write_text("hello")
    with pytest.raises(FileError, match="is not a bundle"):
        votek("two", "open-bundle", tmp_path / "text")
