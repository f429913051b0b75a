"""The Select page: how many texts a person will label, picked how; runs in the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

import votek
from ui.frame import OpenPage, errors_shown, escape, next_step
from ui.jobs import latest_failure, seconds_in_words, watch_jobs
from ui.pace import seconds_per_label
from ui.remember import remembered
from ui.select_results import draw_results

if TYPE_CHECKING:
    from votek.datatypes import Dataset, Job

__all__ = ["draw_select"]

_AUTO, _PAPER, _NUMBER = "Automatic", "150, as in Su et al. 2022", "A number"
_NAMES = {"fast-vote-k": "Fast vote-k", "random": "Random"}
_DEFAULT = "fast-vote-k"
_ABOUT = {
    "fast-vote-k": "Each text votes for the texts most like it, and the one with the most votes is picked. "
    "Texts that have a pick near them count less in the next round, so that the picks differ."
}


@dataclass(frozen=True)
class Wish:
    """What was asked for, as `Workspace.request_selection` takes it."""

    budget: int
    method: str
    k: int | Literal["auto"]
    rho: float
    seed: int

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments."""
        return dict(vars(self))


def draw_select(page: OpenPage) -> None:
    """Draw the page: settings, running work, results, and the next step."""
    space, project = page.workspace, page.project
    dataset = space.dataset(project.id)
    if dataset is None or not len(dataset):
        st.info("There are no texts in this project yet. Load a file first; then choose here how many to label.")
        next_step("Load a file", page="pages/1_Data.py", query=page.query)
        return
    selection = space.selection(project.id)
    picked = len(selection) if selection is not None else 0
    wish = _settings(page, dataset, picked=picked)
    picking = any(job.kind == "select" for job in space.jobs(project.id, active=True))
    if selection is not None:
        _change(page, wish, picked=picked, busy=picking)
    watch_jobs(space, project.id, "prepare", "select")
    failure = (
        "" if picking else latest_failure(space, project.id, "select") or latest_failure(space, project.id, "prepare")
    )
    if failure:
        st.error(escape(failure))
    if selection is None:
        if not picking and next_step("Pick texts"):
            _start(space.request_selection, page, wish)
        return
    draw_results(dataset, selection)
    _onward(page)


def _onward(page: OpenPage) -> None:
    """Go on to labelling, or first to the labels when there are none to choose from."""
    task = page.project.task
    if task.type != "text" and not task.labels:
        st.info("There are no labels to choose from yet. Name them on the Data page; then start labelling.")
        next_step("Name the labels", page="pages/1_Data.py", query=page.query)
    else:
        if page.summary.next_step == "prompts":
            next_step("Build prompts", page="pages/6_Prompts.py", query=page.query)
            return
        started = page.summary.done > 0
        next_step("Go on labelling" if started else "Start labelling", page="pages/4_Annotate.py", query=page.query)


def _settings(page: OpenPage, dataset: Dataset, *, picked: int) -> Wish:
    prepared = page.workspace.prepared(page.project.id)
    distinct = len(set(dataset.duplicates.tolist())) if prepared is None else len(prepared.rows)
    usual = picked or min(distinct, 100 if distinct >= 1000 else 40)
    budget = st.number_input(
        "How many texts will you label?",
        min_value=1,
        max_value=max(distinct, 1),
        value=min(usual, distinct),
        step=10 if distinct > 50 else 1,
        width=240,
        **remembered(page.project.id, f"budget-{picked}"),
    )
    _estimate(page, int(budget))
    summary = st.container()
    with st.expander("Other methods"):
        method, k = _methods(page, distinct)
        rho, seed = _advanced(page)
    summary.caption(f"Method: {_NAMES.get(method, method)}. {_ABOUT.get(method, votek.methods()[method])}")
    return Wish(int(budget), method, k, rho, seed)


def _estimate(page: OpenPage, budget: int) -> None:
    usual = page.workspace.settings.seconds_per_label
    seconds, measured = seconds_per_label(page.workspace.events(page.project.id), default=usual)
    basis = "your pace so far" if measured else "a usual pace"
    pace = f"{seconds:.0f} s" if seconds >= 1 else "under 1 s"
    st.caption(f"About {seconds_in_words(budget * seconds)} of labelling, at {pace} a text ({basis}).")


def _method_name(name: str) -> str:
    return _NAMES.get(name, name) + (" (usual)" if name == _DEFAULT else "")


def _methods(page: OpenPage, distinct: int) -> tuple[str, int | Literal["auto"]]:
    about = {name: words for name, words in (votek.methods() | _ABOUT).items() if name != "auto"}
    names = sorted(about, key=lambda name: (name != _DEFAULT, name))
    method = st.radio(
        "Method",
        names,
        format_func=_method_name,
        captions=[about[name] for name in names],
        **remembered(page.project.id, "method"),
    )
    how = st.segmented_control(
        "Neighbours each text votes for (k)",
        [_AUTO, _PAPER, _NUMBER],
        default=_AUTO,
        required=True,
        help="Automatic is half the number of texts per pick, between 10 and 150. With many kinds of text "
        "it finds more of them than 150 does.",
        **remembered(page.project.id, "k-how"),
    )
    if how == _NUMBER:
        most = max(1, distinct - 1)
        k = st.number_input("k", 1, most, min(50, most), width=240, **remembered(page.project.id, "k"))
        return method, int(k)
    return method, "auto" if how == _AUTO else 150


def _advanced(page: OpenPage) -> tuple[float, int]:
    with st.container(horizontal=True):
        rho = st.number_input(
            "Discount (rho)",
            1.01,
            1000.0,
            10.0,
            width=240,
            help="How much less a text counts once some of its neighbours are picked: with 10, ten times less for "
            "each. A larger number spreads the picks further.",
            **remembered(page.project.id, "rho"),
        )
        seed = st.number_input(
            "Seed",
            0,
            2**31 - 1,
            0,
            width=240,
            help="The same seed gives the same picks. Only the random method draws lots.",
            **remembered(page.project.id, "seed"),
        )
    return float(rho), int(seed)


def _pick_words(count: int) -> str:
    return f"Pick {count:,} text" + ("s" if count != 1 else "")


def _start(request: Callable[..., Job], page: OpenPage, wish: Wish) -> None:
    with errors_shown():
        request(page.project.id, **wish.arguments())
        st.rerun()


def _change(page: OpenPage, wish: Wish, *, picked: int, busy: bool) -> None:
    """Offer more picks, or a fresh start with other settings."""
    space = page.workspace
    with st.container(horizontal=True, vertical_alignment="center"):
        more = wish.budget - picked
        if more > 0 and st.button(f"Pick {more:,} more", disabled=busy):
            _start(space.request_selection, page, wish)
        with st.popover("Start afresh", disabled=busy):
            st.markdown("Picks anew with the settings above. Labelled texts stay and count; picks not yet labelled go.")
            if st.button(f"{_pick_words(wish.budget)} afresh"):
                _start(space.restart_selection, page, wish)
