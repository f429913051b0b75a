"""What a log line says, and what it never says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

_PROGRAM = """
import logging, sys, threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
logging.getLogger("streamlit.web").addHandler(logging.StreamHandler())
logging.getLogger("uvicorn.error").propagate = False
from votek.logs import note, set_up_logs, within
set_up_logs(sys.argv[1])
log = logging.getLogger("votek.jobs.worker")
with within(request="r1"):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, lambda: note(person="p1", project="q1")).result()
    log.info("request", extra={"route": "/api/labels", "status": 200, "ms": 1.5, "secret": "PLANTED"})
with within(job="j1"):
    try:
        try:
            raise KeyError("PLANTED text of an item")
        except KeyError as error:
            raise ValueError("PLANTED label") from error
    except ValueError:
        log.error("job broke off", exc_info=True)
logging.getLogger("uvicorn.error").info('"WebSocket /_stcore/stream?project=PLANTED" [accepted]')
logging.getLogger("uvicorn.error").warning("%s is odd", "PLANTED")
logging.getLogger("streamlit.web").error("Uncaught app execution", exc_info=RuntimeError("PLANTED"))
def fails():
    raise RuntimeError("PLANTED in a thread")
thread = threading.Thread(target=fails)
thread.start()
thread.join()
raise RuntimeError("PLANTED at the end")
"""


def run(form: str) -> str:
    done = subprocess.run([sys.executable, "-c", _PROGRAM, form], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_value_and_no_message_of_an_exception_is_written(form: str) -> None:
    written = run(form)
    assert "job broke off" in written
    assert "PLANTED" not in written


def test_a_json_line_says_what_where_and_for_whom() -> None:
    lines = [json.loads(line) for line in run("json").splitlines()]
    first, broken, odd, page, thread, end = lines
    assert {name: value for name, value in first.items() if name != "time"} == {
        "level": "info",
        "logger": "votek.jobs.worker",
        "message": "request",
        "request": "r1",
        "person": "p1",
        "project": "q1",
        "route": "/api/labels",
        "status": 200,
        "ms": 1.5,
    }
    assert first["time"].endswith("Z")
    assert (broken["job"], broken["level"]) == ("j1", "error")
    assert [place for place in broken["exception"] if ":" not in place] == ["ValueError", "KeyError"]
    assert any("<module>" in place for place in broken["exception"])
    assert (odd["logger"], odd["message"]) == ("uvicorn.error", "%s is odd")
    assert page["exception"] == ["RuntimeError"]
    assert thread["message"] == end["message"] == "nobody caught this"


def test_plain_lines_read_like_sentences() -> None:
    lines = run("text").splitlines()
    assert lines[0].endswith(
        "INFO    votek.jobs.worker: request  [request=r1 route=/api/labels status=200 ms=1.5 person=p1 project=q1]"
    )
    assert lines[1].endswith("ERROR   votek.jobs.worker: job broke off  [job=j1]")
    assert lines[2] == "    ValueError"


def test_an_error_of_a_page_is_written_without_its_message() -> None:
    program = """
import sys
from streamlit.error_util import handle_uncaught_app_exception
from streamlit.logger import get_logger, update_formatter
from ui.lifecycle import take_over_logs
take_over_logs()
update_formatter()  # as it does when its settings change
def page():
    raise RuntimeError("PLANTED text")
try:
    page()
except RuntimeError as error:
    handle_uncaught_app_exception(error)
get_logger("streamlit.loaded.later").error("odd: %s", "PLANTED")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "PLANTED" not in done.stdout + done.stderr
    assert done.stderr.count("Uncaught app execution") == 1
    assert "<string>:9 page" in done.stderr
    assert "streamlit.loaded.later: odd: %s" in done.stderr


def test_facts_end_with_their_part() -> None:
    from votek.logs import known, note, within

    note(person="nobody asked")
    assert known() == {}
    with within(job="a"), within(request="b"):
        note(project="c")
        assert known() == {"job": "a", "request": "b", "project": "c"}
    assert known() == {}
