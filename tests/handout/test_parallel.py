"""Eight people at once, each a process of its own, with leases that run out in the middle."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from subprocess import PIPE

import pytest

from votek.datasets import make_dataset
from votek.datatypes import LabelSpec, TaskSpec
from votek.settings import Settings
from votek.workspace import Workspace

ANNOTATOR = Path(__file__).with_name("annotator.py")
TEXTS = 200
TASK = TaskSpec("single", (LabelSpec("x", "#0072B2"), LabelSpec("y", "#E69F00")))
HABITS = ("steady", "steady", "steady", "steady", "slow", "slow", "slow", "dies")


@pytest.fixture
def shared(tmp_path, database_url):
    """A workspace on either database, and its address."""
    opened = Workspace.open(
        Settings(data=tmp_path / "data", database_url=database_url, model="votek-hash"), accounts=True
    )
    yield opened, database_url
    opened.close()


@pytest.fixture
def start(tmp_path, shared):
    """`start(projects)`: eight annotators at once; returns what each printed, line by line, when all have ended."""
    running = []

    def run(projects):
        for number, habit in enumerate(HABITS):
            arguments = [tmp_path / "data", shared[1], f"person{number}", str(number), habit]
            command = [sys.executable, ANNOTATOR, *arguments, *(project.id for project in projects)]
            running.append(subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True))
        for process in running:
            assert process.stdout.readline() == "ready\n", process.stderr.read()
        told = [[] for _ in running]
        for _ in projects:
            for process in running:
                process.stdin.write("\n")
                process.stdin.flush()
            for counts, process in zip(told, running, strict=True):
                counts.extend(int(word) for word in process.stdout.readline().split()[:1])
        errors = [process.communicate(timeout=60)[1] for process in running]
        assert [process.returncode for process in running] == [9 if habit == "dies" else 0 for habit in HABITS], errors
        return told

    yield run
    for process in running:
        process.kill()


def test_exactly_so_many_people_for_each_text_and_nobody_starves(shared, settle, start):
    space, _ = shared
    projects = [race(space, settle, overlap=overlap) for overlap in (1, 2, 3)]
    told = start(projects)
    for place, project in enumerate(projects):
        events = space.events(project.id)
        undone = {event.value["event"] for event in events if event.kind == "undo"}
        given = [event for event in events if event.kind == "label" and event.event_id not in undone]
        pairs = Counter((event.item, event.who) for event in given)
        assert set(pairs.values()) == {1}
        overlap = place + 1
        assert Counter(item for item, _ in pairs) == dict.fromkeys((f"a{n}" for n in range(TEXTS)), overlap)
        by_person = Counter(event.who for event in given)
        for number, counts in enumerate(told):
            assert by_person[f"person{number}"] >= 1  # nobody starves
            if place < len(counts):  # every label that was acknowledged is there
                assert by_person[f"person{number}"] == counts[place]
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))


def race(space, settle, *, overlap):
    """A project with 200 texts to label and leases of a second."""
    project = space.create_project(f"Race {overlap}", task=TASK)
    data = make_dataset([f"a{place}" for place in range(TEXTS)], [f"text {place}" for place in range(TEXTS)], {})
    space.import_dataset(project.id, data, role="pool", name="file.csv")
    space.add_to_queue(project.id, range(TEXTS))
    settle(space, project, overlap=overlap, minutes=1 / 60)
    return project
