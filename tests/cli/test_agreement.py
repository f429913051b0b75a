"""`votek agreement` says what the function says of the same table."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import votek
from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def table(tmp_path):
    """A project "Two" in which two people labelled twelve texts, and the same labels as rows."""
    space = Workspace.open(Settings(data=tmp_path / "data"))
    labels = tuple(LabelSpec(name, "#0072B2") for name in ("low", "mid", "high"))
    made = space.create_project("Two", task=TaskSpec("single", labels))
    texts = [f"text {row}" for row in range(12)]
    space.import_dataset(made.id, make_dataset([f"t{row}" for row in range(12)], texts, {}), role="pool", name="t")
    space.add_to_queue(made.id, range(12))
    rows = []
    for row in range(12):
        for who, label in (("ann", ("low", "mid", "high")[row % 3]), ("bob", ("low", "mid", "high")[(row % 5) % 3])):
            rows.append((f"t{row}", who, label))
            (ack,) = space.record_events(made.id, who, [NewEvent(f"{who}{row}", f"t{row}", "label", label, 1, 1)])
            assert ack.accepted, ack.reason
    space.close()
    return rows


def run(tmp_path, *arguments, code=0):
    environment = {**os.environ, "VOTEK_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "votek.cli", "agreement", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stderr + done.stdout
    return done


def test_the_command_gives_the_bytes_of_the_function(tmp_path, table):
    wanted = json.dumps(votek.agreement(table[::-1]).to_json(), ensure_ascii=False)
    assert run(tmp_path, "Two", "--json").stdout == wanted + "\n"
    ranked = votek.agreement(table, level="ordinal", order=["low", "mid", "high"], seed=3)
    ranked_json = run(tmp_path, "Two", "--level", "ordinal", "--seed", "3", "--json").stdout
    assert ranked_json == json.dumps(ranked.to_json(), ensure_ascii=False) + "\n"


def test_the_command_in_words(tmp_path, table):
    lines = run(tmp_path, "Two").stdout.splitlines()
    found = votek.agreement(table)
    assert lines[0] == "12 texts were labelled by two people or more."
    assert found.krippendorff.words() in lines[2]
    assert lines[4].startswith("ann and bob: same label")
    assert "Traceback" not in run(tmp_path, "Two", "--level", "rank", code=2).stderr
