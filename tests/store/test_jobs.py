"""Job rows: claimed once, alive by a lease, given up after three attempts."""

import datetime as dt
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

import votek.store
from votek.datatypes import Job
from votek.errors import NotFoundError
from votek.store import jobs, projects
from votek.store.schema import job as table

ROOT = Path(votek.store.__file__).resolve().parents[2]
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def add(store):
    def add_job(name, *, project="p", kind="prepare", priority=10):
        with store.write() as tx:
            if not tx.execute(sa.text("SELECT 1 FROM project WHERE id = :id"), {"id": project}).first():
                projects.insert(tx, project, created=NOW, sample=False)
            made = Job(name, project, kind, {}, "queued", {}, "", NOW, None, None, 0)
            jobs.add(tx, made, priority=priority)

    return add_job


def claim(store, worker="w", lease=1e12, **which):
    with store.write() as tx:
        return jobs.claim(tx, worker=worker, time=NOW, lease=lease, **({"quick": False} | which))


def state(store, name):
    with store.read() as tx:
        return jobs.get(tx, name)


CLAIMER = """
import datetime as dt, sys
from pathlib import Path
from votek.store import Store, jobs
store = Store(sys.argv[1], Path(sys.argv[3]))
sys.stdin.readline()
while True:
    with store.write() as tx:
        job = jobs.claim(tx, worker=sys.argv[2], quick=True, time=dt.datetime.now(dt.UTC), lease=1e12)
    if job is None:
        break
    print(job.id, flush=True)
"""


def test_four_processes_never_get_the_same_job(store, add, address):
    for place in range(120):
        add(f"job{place}", priority=0)
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, address, str(number), str(store.folder)],
            cwd=ROOT,
            stdin=-1,
            stdout=-1,
            stderr=-1,
        )
        for number in range(4)
    ]
    taken = Counter()
    for process in claimers:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in claimers:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
        taken.update(out.decode().split())
    assert taken == Counter({f"job{place}": 1 for place in range(120)})


def test_the_most_urgent_comes_first_then_the_oldest(store, add):
    add("b", project="p1", priority=10)
    add("a", project="p2", priority=5)
    add("c", project="p3", priority=10)
    assert [claim(store).id for _ in range(3)] == ["a", "b", "c"]
    assert claim(store) is None


def test_lanes(store, add):
    add("long", priority=10)
    add("quick", priority=0)
    assert claim(store, quick=True).id == "quick"
    assert claim(store, quick=True) is None
    assert claim(store).id == "long"


def test_two_long_jobs_of_a_project_run_one_after_the_other(store, add):
    add("first")
    add("second", kind="select", priority=11)
    add("elsewhere", project="q", priority=12)
    assert [claim(store).id, claim(store).id] == ["first", "elsewhere"]
    assert claim(store) is None
    assert claim(store, job_id="second") is None
    with store.write() as tx:
        jobs.finish(tx, "first", worker="w", state="done", message="", time=NOW)
    assert claim(store).id == "second"


def test_a_claimed_job_counts_its_attempts_and_keeps_its_first_start(store, add):
    add("a")
    claimed = claim(store)
    assert (claimed.state, claimed.attempts, claimed.started) == ("running", 1, NOW)
    with store.write() as tx:
        jobs.finish(tx, "a", worker="w", state="queued", message="", time=NOW)
    assert state(store, "a").attempts == 0  # stopped in good order
    assert claim(store).attempts == 1


def test_a_silent_worker_loses_its_job_and_cannot_touch_it_any_more(store, add):
    add("a")
    claim(store, worker="silent", lease=time.time() - 1)
    with store.write() as tx:
        assert jobs.release_expired(tx, moment=time.time(), time=NOW) == 1
    assert state(store, "a").state == "queued"
    assert claim(store, worker="next").attempts == 2
    with store.write() as tx:
        assert not jobs.beat(tx, "a", worker="silent", lease=1e12)
        assert not jobs.report(tx, "a", worker="silent", stages={"embed": (1, 2)})
        assert not jobs.finish(tx, "a", worker="silent", state="done", message="", time=NOW)
        assert jobs.owner(tx, "a") == ("next", False)
        assert jobs.beat(tx, "a", worker="next", lease=1e12)
    assert state(store, "a").stages == {}


def test_after_three_attempts_a_job_is_given_up(store, add):
    add("a")
    for attempt in range(3):
        assert claim(store, lease=0.0).attempts == attempt + 1
        with store.write() as tx:
            jobs.release_expired(tx, moment=time.time(), time=NOW)
    found = state(store, "a")
    assert found.state == "failed"
    assert "stopped 3 times" in found.message
    assert claim(store) is None


def test_cancelling(store, add):
    add("waits", project="p")
    add("runs", project="q")
    claim(store, job_id="runs")
    with store.write() as tx:
        jobs.ask_to_stop(tx, "p", job_id="waits", time=NOW)
        jobs.ask_to_stop(tx, "q", job_id="runs", time=NOW)
        assert jobs.owner(tx, "runs") == ("w", True)
    assert state(store, "waits").state == "cancelled"
    assert state(store, "runs").state == "running"
    assert claim(store) is None


def test_a_cancelled_job_of_a_dead_worker_does_not_come_back(store, add):
    add("a")
    claim(store, lease=0.0)
    with store.write() as tx:
        jobs.ask_to_stop(tx, "p", time=NOW)
        jobs.release_expired(tx, moment=time.time(), time=NOW)
    assert state(store, "a").state == "cancelled"


def test_a_deleted_project_takes_its_jobs_along(store, add):
    add("a")
    claim(store)
    with store.write() as tx:
        projects.delete(tx, "p")
        assert jobs.owner(tx, "a") == (None, True)
        assert not jobs.beat(tx, "a", worker="w", lease=1e12)
    with pytest.raises(NotFoundError, match="no job 'a'"):
        state(store, "a")


def test_times_come_back_in_utc_and_naive_ones_are_refused(store, add):
    add("a")
    assert state(store, "a").created == NOW
    assert state(store, "a").created.tzinfo == dt.UTC
    with pytest.raises(sa.exc.StatementError, match="without a zone"), store.write() as tx:
        tx.execute(sa.update(table).values(finished=dt.datetime(2026, 1, 1)))
