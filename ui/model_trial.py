""" "Try it": one request to the model, in the worker, and what all of them would cost."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.frame import errors_shown, escape

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Job
    from votek.scoring import ModelSettings
    from votek.workspace import Workspace

__all__ = ["draw_trial"]

NAME = "model-trial"
_SHOWN = 5


def draw_trial(page: OpenPage, model: ModelSettings) -> None:
    """Draw the button, the request under way, and the newest answer of this model."""
    space, project_id = page.workspace, page.project.id
    running = _running(space, project_id)
    if st.button("Try it", disabled=running is not None, help="Asks about one text that has no label yet."):
        with errors_shown():
            # The moment makes every trial one of its own: what was said before is not asked again otherwise.
            space.request_analysis(project_id, NAME, {"model": model.as_json(), "at": time.time()})
            st.rerun()
    if running is not None:
        _wait(space, project_id, running.id)
        return
    failed = _failure(space, project_id)
    if failed:
        st.error(escape(failed))
        return
    found = space.analysis(project_id, NAME)
    if found is not None and found[0].get("model") == model.as_json():
        _result(found[1], model)


def _trials(space: Workspace, project_id: str, *, active: bool) -> list[Job]:
    jobs = space.jobs(project_id, active=True) if active else space.jobs(project_id)
    return [job for job in jobs if job.kind == "analysis" and job.parameters.get("analysis") == NAME]


def _running(space: Workspace, project_id: str) -> Job | None:
    return next(iter(_trials(space, project_id, active=True)), None)


def _failure(space: Workspace, project_id: str) -> str:
    newest = max(_trials(space, project_id, active=False), key=lambda job: job.created, default=None)
    return newest.message or "The work stopped." if newest is not None and newest.state == "failed" else ""


@st.fragment(run_every=0.5)
def _wait(space: Workspace, project_id: str, job_id: str) -> None:
    with errors_shown():
        if all(job.id != job_id for job in _trials(space, project_id, active=True)):
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Asking the model about one text …")
            if st.button("Stop", key=f"stop-{job_id}"):
                space.cancel_job(job_id)


def _result(table: Mapping[str, Any], model: ModelSettings) -> None:
    if "error" in table:
        st.error(escape(str(table["error"])))
        return
    with st.container(border=True):
        st.caption(f"Asked about this text, in {table['seconds']:.1f} s:")
        st.text(str(table["text"])[:500])
        prediction = table["prediction"]
        if prediction is None:
            st.warning("No answer could be read from what the model said. Ask it in another way, or use another model.")
        else:
            st.markdown(f"Answer: **{escape(str(prediction))}**{_sureness(table['confidence'])}")
        _scores(table)
    st.caption(_cost(table, model))


def _sureness(confidence: float | None) -> str:
    if confidence is None:
        return ", how sure it is was not told"
    return f", mean log-probability {confidence:.3f} (a probability of {math.exp(confidence):.3f} per token)"


def _scores(table: Mapping[str, Any]) -> None:
    ordered = sorted(table["label_scores"].items(), key=lambda pair: -pair[1])
    if len(ordered) > 1:
        more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
        st.caption(escape("; ".join(f"{label}: {score:.3f}" for label, score in ordered[:_SHOWN])) + more)
    if table["missing_mass"]:
        st.caption(f"The labels account for {1 - table['missing_mass']:.1%} of the probability.")


def _cost(table: Mapping[str, Any], model: ModelSettings) -> str:
    if model.tier == "knn":
        return f"All {table['requests']:,} texts without a label: no calls, no cost."
    calls = "call" if table["calls"] == 1 else "calls"
    kept = f"; {table['kept']:,} answers are kept already" if table["kept"] else ""
    return (
        f"All {table['requests']:,} texts without a label: about {table['calls']:,} {calls}, {table['tokens_in']:,} "
        f"tokens read and at most {table['tokens_out']:,} written (by the packaged tokenizer){kept}."
    )
