"""A data folder of its own for each page test, and pages opened in it."""

import os
import threading
import time
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from votek.jobs.worker import run
from votek.settings import Settings
from votek.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


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
