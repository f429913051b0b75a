"""`votek handout`: shows and changes how texts come to a team."""

import json

import pytest
from typer.testing import CliRunner

from votek.cli import app, handing_out  # noqa: F401  (it adds its command)
from votek.datasets import make_dataset
from votek.errors import InputError
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import Workspace


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(*arguments)`: what `votek handout Mail` prints, for 12 picks and two people who have signed in."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", "votek-hash")
    space = Workspace.open(Settings())
    project = space.create_project("Mail")
    texts = [f"text {place} on w{place % 7} and w{place % 5}" for place in range(60)]
    data = make_dataset([f"a{place}" for place in range(60)], texts, {})
    space.import_dataset(project.id, data, role="pool", name="file.csv")
    assert finish_job(space, space.request_selection(project.id, budget=12)).state == "done"
    for name in ("ann", "bob"):
        claims = {"iss": "https://id", "sub": name, "email": f"{name}@example.org", "email_verified": True, "iat": 1}
        space.sign_in(claims)
        space.invite(project.id, f"{name}@example.org", "annotator")
    space.close()

    def called(*arguments):
        result = CliRunner().invoke(app, ["handout", "Mail", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return called


def test_settings_are_shown_and_changed(run):
    assert "1 for each text, to whoever comes next, kept for 30 minutes" in run()
    assert "2 for each text" in run("--overlap", "2", "--minutes", "5")
    stored = json.loads(run("--share", "ann@example.org=2", "--share", "bob@example.org=1", "--json"))["settings"]
    assert (stored["assignment"], sorted(stored["shares"].values()), stored["minutes"]) == ("shares", [1, 2], 5)
    run("--name", "a3=ann@example.org", "--name", "a3=bob@example.org")
    assert "some to named people" in run()
    assert json.loads(run("--anybody", "--json"))["settings"]["named"] == {}


def test_the_plan_is_shown_and_applied(run):
    shown = json.loads(run("--plan", "11", "--json"))
    assert len(shown["plan"]["choices"]) == 11
    assert shown["settings"]["items"] == {}
    applied = json.loads(run("--plan", "11", "--apply", "--json"))
    assert set(applied["settings"]["items"]) == {choice["item"] for choice in shown["plan"]["choices"]}
    assert "0 of 12 texts closed" in run()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--apply"], "--plan"),
        (["--share", "ann"], "joined by ="),
        (["--share", "eve@example.org=1"], "has not signed in"),
        (["--share", "ann@example.org=much"], "whole number of parts"),
        (["--anybody", "--share", "ann@example.org=1"], "exclude each other"),
        (["--overlap", "99"], "1 to 20"),
    ],
)
def test_mistakes_are_named(run, arguments, words):
    with pytest.raises(InputError, match=words):
        run(*arguments)
