"""Where a selection in two rounds stands, what comes next, and the way to go on without the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import errors_shown, escape

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.annotation import TwoRounds

__all__ = ["draw_rounds", "open_second_round"]


def draw_rounds(page: OpenPage, stand: TwoRounds, *, busy: bool) -> None:
    """Draw the round under way, how far it is, and what comes next."""
    with st.container(border=True, key="two-rounds"):
        share = stand.labelled / stand.size if stand.size else 1.0
        st.progress(share, text=f"**Round {stand.number} of 2: {stand.labelled} of {stand.size} labelled**")
        if stand.number == 2:
            st.caption(_second(page, stand))
            return
        st.caption(_first(page, stand))
        with st.popover("Go on without round 2", disabled=busy):
            st.markdown(
                f"Fast vote-k picks the other {_texts(stand.to_come)} at once, by votes alone. No model is asked, and "
                "nothing needs to be labelled first."
            )
            if st.button("Go on by fast vote-k", key="without-round-two"):
                _go_on(page, stand)


def open_second_round(page: OpenPage) -> None:
    """Start round two, and draw the page again to show it at work."""
    with errors_shown():
        page.workspace.request_second_round(page.project.id)
        st.rerun()


def _go_on(page: OpenPage, stand: TwoRounds) -> None:
    with errors_shown():
        page.workspace.request_selection(page.project.id, budget=stand.total, method="fast-vote-k")
        st.rerun()


def _first(page: OpenPage, stand: TwoRounds) -> str:
    model = page.workspace.model_settings(page.project.id)
    who = "the stand-in (no model)" if model.tier == "knn" else escape(model.model)
    if stand.ready:
        return (
            f"Round 1 is labelled. Next: {who} looks at every other text with your labels as examples, and round 2 "
            f"picks {_texts(stand.to_come)} by how sure it is. Which model is asked is set under *Model*."
        )
    rest = f"Label the other {stand.waiting}." if stand.labelled else f"Label these {_texts(stand.size)}."
    missing = stand.missing()
    if missing:
        rest = f"Round 2 opens when all of round 1 is closed: of the {stand.waiting} that are not, {missing}."
    return (
        f"{rest} Next: {who} looks at every other text with your labels as examples, and round 2 picks "
        f"{stand.to_come} more by how sure it is."
    )


def _second(page: OpenPage, stand: TwoRounds) -> str:
    rounds = [made for made in page.workspace.rounds(page.project.id) if "scoring" in made.parameters]
    if not rounds:
        return ""
    origin = rounds[0].parameters["scoring"]
    who = "The stand-in without a model" if origin["model"]["tier"] == "knn" else escape(str(origin["scorer"]))
    unread = f" For {origin['unread']:,} it told no confidence." if origin["unread"] else ""
    return (
        f"{who} has looked at {origin['scored']:,} texts with {_labels(len(origin['labels']))} as examples.{unread} "
        f"These {_texts(stand.size)} were picked by how sure it was."
    )


def _texts(count: int) -> str:
    return f"{count:,} text" + ("" if count == 1 else "s")


def _labels(count: int) -> str:
    return f"{count:,} label" + ("" if count == 1 else "s")
