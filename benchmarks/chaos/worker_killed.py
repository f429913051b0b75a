"""kill -9 of the worker while it works on a selection: another one goes on, and the picks are the undisturbed ones."""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.chaos.installation import Installation
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.corpus import messages

__all__ = ["Picked", "Work", "picked", "run", "wait_for_job"]

BUDGET = 30
KILLS_PER_JOB = 2
"""A job whose worker ends a third time is given up, as documented."""
PATIENCE_SECONDS = 240.0


@dataclass(frozen=True)
class Work:
    """A selection: from how many texts, by which embedding model, and which share of the deaths it gets."""

    texts: int
    model: str
    share: float


# The packaged model takes long to load at each start; with a stand-in, more deaths fall into the other stages.
WORKS = (Work(600, "all-MiniLM-L6-v2", 0.3), Work(1_500, "votek-hash", 0.7))


@dataclass(frozen=True)
class Picked:
    """What a selection left behind, to compare to the bit."""

    rounds: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]
    arrays: tuple[str, ...]


def run(*, rounds: int, seed: int, works: Sequence[Work] = WORKS) -> Outcome:
    """Kill the worker `rounds` times, at most twice in one job, and compare with jobs that nobody disturbed."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    stages: Counter[str] = Counter()
    jobs = 0
    for place, work in enumerate(works):
        share = rounds - sum(stages.values()) if place == len(works) - 1 else round(rounds * work.share)
        wanted, takes = _undisturbed(work)
        struck = 0
        for _ in range(2 * share + 2):
            if struck >= share:
                break
            jobs += 1
            deaths = _one_job(min(KILLS_PER_JOB, share - struck), work, takes, wanted, chance, tally)
            struck += len(deaths)
            stages.update(deaths)
    killed = sum(stages.values())
    if killed < rounds:
        tally.error(f"only {killed} of {rounds} kills struck a job under way")
    during = ", ".join(f"{stage} ({count})" for stage, count in stages.most_common())
    kinds = " or ".join(f"{work.texts:,} texts ({work.model})" for work in works)
    return Outcome.of(
        "worker killed",
        tally,
        broke=f"kill -9 of the worker at {killed} random moments of {jobs} selections from {kinds}",
        by=f"nobody; the stages under way were {during}; each result equals the undisturbed one to the bit",
        seconds=time.monotonic() - began,
    )


def _undisturbed(work: Work) -> tuple[Picked, float]:
    """The result to compare with, and how many seconds a job takes from its claim."""
    with Installation(environment={"VOTEK_MODEL": work.model}) as server:
        project, job = _ask(server, work.texts)
        server.start_worker()
        with server.opened() as space:
            _until(lambda: space.job(job).state != "queued", "no worker claimed the job")
            began = time.monotonic()
            wait_for_job(space, job)
            return picked(space, project), time.monotonic() - began


def _one_job(kills: int, work: Work, takes: float, wanted: Picked, chance: random.Random, tally: Tally) -> list[str]:
    """One selection whose worker dies up to `kills` times; gives the stage each death came in."""
    struck: list[str] = []
    with Installation(environment={"VOTEK_MODEL": work.model}) as server:
        project, job = _ask(server, work.texts)
        with server.opened() as space:
            for _ in range(kills):
                server.start_worker()
                _until(lambda: space.job(job).state != "queued" and space.job(job).attempts > len(struck), "no claim")
                time.sleep(chance.uniform(0, takes))
                server.kill_worker()
                if space.job(job).state != "running":
                    break  # it was done: this death came too late to count
                struck.append(_stage(space.job(job)))
            if space.job(job).state == "running":
                server.start_worker()
            found = wait_for_job(space, job)
            if found.state != "done":
                tally.error(f"after {len(struck)} kills the job is {found.state}: {found.message}")
            elif found.attempts != len(struck) + 1:
                tally.error(f"after {len(struck)} kills the job counts {found.attempts} attempts")
            elif picked(space, project) != wanted:
                tally.error(f"after {len(struck)} kills (in {struck}) the result differs from the undisturbed one")
    return struck


def _ask(server: Installation, texts: int) -> tuple[str, str]:
    project = server.make_project([f"{i}: {text}" for i, text in enumerate(messages(texts))], queued=0)
    with server.opened() as space:
        return project, space.request_selection(project, budget=BUDGET).id


def _stage(job: Any) -> str:
    return next((name for name, (done, total) in job.stages.items() if done < total), "storing the result")


def picked(space: Any, project: str) -> Picked:
    """The picks, and the digests of vectors, graph and map."""
    prepared = space.prepared(project)
    arrays = (prepared.embeddings.vectors, prepared.graph.neighbors, space.projection(project, "pca").xy)
    return Picked(
        tuple((tuple(made.indices), tuple(made.gains)) for made in space.rounds(project)),
        tuple(hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest() for array in arrays),
    )


def wait_for_job(space: Any, job: str, *, seconds: float = PATIENCE_SECONDS) -> Any:
    """The job, once it is over."""
    _until(lambda: space.job(job).state not in ("queued", "running"), f"the job {job} did not end", seconds)
    return space.job(job)


def _until(condition: Any, otherwise: str, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{otherwise} within {seconds:.0f} seconds")
        time.sleep(0.03)
