"""The Select page: how many texts a person will label, picked how; runs in the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import OpenPage, errors_shown, escape, next_step
from ui.jobs import latest_failure, seconds_in_words, watch_jobs
from ui.model_settings import draw_model_settings
from ui.pace import seconds_per_label
from ui.remember import remembered
from ui.select_compare import draw_compare
from ui.select_floors import choose_floors, take_preset
from ui.select_method import choose_method
from ui.select_results import draw_results
from ui.select_rounds import draw_rounds, open_second_round
from ui.select_wish import Wish

if TYPE_CHECKING:
    from votek.annotation import TwoRounds
    from votek.datatypes import Dataset, Job

__all__ = ["draw_select"]


def draw_select(page: OpenPage) -> None:
    """Draw the page: the round under way, settings, running work, results, and the next step."""
    space, project = page.workspace, page.project
    dataset = space.dataset(project.id)
    if dataset is None or not len(dataset):
        st.info("There are no texts in this project yet. Load a file first; then choose here how many to label.")
        next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return
    take_preset(page, dataset)
    selection = space.selection(project.id)
    picked = len(selection) if selection is not None else 0
    stand = space.two_rounds(project.id)
    picking = any(job.kind == "select" for job in space.jobs(project.id, active=True))
    if stand is not None:
        draw_rounds(page, stand, busy=picking)
    wish = _settings(page, dataset, picked=picked, stand=stand)
    if selection is not None:
        _change(page, wish, picked=picked, busy=picking, stand=stand)
    watch_jobs(space, project.id, "prepare", "select")
    failure = (
        "" if picking else latest_failure(space, project.id, "select") or latest_failure(space, project.id, "prepare")
    )
    if failure:
        st.error(escape(failure))
    draw_compare(page, dataset, budget=wish.budget)
    if selection is None:
        if not picking and next_step("Pick texts", disabled=not wish.fits):
            _start(space.request_selection, page, wish)
        return
    draw_results(dataset, selection)
    _onward(page, stand, busy=picking)


def _onward(page: OpenPage, stand: TwoRounds | None, *, busy: bool) -> None:
    """Go on to labelling, to round two, or first to the labels when there are none to choose from."""
    task = page.project.task
    if task.type != "text" and not task.labels:
        st.info("There are no labels to choose from yet. Name them on the Data page; then start labelling.")
        next_step("Name the labels", page="pages/1_Data.py", query=page.query)
    elif stand is not None and stand.ready:
        if next_step("Open round 2", disabled=busy):
            open_second_round(page)
    elif page.summary.next_step == "prompts":
        next_step("Build prompts", page="pages/6_Prompts.py", query=page.query)
    else:
        started = page.summary.done > 0
        next_step("Go on labelling" if started else "Start labelling", page="pages/4_Annotate.py", query=page.query)


def _settings(page: OpenPage, dataset: Dataset, *, picked: int, stand: TwoRounds | None) -> Wish:
    prepared = page.workspace.prepared(page.project.id)
    distinct = len(set(dataset.duplicates.tolist())) if prepared is None else len(prepared.rows)
    wanted = stand.total if stand is not None and stand.number == 1 else picked
    usual = wanted or min(distinct, 100 if distinct >= 1000 else 40)
    budget = int(
        st.number_input(
            "How many texts will you label?",
            min_value=1,
            max_value=max(distinct, 1),
            value=min(usual, distinct),
            step=10 if distinct > 50 else 1,
            width=240,
            **remembered(page.project.id, f"budget-{picked}"),
        )
    )
    _estimate(page, budget)
    above = st.container()
    groups, floor, fits = choose_floors(page, dataset, budget=budget)
    with st.expander("Model"):
        st.caption(
            "Some methods ask a model how sure it is of each text: vote-k in its second round, and those that appear "
            "among the methods once a model is chosen here."
        )
        draw_model_settings(page)
    with above:  # drawn last, as a model that was just chosen brings methods with it
        method = choose_method(page, distinct=distinct)
    return Wish(budget, method.name, method.k, method.rho, method.seed, groups, floor, fits)


def _estimate(page: OpenPage, budget: int) -> None:
    usual = page.workspace.settings.seconds_per_label
    seconds, measured = seconds_per_label(page.workspace.events(page.project.id), default=usual)
    basis = "your pace so far" if measured else "a usual pace"
    pace = f"{seconds:.0f} s" if seconds >= 1 else "under 1 s"
    st.caption(f"About {seconds_in_words(budget * seconds)} of labelling, at {pace} a text ({basis}).")


def _pick_words(count: int) -> str:
    return f"Pick {count:,} text" + ("s" if count != 1 else "")


def _start(request: Callable[..., Job], page: OpenPage, wish: Wish) -> None:
    with errors_shown():
        request(page.project.id, **wish.arguments())
        st.rerun()


def _change(page: OpenPage, wish: Wish, *, picked: int, busy: bool, stand: TwoRounds | None) -> None:
    """Offer more picks, or a fresh start with other settings."""
    space = page.workspace
    between = stand is not None and stand.number == 1
    with st.container(horizontal=True, vertical_alignment="center"):
        more = wish.budget - picked
        if more > 0 and not between and st.button(f"Pick {more:,} more", disabled=busy):
            _start(space.request_selection, page, wish)
        with st.popover("Start afresh", disabled=busy):
            st.markdown("Picks anew with the settings above. Labelled texts stay and count; picks not yet labelled go.")
            if st.button(f"{_pick_words(wish.budget)} afresh", disabled=not wish.fits):
                _start(space.restart_selection, page, wish)
