"""Hand-out: how many people decide about each text, who gets which, and where a second opinion pays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pandas as pd
import streamlit as st

from ui.evaluate_parts import draw_table
from ui.frame import errors_shown, escape

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.annotation.overlap_plan import OverlapPlan
    from votek.datatypes import HandoutSettings, Member

__all__ = ["draw_handout"]

_WAYS: dict[Literal["open", "shares", "named"], str] = {
    "open": "Whoever comes next",
    "shares": "By shares",
    "named": "Some texts to named people",
}
_MOST = 5
_BUDGET = 15


def draw_handout(page: OpenPage) -> None:
    """Draw where the hand-out stands, its settings, and the plan for a second opinion."""
    members = [one for one in page.workspace.members(page.project.id) if one.person is not None]
    st.caption(
        "Texts are handed out a few at a time, so that nobody does what somebody else is doing, and nobody sees what "
        "others chose."
    )
    _draw_progress(page, members)
    _draw_settings(page, members)
    _draw_plan(page)


def _draw_progress(page: OpenPage, members: list[Member]) -> None:
    stand = page.workspace.handout_progress(page.project.id)
    if not stand.texts:
        st.info("No texts have been picked yet. Choose how many on the Select page; then they are handed out.")
        return
    words = f"{stand.closed:,} of {stand.texts:,} texts are decided by all who were to"
    more = [f"{stand.begun:,} by some of them"] if stand.begun else []
    more += [f"{stand.disputed:,} without a majority: settle them on the Review page"] if stand.disputed else []
    st.progress(stand.closed / stand.texts, text=f"{'; '.join([words, *more])}.")
    names = {one.person.id: _name(one) for one in members if one.person is not None}
    names |= page.workspace.person_names(page.project.id, [one for one in stand.people if one not in names])
    rows = [(names.get(one, one), mine.done, mine.held, mine.reserved) for one, mine in stand.people.items()]
    if rows:
        table = pd.DataFrame(rows, columns=["Person", "Decided", "Holds now", "Reserved"])
        draw_table(table, name="handout-people", alt="How many texts each person has decided about and holds now")


def _name(member: Member) -> str:
    return (member.person.name if member.person is not None else "") or member.email


def _draw_settings(page: OpenPage, members: list[Member]) -> None:
    stored = page.project.handout
    way = st.radio(
        "Who gets a text",
        [one for one in _WAYS if one != "named" or stored.assignment == "named"],
        index=list(_WAYS).index(stored.assignment),
        format_func=_WAYS.__getitem__,
        horizontal=True,
        key=f"{page.project.id}-handout-way",
        help="By shares: each person gets their part of the texts, whoever is faster.",
    )
    with st.form(f"{page.project.id}-handout", border=False):
        overlap = st.number_input(
            "People for each text",
            1,
            max(_MOST, stored.overlap),
            stored.overlap,
            help="Different people who decide about it, blind to each other. Two and more show where they disagree.",
        )
        minutes = st.number_input(
            "Minutes that a text stays with somebody who does nothing", 1, 10_080, max(1, round(stored.minutes))
        )
        shares = _draw_shares(members, stored) if way == "shares" else {}
        _draw_exceptions(stored)
        if st.form_submit_button("Save"):
            wanted = replace(
                stored, overlap=int(overlap), minutes=int(minutes), assignment=way, shares=shares or stored.shares
            )
            with errors_shown():
                page.workspace.set_handout(page.project.id, wanted, who=page.person.id)
                st.rerun()


def _draw_shares(members: list[Member], stored: HandoutSettings) -> dict[str, int]:
    st.caption("Parts for each person: 2 and 1 give the first twice as many; 0 gives none.")
    shares = {}
    for member in members:
        if member.person is not None:
            one = member.person.id
            before = stored.shares.get(one, 0 if stored.shares else 1)
            shares[one] = int(st.number_input(f"Parts for {escape(_name(member))}", 0, 1000, before, key=f"part-{one}"))
    return {person: part for person, part in shares.items() if part}


def _draw_exceptions(stored: HandoutSettings) -> None:
    if stored.items:
        count = f"{len(stored.items):,} texts have" if len(stored.items) != 1 else "1 text has"
        st.caption(f"{count} a number of people of their own.")
    if stored.named:
        st.caption(f"{len(stored.named):,} texts are named to people, by the command line or Python.")


def _draw_plan(page: OpenPage) -> None:
    if page.project.handout.overlap > 1:
        return
    with st.container(border=True, key="overlap-plan"):
        st.markdown("**A second opinion where it pays**")
        st.caption(
            "Labelling everything twice doubles the work. A few texts labelled twice already tell how far people "
            "agree, and guard the labels on which most depends."
        )
        budget = int(
            st.number_input("Extra labels you can afford", 1, 1000, _BUDGET, key=f"{page.project.id}-extra-labels")
        )
        with errors_shown():
            plan = page.workspace.overlap_plan(page.project.id, budget=budget)
            st.caption(escape(plan.note))
            if plan.choices:
                draw_table(_as_table(page, plan), name="overlap-plan-texts", alt="Texts for a second person, and why")
                if st.button(f"Ask a second person about these {len(plan.choices)}", key="apply-plan"):
                    page.workspace.apply_overlap_plan(page.project.id, budget=budget, who=page.person.id)
                    st.rerun()
                st.caption("Those that one person has labelled already are open again until a second has.")


def _as_table(page: OpenPage, plan: OverlapPlan) -> pd.DataFrame:
    dataset = page.workspace.dataset(page.project.id)
    texts = dict(zip(dataset.ids, dataset.texts, strict=True)) if dataset is not None else {}
    rows = [(texts.get(choice.item, ""), choice.reason, choice.item) for choice in plan.choices]
    return pd.DataFrame(rows, columns=["Text", "Why", "Id"])
