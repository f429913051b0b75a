"""Which model answers: the form that the Select and the Evaluate page share."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape
from ui.model_keys import forget_key, give_key, has_key
from ui.model_trial import draw_trial
from ui.remember import remembered
from votek.errors import VotekError
from votek.scoring import ModelSettings
from votek.scoring.keys import KEY_VARIABLES

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.scoring.settings import CalibrationName, ScoringName, Tier, Way

__all__ = ["draw_model_settings"]

_TIERS: dict[Tier, str] = {"knn": "No model", "transformers": "A model on this machine", "openai": "An endpoint"}
_ABOUT: dict[Tier, str] = {
    "knn": "A stand-in: it answers as the labelled texts nearest to the text do, and is the surer the nearer "
    "they are and the more they agree. It works offline and costs nothing.",
    "transformers": "A causal language model, from a folder or the local model cache. It reads every text on this "
    "machine; nothing is sent anywhere.",
    "openai": "A server that speaks OpenAI's protocol, here or elsewhere. Your texts and labels are sent to it.",
}
_WAYS: dict[Way, str] = {"echo": "Score every label", "letters": "Option letters", "generate": "Let it write"}
_ABOUT_WAYS: dict[Way, str] = {
    "echo": "Exact: the probability of each label's own words.",
    "letters": "For chat models: each label gets a letter, and the probabilities of the next letter are read. Up to 20 "
    "labels; the endpoint must give top log-probabilities.",
    "generate": "The model writes an answer and the label is read from it. Any chat model can; only some tell how "
    "sure they are.",
}
_ECHO_NEEDS = " The endpoint must offer completions with echo and log-probabilities."
_SCORINGS: dict[ScoringName, str] = {"mean": "Mean per token", "sum": "Sum", "pmi": "Against no text (PMI)"}
_CALIBRATIONS: dict[CalibrationName, str] = {"none": "None", "contextual": "Contextual", "batch": "Batch"}


def draw_model_settings(page: OpenPage) -> ModelSettings:
    """Draw the form and keep what can be used; returns the settings in force (the stored ones while it cannot)."""
    stored = page.workspace.model_settings(page.project.id)
    if not page.may("owner"):
        st.caption(f"{_TIERS[stored.tier]} answers: an owner of the project chooses who does.")
        return stored
    tier = st.segmented_control(
        "Who answers",
        list(_TIERS),
        default=stored.tier,
        format_func=_TIERS.__getitem__,
        required=True,
        **remembered(page.project.id, "model-tier"),
    )
    st.caption(_ABOUT[tier])
    wanted = replace(stored, tier=tier)
    if tier == "transformers":
        wanted = _local(page, wanted)
    elif tier == "openai":
        wanted = _endpoint(page, wanted)
    else:
        wanted = replace(wanted, calibration="none")
    if tier != "knn" and not wanted.model:
        st.info("Name the model; then try it.")
        return stored
    try:
        wanted.check()
    except VotekError as error:
        st.error(escape(str(error)))
        return stored
    if tier == "openai":
        _key(page, wanted)
    if wanted != stored:
        page.workspace.save_model_settings(page.project.id, wanted)
    draw_trial(page, wanted)
    return wanted


def _local(page: OpenPage, so_far: ModelSettings) -> ModelSettings:
    model = _name(page, so_far, "Folder or name of the model", "folder of a model, or a name in the model cache")
    way = _way(page, so_far, ["echo", "generate"])
    return _scores(page, replace(so_far, model=model, way=way, base_url=None))


def _endpoint(page: OpenPage, so_far: ModelSettings) -> ModelSettings:
    url = st.text_input(
        "Base URL",
        so_far.base_url or "",
        placeholder="http://127.0.0.1:8000/v1",
        help="Up to /v1. Empty: the variable OPENAI_BASE_URL, else OpenAI itself.",
        **remembered(page.project.id, "model-url"),
    )
    model = _name(page, so_far, "Model", "as the endpoint calls it")
    way = _way(page, so_far, ["echo", "letters", "generate"])
    changed = _scores(page, replace(so_far, base_url=(url or "").strip() or None, model=model, way=way))
    concurrency = st.number_input(
        "Calls at once", 1, 64, so_far.concurrency, width=200, **remembered(page.project.id, "model-concurrency")
    )
    return replace(changed, concurrency=int(concurrency))


def _name(page: OpenPage, so_far: ModelSettings, label: str, placeholder: str) -> str:
    stored = so_far.model if page.workspace.model_settings(page.project.id).tier == so_far.tier else ""
    given = st.text_input(
        label, stored, placeholder=placeholder, **remembered(page.project.id, f"model-name-{so_far.tier}")
    )
    return (given or "").strip()


def _way(page: OpenPage, so_far: ModelSettings, ways: list[Way]) -> Way:
    way: Way = st.segmented_control(
        "How it is asked",
        ways,
        default=so_far.way if so_far.way in ways else ways[0],
        format_func=_WAYS.__getitem__,
        required=True,
        **remembered(page.project.id, f"model-way-{so_far.tier}"),
    )
    st.caption(_ABOUT_WAYS[way] + (_ECHO_NEEDS if way == "echo" and so_far.tier == "openai" else ""))
    return way


def _scores(page: OpenPage, so_far: ModelSettings) -> ModelSettings:
    """How labels are scored, and what is taken out of the scores; nothing to choose where the model writes."""
    if so_far.way == "generate":
        return replace(so_far, scoring="mean", calibration="none")
    scoring: ScoringName = "mean"
    with st.container(horizontal=True):
        if so_far.way == "echo":
            scoring = st.selectbox(
                "Score of a label",
                list(_SCORINGS),
                index=list(_SCORINGS).index(so_far.scoring),
                format_func=_SCORINGS.__getitem__,
                width=240,
                help="The mean makes long and short labels comparable; PMI tells how much likelier the text makes one.",
                **remembered(page.project.id, "model-scoring"),
            )
        calibration: CalibrationName = "none"
        if scoring != "pmi":
            calibration = st.selectbox(
                "Calibration",
                list(_CALIBRATIONS),
                index=list(_CALIBRATIONS).index(so_far.calibration),
                format_func=_CALIBRATIONS.__getitem__,
                width=240,
                help="Takes out a model's leaning to some labels. Contextual also asks about no text, up to three more "
                "calls each; batch divides by the mean over all texts, without more calls.",
                **remembered(page.project.id, "model-calibration"),
            )
    return replace(so_far, scoring=scoring, calibration=calibration)


def _key(page: OpenPage, wanted: ModelSettings) -> None:
    """A field for the key, which goes to this process's memory and nowhere else."""
    project_id = page.project.id
    if has_key(project_id, wanted):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("A key for this endpoint is held in memory until the server stops. It is stored nowhere.")
            if st.button("Forget the key"):
                forget_key(project_id, wanted)
                st.rerun()
        return
    variable = next((name for name in KEY_VARIABLES if os.environ.get(name)), None)
    note = (
        f"A key comes from {variable}; one given here is used instead." if variable else "Needs none? Leave it empty."
    )
    with st.form(f"{project_id}-model-key", clear_on_submit=True, border=False):
        given = st.text_input(
            "Key",
            type="password",
            autocomplete="off",
            help="Held in the server's memory alone, for this project and endpoint. Never stored, logged or exported.",
        )
        st.caption(note)
        if st.form_submit_button("Use this key") and (given or "").strip():
            give_key(project_id, wanted, given)
            st.rerun()
