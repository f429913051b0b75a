"""What the README shows runs as it stands there."""

import csv
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path):
    """A folder with the README's `questions.csv`."""
    with (ROOT / "examples" / "helpdesk.csv").open(encoding="utf-8", newline="") as source:
        rows = [(row["text"], row["intent"]) for row in csv.DictReader(source)][:80]
    with (tmp_path / "questions.csv").open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("question", "topic"), *rows])
    return tmp_path


def run(folder, *command):
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VOTEK_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_example(folder):
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (folder / "example.py").write_text(example + "print(demonstrations.shape)\n", "utf-8")
    lines = run(folder, "example.py").splitlines()
    assert lines[-1] == "(1, 8)"
    assert len(lines) > 40


def test_the_commands(folder):
    (block,) = re.findall(r"```\n(votek select.*?)```", README, re.DOTALL)
    commands = [shlex.split(line) for line in block.splitlines()]
    assert [command[1] for command in commands] == ["select", "import", "export", "evaluate", "reproduce"]
    for command in commands[:2]:
        run(folder, "-m", "votek.cli", *command[1:])
    assert len((folder / "picks.jsonl").read_text("utf-8").splitlines()) == 40
    assert "random" in run(folder, "-m", "votek.cli", *commands[3][1:])
    for command in (commands[2], commands[4]):
        assert "--help" in run(folder, "-m", "votek.cli", command[1], "--help")


def test_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README)
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).exists()] == []
