"""Web servers and workers end in good order, and several share one database and one data folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from votek.cli.folder_lock import lock_data_folder
from votek.errors import AlreadyRunningError

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [f"text number {at} about {('parcels', 'money', 'keys')[at % 3]}" for at in range(40)]


def until(seen, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_label_under_way_is_stored_before_the_web_server_ends(installation, how) -> None:
    here = installation()
    project = here.project(TEXTS)
    web, address = here.web()
    answers = []
    with here.space.store.write():  # somebody else writes: the label has to wait
        post = threading.Thread(target=lambda: answers.append(here.label(address, project, "t3", "beta")))
        post.start()
        time.sleep(0.7)
        web.send_signal(how)
        time.sleep(0.7)
        assert web.poll() is None
        assert answers == []
    post.join(20)
    assert web.wait(20) == 0
    assert (answers[0].status, len(answers[0].body["acknowledged"])) == (200, 1)
    assert here.space.labels(project.id)["t3"].value == "beta"


def test_an_idle_web_server_ends_within_seconds_and_leaves_nothing(installation) -> None:
    here = installation()
    web, address = here.web()
    with pytest.raises(AlreadyRunningError, match="web server or worker"):
        lock_data_folder(here.folder)  # as a restore starts
    assert here.ask(f"{address}/api/health").body == {"status": "ok"}
    assert here.ask(f"{address}/_stcore/health").status == 200
    assert here.ask(f"{address}/_stcore/metrics").status == 404
    assert "<title>" in here.ask(f"{address}/").body
    with connect(f"{address.replace('http', 'ws')}/_stcore/stream") as page:  # as an open tab holds it
        began = time.monotonic()
        web.terminate()
        assert web.wait(20) == 0
        assert time.monotonic() - began < 5
        with suppress(ConnectionClosed):
            while True:
                page.recv(timeout=5)
        assert page.close_code == 1012
    assert "Traceback" not in here.logs()
    lock = lock_data_folder(here.folder)
    late = here.start("worker")
    assert late.wait(30) == 2
    assert "backup is being put in place" in here.logs()
    lock.release()


def test_a_worker_in_the_middle_of_a_job_hands_it_back_at_once(installation) -> None:
    here = installation(VOTEK_LEASE_SECONDS="60")  # nobody else could take it before the lease has run out
    project = here.project([f"{at} {TEXTS[at % 40]}" for at in range(200)])
    stuck = """
import sys, time, threading
from votek.embeddings.standin import HashEncoder
from votek.cli import main
HashEncoder.encode = lambda self, texts: (print("stuck", flush=True), time.sleep(60))
sys.argv = ["votek", "worker"]
main()
"""
    given = {**os.environ, "VOTEK_DATA": str(here.folder), "VOTEK_MODEL": "votek-hash", **here.environment}
    job = here.space.request_preparation(project.id)
    with subprocess.Popen([sys.executable, "-c", stuck], cwd=ROOT, env=given, stderr=subprocess.PIPE) as worker:
        try:
            until(lambda: here.space.job(job.id).state == "running")
            until(lambda: list((here.folder / "workers").glob("*.json")))
            time.sleep(1)
            worker.terminate()
            began = time.monotonic()
            until(lambda: here.space.job(job.id).state == "queued", 5)
            assert here.space.job(job.id).attempts == 0  # stopped in good order: that is no failed attempt
            assert worker.wait(20) == 0
            assert time.monotonic() - began < 8
        finally:
            worker.kill()
    here.start("worker")
    until(lambda: here.space.job(job.id).stages["graph"][0] == 1, 90)  # the map is not waited for


def test_an_idle_worker_ends_at_once(installation) -> None:
    here = installation()
    worker = here.start("worker")
    signs = here.folder / "workers"
    until(lambda: list(signs.glob("*.json")))
    lock_data_folder(here.folder, beside_others=True).release()  # as `votek app` starts
    with pytest.raises(AlreadyRunningError, match="web server or worker"):
        lock_data_folder(here.folder)  # as a restore starts
    worker.terminate()
    assert worker.wait(30) == 0
    assert list(signs.glob("*.json")) == []


def test_two_web_servers_and_two_workers_share_a_database_and_a_folder(installation, postgres) -> None:
    here = installation(postgres.url())
    project = here.project(TEXTS)
    (one, first), (other, second) = here.web(), here.web()
    for at in range(8):
        assert here.label((first, second)[at % 2], project, f"t{at}", "alpha").body["rejected"] == []
    assert len(here.space.labels(project.id)) == 8
    workers = [here.start("worker"), here.start("worker")]
    until(lambda: here.ask(f"{second}/api/ready").body["workers"]["alive"] == 2)
    job = here.space.request_selection(project.id, budget=3)
    until(lambda: here.space.job(job.id).state == "done", 90)
    one.terminate()
    assert one.wait(20) == 0
    assert here.label(second, project, "t9", "beta").status == 200
    for process in (other, *workers):
        process.terminate()
    assert [process.wait(20) for process in (other, *workers)] == [0, 0, 0]


def test_a_web_server_listens_on_this_computer_only_where_nobody_signs_in(installation) -> None:
    here = installation()
    refused = here.start("web", VOTEK_HOST="0.0.0.0", VOTEK_PORT="0")
    assert refused.wait(30) == 2
    assert "without accounts only this computer" in here.logs()


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_that_a_person_typed_or_that_is_secret_is_in_any_log(installation, form) -> None:
    """Planted: a word in texts, labels, names, addresses, queries, headers and keys; then all goes wrong as well."""
    word = "PLANTED"
    here = installation(
        VOTEK_LOG_FORMAT=form,
        VOTEK_METRICS_TOKEN=f"{word}-token-for-figures",
        VOTEK_SECRET=f"{word}-secret-that-signs-tokens",
        VOTEK_ADMINS=f"{word}@example.org",
        VOTEK_API_KEY=f"sk-{word}",
    )
    here.settings = here.settings.model_copy(update={"secret": f"{word}-secret-that-signs-tokens"})
    texts = [f"{word} {text}" for text in TEXTS]
    project = here.project(texts, (f"{word} label", "beta"), f"{word} project")
    web, address = here.web()
    worker = here.start("worker")
    assert here.label(address, project, "t1", f"{word} label").body["rejected"] == []
    assert here.label(address, project, f"{word} item", f"{word} odd").body["acknowledged"] == []
    token = {"Authorization": f"Bearer {word}", "X-Request-ID": f"{word} id", "Cookie": f"a={word}"}
    assert here.ask(f"{address}/api/queue?who={word}@example.org&q={word}", headers=token).status == 401
    assert here.ask(f"{address}/api/labels?q={word}", {"token": word, "events": [{"item": word}]}).status == 401
    assert here.ask(f"{address}/{word}?project={word}").status == 200
    job = here.space.request_selection(project.id, budget=3)
    until(lambda: here.space.job(job.id).state in ("done", "failed"), 90)
    for stored in (here.folder / "datasets").glob("*.parquet"):  # now nothing of it can be read
        stored.write_bytes(f"{word} is not a table".encode())
    broken = here.space.request_selection(project.id, budget=3)
    until(lambda: here.space.job(broken.id).state in ("done", "failed"), 90)
    here.label(address, project, "t2", "beta")
    here.ask(f"{address}/?project={project.id}&q={word}")
    for process in (web, worker):
        process.terminate()
        assert process.wait(20) == 0
    written = here.logs()
    assert word not in written
    assert "job begins" in written
    assert project.id in written
    if form == "json":
        lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
        assert any((line.get("route"), line.get("status")) == ("/api/labels", 200) for line in lines)
        assert any(line["message"] == "job ends" and line["job"] == job.id for line in lines)
