"""Twenty annotators at two labels a second while the worker embeds: errors, losses, time to the acknowledgement."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from benchmarks.chaos.installation import LABELS, Installation, numbered
from benchmarks.chaos.labeler import BrowserlessLabeler
from benchmarks.chaos.promise import Outcome, Tally
from benchmarks.chaos.web_killed import labelers_of
from benchmarks.corpus import messages

__all__ = ["P95_TARGET_MS", "run"]

PEOPLE, LABELS_A_SECOND = 20, 2.0
P95_TARGET_MS = 150.0
CORES = 2
EMBEDDED_A_SECOND = 400
"""More than the worker does, so that it has work to the end."""


def run(*, seed: int, seconds: float = 180.0, people: int = PEOPLE, embed: bool = True) -> Outcome:
    """Label at a steady pace for `seconds`; what is late starts the clock when it was due."""
    tally, began = Tally(), time.monotonic()
    each = int(seconds * LABELS_A_SECOND) + 1
    with two_cores(), Installation(team=True) as server:
        project = server.make_project(numbered(each * people), name="Labelling")
        heavy = server.make_project(
            [f"{i}: {text}" for i, text in enumerate(messages(int(seconds * EMBEDDED_A_SECOND)))], queued=0
        )
        server.start_web()
        if embed:
            _start_embedding(server, heavy)
        labelers = labelers_of(server, project, people, seed=seed)
        _all_at_once(labelers, each, seconds, seed)
        busy = not embed or _embedding(server, heavy)
        for labeler in labelers:
            if not labeler.all_saved():
                tally.error(f"{labeler.person} still has {len(labeler.outbox)} labels that are not saved")
            labeler.close()
        _judge(server, project, labelers, tally)
    if not busy:
        tally.error("the worker was done before the last label")
    return _outcome(labelers, tally, people=people, seconds=seconds, took=time.monotonic() - began)


def _judge(server: Installation, project: str, labelers: list[BrowserlessLabeler], tally: Tally) -> None:
    events = server.events(project)
    if len({item for labeler in labelers for item, _ in labeler.given}) < _given(labelers):
        tally.error("a text was handed to more people than asked for")
    for labeler in labelers:
        tally.check_told(labeler.told, events, who=labeler.person)
        tally.check_given(labeler.given, events, who=labeler.person)
        for message in labeler.unexpected[:3]:
            tally.error(f"{labeler.person} got {message}")
        if labeler.failures:
            tally.error(f"{labeler.person} had to send again {labeler.failures} times")


def _given(labelers: list[BrowserlessLabeler]) -> int:
    """How many labels were given in all."""
    return sum(len(labeler.given) for labeler in labelers)


def _outcome(labelers: list[BrowserlessLabeler], tally: Tally, *, people: int, seconds: float, took: float) -> Outcome:
    times = np.array([second for labeler in labelers for second in labeler.seconds]) * 1000
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    return Outcome.of(
        "load",
        tally,
        broke=f"nothing: {people} x {LABELS_A_SECOND:g} labels a second for {seconds:.0f} s while the worker embeds",
        by=f"a team of {people} without a browser",
        seconds=took,
        figures={
            "p50 ms": round(float(p50), 1),
            "p95 ms": round(float(p95), 1),
            "p99 ms": round(float(p99), 1),
            "max ms": round(float(times.max()), 1),
            "p95 target ms": P95_TARGET_MS,
            "labels a second": round(len(times) / seconds, 1),
        },
    )


def _all_at_once(labelers: list[BrowserlessLabeler], each: int, seconds: float, seed: int) -> None:
    for labeler in labelers:
        labeler.open()
    start = time.monotonic() + 1.0
    threads = [
        threading.Thread(target=_at_a_pace, args=(labeler, start, each, random.Random(f"{seed} {place}")))
        for place, labeler in enumerate(labelers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _at_a_pace(labeler: BrowserlessLabeler, start: float, each: int, chance: random.Random) -> None:
    """Keys fall due every half second, people beside each other at different moments of it."""
    due = start + chance.uniform(0, 1 / LABELS_A_SECOND)
    for _ in range(each - 1):
        time.sleep(max(0.0, due - time.monotonic()))
        labeler.press(chance.choice(LABELS), due=due, patience=60.0)
        due += 1 / LABELS_A_SECOND


def _start_embedding(server: Installation, project: str) -> None:
    with server.opened() as space:
        space.request_preparation(project)
    server.start_worker()
    deadline = time.monotonic() + 120
    while not _embedding(server, project):
        if time.monotonic() > deadline:
            raise RuntimeError("the worker did not begin to embed within two minutes")
        time.sleep(0.5)


def _embedding(server: Installation, project: str) -> bool:
    with server.opened() as space:
        jobs = space.jobs(project, active=True)
    return any(0 < job.stages.get("embed", (0, 0))[0] < job.stages["embed"][1] for job in jobs if job.stages)


@contextmanager
def two_cores() -> Iterator[None]:
    """Keep this process and those it starts to two cores, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
