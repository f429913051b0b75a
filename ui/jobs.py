"""Background work as a person sees it: a bar for each stage, the time left, a way to stop."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import errors_shown, escape

if TYPE_CHECKING:
    from votek.datatypes import Job
    from votek.workspace import Workspace

__all__ = ["latest_failure", "seconds_in_words", "split_stages", "time_left", "watch_jobs"]

STAGES = {
    "embed": "Turning each text into a vector (numbers that tell which texts are alike)",
    "copies": "Looking for copies",
    "graph": "Finding each text's nearest neighbours",
    "pca": "Drawing a first map",
    "score": "Asking the model how sure it is of each text",
    "select": "Picking texts",
    "random": "Comparing with picks drawn at random",
    "map": "Drawing the map",
    "tests": "Reading the test texts",
}
_KINDS = {"prepare": "Preparing the texts", "select": "Picking texts", "repair": "Replacing skipped texts"}
_PATIENCE = dt.timedelta(seconds=6)


def watch_jobs(space: Workspace, project_id: str, *kinds: str) -> bool:
    """Draw the project's unfinished jobs (of these kinds, or all) and keep them current.

    Returns whether there are any; the page runs again whenever one of them is over.
    """
    active = _active(space, project_id, kinds)
    if not active:
        return False
    hidden = frozenset() if space.dataset(project_id, "test") is not None else frozenset({"tests"})
    _live(space, project_id, kinds, frozenset(job.id for job in active), hidden)
    return True


def latest_failure(space: Workspace, project_id: str, kind: str) -> str:
    """Why the newest job of this kind failed, or "" when it did not."""
    jobs = [job for job in space.jobs(project_id) if job.kind == kind]
    newest = max(jobs, key=lambda job: job.created, default=None)
    return newest.message or "The work stopped." if newest is not None and newest.state == "failed" else ""


def _active(space: Workspace, project_id: str, kinds: tuple[str, ...]) -> list[Job]:
    return [job for job in space.jobs(project_id, active=True) if not kinds or job.kind in kinds]


@st.fragment(run_every=0.5)
def _live(
    space: Workspace, project_id: str, kinds: tuple[str, ...], drawn: frozenset[str], hidden: frozenset[str]
) -> None:
    with errors_shown():
        active = _active(space, project_id, kinds)
        if drawn - {job.id for job in active}:
            st.rerun()
        running = any(job.state == "running" for job in active)
        for job in active:
            _draw(space, job, behind_another=running, hidden=hidden)
        st.caption("You can leave this page or close the window: the work goes on, and is shown here when you return.")


def _draw(space: Workspace, job: Job, *, behind_another: bool, hidden: frozenset[str]) -> None:
    with st.container(border=True, key=f"job-{job.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_KINDS.get(job.kind, job.kind)}**", width="stretch")
            if st.button("Cancel", key=f"cancel-{job.id}"):
                space.cancel_job(job.id)
        if job.state == "queued":
            st.caption(_waiting(job, behind_another=behind_another))
        else:
            _draw_stages(job, hidden)
        if job.message:
            st.caption(escape(job.message))


def _draw_stages(job: Job, hidden: frozenset[str]) -> None:
    """A bar for each stage that is done or running; those to come in one line. `hidden`: with nothing to do."""
    begun, to_come = split_stages({name: counts for name, counts in job.stages.items() if name not in hidden})
    for stage in begun:
        done, total = job.stages[stage]
        text = f"{STAGES.get(stage, stage)} · {_count(job.id, stage, done, total)}"
        st.progress(_share(done, total), text=text)
    if to_come:
        words = [STAGES.get(stage, stage) for stage in to_come]
        st.caption("Still to come: " + ", ".join(word[0].lower() + word[1:] for word in words) + ".")


def split_stages(stages: Mapping[str, tuple[int, int]]) -> tuple[list[str], list[str]]:
    """Stages that are done or running, and those to come; the first unfinished one is running.

    >>> split_stages({"embed": (9, 9), "graph": (0, 1), "map": (0, 1)})
    (['embed', 'graph'], ['map'])
    """
    begun = [stage for stage, (done, _) in stages.items() if done > 0]
    waiting = [stage for stage, (done, _) in stages.items() if done <= 0]
    if all(stages[stage][0] >= stages[stage][1] for stage in begun):
        begun, waiting = begun + waiting[:1], waiting[1:]
    return begun, waiting


def _waiting(job: Job, *, behind_another: bool) -> str:
    if behind_another or dt.datetime.now(dt.UTC) - _aware(job.created) < _PATIENCE:
        return "Waiting for its turn."
    return "Waiting for the worker. If nothing happens, start one with `votek worker` in the same data folder."


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _share(done: int, total: int) -> float:
    return min(1.0, done / total) if total > 0 else 0.0


def _count(job_id: str, stage: str, done: int, total: int) -> str:
    if total > 0 and done >= total:
        return "done"
    key = f"seen-{job_id}-{stage}"
    first = st.session_state.setdefault(key, (time.monotonic(), done))
    left = time_left(time.monotonic() - first[0], done - first[1], total - done)
    counted = f"{done:,} of {total:,}" if total > 1 else "running"
    return counted + (f" · about {seconds_in_words(left)} left" if left is not None else "")


def time_left(elapsed: float, advanced: int, remaining: int) -> float | None:
    """Seconds still needed at the pace seen so far; None while too little was seen.

    >>> time_left(10.0, 200, 300)
    15.0
    """
    return remaining * elapsed / advanced if advanced > 0 and elapsed > 1.5 else None


def seconds_in_words(seconds: float) -> str:
    """A duration as people say it.

    >>> seconds_in_words(42), seconds_in_words(1200), seconds_in_words(5400)
    ('42 s', '20 min', '1 h 30 min')
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
