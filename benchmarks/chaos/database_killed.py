"""kill -9 of PostgreSQL, all its processes at once, at random moments; fsync is on."""

from __future__ import annotations

import random
import time

from benchmarks.chaos.installation import Installation, numbered
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.chaos.web_killed import annotators, finish
from benchmarks.chaos.worker_killed import wait_for_job
from tests.postgres import Postgres

__all__ = ["run"]

PEOPLE = 3


def run(*, rounds: int, seed: int, texts: int = 400, model: str = "all-MiniLM-L6-v2") -> Outcome:
    """Annotators label without a break and the worker picks texts while the database dies and comes back."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    database = Postgres(durable=True)
    try:
        with Installation(database_url=database.url(), environment={"VOTEK_MODEL": model}, team=True) as server:
            project = server.make_project(numbered(40 * rounds + 400))
            picking = server.make_project(numbered(texts), queued=0, name="Picking")
            server.start_web()
            server.start_worker()
            with server.opened() as space:
                job = space.request_selection(picking, budget=20).id
            with annotators(server, project, PEOPLE, seed=seed) as labelers:
                for _ in range(rounds):
                    time.sleep(chance.uniform(0.3, 2.0))
                    database.kill()
                    told = [(labeler, labeler.saved_so_far()) for labeler in labelers]
                    time.sleep(chance.uniform(0, 1.0))  # people go on labelling into the void
                    database.restart()
                    events = server.events(project)
                    for labeler, saved in told:
                        tally.check_told(saved, events, who=labeler.person)
                finish(server, project, labelers, tally)
            _check_worker(server, job, tally)
    finally:
        database.stop()
    return Outcome.of(
        "PostgreSQL killed",
        tally,
        broke=f"kill -9 of PostgreSQL (every process, fsync on) at {rounds} random moments",
        by=f"a team of {PEOPLE} without a browser; the worker meanwhile picks texts and finishes afterwards",
        seconds=time.monotonic() - began,
        figures={"retries": sum(labeler.failures for labeler in labelers)},
    )


def _check_worker(server: Installation, job: str, tally: Tally) -> None:
    """The worker has lived through it, and its job is done or said in words why not."""
    if server.worker is not None and server.worker.poll() is not None:
        tally.error(f"the worker ended with the database (exit code {server.worker.returncode})")
        return
    with server.opened() as space:
        found = wait_for_job(space, job, seconds=120)
    if found.state != "done":
        tally.error(f"the job under way ended as {found.state}: {found.message}")
