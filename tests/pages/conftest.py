"""A data folder of its own for each page test, and pages opened in it."""

import os
import threading
import time
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from votek.datatypes import LabelSpec, TaskSpec
from votek.jobs.worker import run
from votek.settings import Settings
from votek.workspace import NewEvent, Workspace

ROOT = Path(__file__).resolve().parents[2]
SHOP_LABELS = ("late", "lost", "broken", "blocked")


@pytest.fixture
def space(tmp_path, monkeypatch):
    """The workspace that the pages of this test see."""
    monkeypatch.setenv("VOTEK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("VOTEK_DATABASE_URL", raising=False)
    monkeypatch.chdir(ROOT)
    opened = Workspace.open(Settings())
    yield opened
    opened.close()
    st.cache_resource.clear()


@pytest.fixture
def open_at(space):
    """`open_at("pages/1_Data.py", project_id, **query)`: the page after its first run, without an exception."""
    assert space is not None

    def opened(page: str = "app.py", project: str | None = None, **query: str) -> AppTest:
        at = AppTest.from_file(os.fspath(ROOT / "app.py"), default_timeout=30)
        if page != "app.py":
            at.switch_page(page)
        if project is not None:
            at.query_params["project"] = project
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def texts_of():
    """`texts_of(n)`: n different short texts, with a few words in common."""

    def made(n: int) -> list[str]:
        subjects, verbs = ("parcel", "refund", "card", "account", "order"), ("late", "lost", "broken", "blocked")
        return [f"My {subjects[i % 5]} number {i} is {verbs[i % 4]}" for i in range(n)]

    return made


@pytest.fixture
def work_off(space, monkeypatch):
    """`work_off(project_id)`: a worker does the project's selections, with vectors that need no model."""
    monkeypatch.setattr("votek.jobs.worker.warm_up", lambda settings, stop: None)

    def worked(project: str) -> None:
        stop = threading.Event()
        settings = space.settings.model_copy(update={"model": "votek-hash"})
        worker = threading.Thread(target=run, args=(settings,), kwargs={"stop": stop})
        worker.start()
        deadline = time.monotonic() + 60
        while any(job.kind == "select" for job in space.jobs(project, active=True)) and time.monotonic() < deadline:
            time.sleep(0.05)
        stop.set()
        worker.join()
        failed = [job.message for job in space.jobs(project) if job.state == "failed"]
        assert not failed
        assert not [job for job in space.jobs(project, active=True) if job.kind == "select"]

    return worked


@pytest.fixture
def project(space):
    labels = tuple(LabelSpec(name, f"#00000{i}") for i, name in enumerate(SHOP_LABELS))
    return space.create_project("Shop", task=TaskSpec("single", labels))


@pytest.fixture
def filled(space, project, texts_of, tmp_path):
    """The project with 30 texts and their true label in a hidden column."""
    from votek.datasets import read_dataset

    rows = [f'{i},"{text}",{SHOP_LABELS[i % 4]},{"AB"[i % 2]}' for i, text in enumerate(texts_of(30))]
    (tmp_path / "texts.csv").write_text("\n".join(["id,text,truth,team", *rows]))
    dataset = read_dataset(tmp_path / "texts.csv", text="text", id="id")
    space.import_dataset(project.id, dataset, role="pool", name="texts.csv", columns={"truth": "gold"})
    return project


@pytest.fixture
def labelled(space, filled, compare_texts):
    """The project with twelve labelled texts, ready for prompts."""
    compare_texts(space, filled.id)
    space.add_to_queue(filled.id, range(12))
    events = [NewEvent(f"e{i}", str(i), "label", SHOP_LABELS[i % 4], 1, 1) for i in range(12)]
    assert all(ack.accepted for ack in space.record_events(filled.id, "local", events))
    return filled


@pytest.fixture
def tested(space, labelled, compare_texts, tmp_path):
    """The same with a test file of two items, one of them awkward."""
    from votek.datasets import read_dataset

    (tmp_path / "tests.csv").write_text('id,text,team\nq1,"My {parcel} costs $5 & is *late* <b>",A\nq2,Account lost?,B')
    dataset = read_dataset(tmp_path / "tests.csv", text="text", id="id")
    space.import_dataset(labelled.id, dataset, role="test", name="tests.csv")
    compare_texts(space, labelled.id)
    return labelled
