"""`votek backup` and `votek restore`."""

import json

import pytest
from typer.testing import CliRunner

from votek.cli import app, archiving  # noqa: F401
from votek.cli.folder_lock import lock_data_folder
from votek.errors import AlreadyRunningError, CorruptFileError
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
    space = Workspace.open(Settings(data=tmp_path / "one"))
    project = space.create_project("Parcels")
    lock = lock_data_folder(tmp_path / "one")  # the app runs meanwhile
    made = json.loads(votek("one", "backup", tmp_path / "b.votek", "--json"))
    lock.release()
    space.close()
    assert (made["rows"], made["files"], made["missing"]) == (5, 0, [])
    with pytest.raises(CorruptFileError):
        votek("two", "restore", tmp_path / "b.votek", "--sha256", "0" * 64)
    told = votek("two", "restore", tmp_path / "b.votek", "--sha256", made["sha256"])
    assert "restored: 5 rows, 0 files. Start the app again." in told
    back = Workspace.open(Settings(data=tmp_path / "two"))
    assert back.project(project.id) == project
    back.close()


def test_nothing_is_restored_under_a_running_server(votek, tmp_path):
    votek("one", "backup", tmp_path / "b.votek")
    lock = lock_data_folder(tmp_path / "two")
    with pytest.raises(AlreadyRunningError):
        votek("two", "restore", tmp_path / "b.votek")
    lock.release()
    votek("two", "restore", tmp_path / "b.votek")
