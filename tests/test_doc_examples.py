"""What the documents show runs: every Python example, and every command, in the order of its page.

A page is tried in a folder of its own that holds what its examples name: `questions.csv`, `tests.csv`, `labels.csv`,
`predictions.csv` and the project "Help desk". An example that cannot run everywhere says why in a comment before it:
`<!-- not run: reason -->`.
"""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import votek
import votek.cli
from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.inline import finish_job
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace, label_color, label_key

ROOT = Path(__file__).resolve().parents[1]
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if "```" in page.read_text("utf-8")]
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^\n]+) -->\n)?^```(?P<language>\w*)\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE
)
MODEL = "votek-hash"


def examples(page: Path) -> list[tuple[str, str]]:
    """(language, code) of what is to run: Python, and blocks of commands."""
    found = []
    for block in BLOCK.finditer(page.read_text("utf-8")):
        commands = re.search(r"^votek ", block["code"], re.MULTILINE)
        if block["why"] is None and (block["language"] == "python" or commands):
            found.append(("python" if block["language"] == "python" else "commands", block["code"]))
    return found


def helpdesk(file: str) -> list[dict[str, str]]:
    with (ROOT / "examples" / file).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        table = csv.DictWriter(target, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A folder with the files and the data folder, to be copied for each page."""
    folder = tmp_path_factory.mktemp("docs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOTEK_DATA", str(folder / "data"))
        patch.setenv("VOTEK_MODEL", MODEL)
        make_files(folder)
        make_project(folder)
    return folder


def make_files(folder: Path) -> None:
    rows = [
        {"id": f"row{at}", "text": row["text"], "question": row["text"], "topic": row["intent"],
         "language": ("en", "de")[at % 2], "source": ("mail", "chat", "form")[at % 3]}
        for at, row in enumerate(helpdesk("helpdesk.csv")[:130])
    ]  # fmt: skip
    write(folder / "questions.csv", rows)
    answers = sorted({row["topic"] for row in rows})
    said = [
        {"id": row["id"], "label": row["topic"],
         **{f"model {one}": row["topic"] if (at * one) % 7 else answers[at % 8] for one in (1, 2, 3)}}
        for at, row in enumerate(rows)
    ]  # fmt: skip
    write(folder / "predictions.csv", said)
    write(folder / "labels.csv", [{"id": row["id"], "topic": row["topic"]} for row in rows])
    write(
        folder / "tests.csv",
        [{"question": row["text"], "text": row["text"]} for row in helpdesk("helpdesk_test.csv")[:20]],
    )


def make_project(folder: Path) -> None:
    """The project "Help desk": forty picks labelled, and two people who have signed in."""
    space = Workspace.open(Settings(), accounts=False)
    data = votek.read_dataset(folder / "questions.csv", id="id")
    gold = data.fields["topic"].tolist()
    names = sorted(set(gold))
    labels = tuple(LabelSpec(name, label_color(at), key=label_key(at)) for at, name in enumerate(names))
    project = space.create_project("Help desk", task=TaskSpec("single", labels))
    space.import_dataset(project.id, data, role="pool", name="questions.csv", columns={"topic": "gold"})
    tests = votek.read_dataset(folder / "tests.csv")
    space.import_dataset(project.id, tests, role="test", name="tests.csv")
    assert finish_job(space, space.request_selection(project.id, budget=40)).state == "done"
    events = [NewEvent(f"e{item.rank}", item.item, "label", gold[item.row], 1, 1) for item in space.queue(project.id)]
    assert all(ack.accepted for ack in space.record_events(project.id, "local", events))
    for name, role in (("ada", "annotator"), ("ben", "annotator"), ("cleo", "owner")):
        claims = {"iss": "https://id", "sub": name, "email": f"{name}@example.org", "email_verified": True, "iat": 1}
        space.sign_in(claims)
        space.invite(project.id, f"{name}@example.org", role)
    space.close()


@pytest.fixture
def folder(ready, tmp_path, monkeypatch):
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VOTEK_MODEL", MODEL)
    return tmp_path


def names() -> dict[str, object]:
    """What the Python examples take as given: a small pool, its labels, groups and confidences."""
    data = votek.read_dataset("questions.csv", id="id")
    vectors = votek.embed(data.texts, model=MODEL)
    labels = data.fields["topic"].tolist()
    random = np.random.default_rng(4)
    rows = random.permutation(len(data))
    right = random.random(len(data)) < 0.7
    picks = votek.select(vectors, budget=20)
    return {
        "votek": votek, "np": np, "data": data, "vectors": vectors, "labels": labels, "picks": picks,
        "confidence": random.random(len(data)), "log_probabilities": -random.random(len(data)) - 0.1,
        "rows": rows[:20], "next_rows": rows[20:40], "channels": data.fields["source"].tolist(),
        "test_vectors": vectors.vectors[rows[40:80]], "test_labels": [labels[row] for row in rows[40:80]],
        "right": right, "groups": data.fields["language"].tolist(),
        "right_with_random_picks": random.random(len(data)) < 0.6,
    }  # fmt: skip


def run_commands(code: str) -> None:
    program = votek.cli.load_commands()
    for line in code.replace("\\\n", " ").splitlines():
        if not line.startswith("votek "):
            continue
        words = shlex.split(line, comments=True)[1:]
        done = CliRunner().invoke(program, words)
        assert done.exception is None or isinstance(done.exception, SystemExit), f"{line}: {done.exception!r}"
        assert done.exit_code in (0, 1), f"{line}: {done.output}"


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_the_examples_of_a_page_run(page, folder):
    found = examples(page)
    given: dict[str, object] | None = None
    for language, code in found:
        if language == "python":
            given = given or names()
            exec(compile(code, str(page), "exec"), given)  # noqa: S102  (our own documents)
        else:
            run_commands(code)
