"""Floors: at least so many texts of each group, with what that takes of the budget shown before anything runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui.frame import escape
from ui.remember import remembered
from votek.errors import InputError
from votek.jobs.floors import MOST_COLUMNS, check_columns, floor_need

if TYPE_CHECKING:
    from ui.frame import OpenPage
    from votek.datatypes import Dataset

__all__ = ["choose_floors", "floors_query", "group_columns", "take_preset"]

_MOST_GROUPS = 500


def floors_query(columns: Sequence[str], floor: int) -> dict[str, str]:
    """URL parameters with which the Select page opens with these floors chosen; add `OpenPage.query`.

    >>> floors_query(["topic"], 3)
    {'groups': '["topic"]', 'floor': '3'}
    """
    return {"groups": json.dumps(list(columns)), "floor": str(floor)}


def take_preset(page: OpenPage, dataset: Dataset) -> None:
    """Put floors that the URL asks for into the settings, once."""
    wanted, floor = st.query_params.get("groups"), st.query_params.get("floor")
    if wanted is None or floor is None:
        return
    del st.query_params["groups"], st.query_params["floor"]
    try:
        columns = [str(name) for name in json.loads(wanted)]
        check_columns(dataset, columns, int(floor))
    except (ValueError, TypeError):  # an address that somebody changed by hand
        return
    there = group_columns(page, dataset)
    if all(name in there for name in columns):
        st.session_state[f"{page.project.id}-groups"] = columns
        st.session_state[f"{page.project.id}-floor"] = int(floor)


def group_columns(page: OpenPage, dataset: Dataset, *, gold: bool = False, most: int = _MOST_GROUPS) -> list[str]:
    """Columns that sort the texts into at most so many groups, named groups first; labels only if asked for."""
    uses = page.workspace.columns(page.project.id)
    hidden = {name for name, use in uses.items() if use in ("gold", "labelled")}
    found = []
    for name in map(str, dataset.fields.columns):
        if name in hidden and not gold:
            continue
        kinds = dataset.fields[name].nunique()
        if 1 < kinds <= min(most, max(2, len(dataset) // 2)):
            found.append(name)
    return sorted(found, key=lambda name: name not in dataset.groups)


def choose_floors(page: OpenPage, dataset: Dataset, *, budget: int) -> tuple[tuple[str, ...], int, bool]:
    """Draw the choice; (columns, floor, whether that fits the budget); no columns and 0 where nothing is chosen."""
    columns = group_columns(page, dataset)
    if not columns:
        return (), 0, True
    key = f"{page.project.id}-floor"
    with st.expander("Some of every group", expanded=bool(st.session_state.get(key))):
        st.caption(
            "Small groups are easily passed over. Name the column that says which group a text is in, and how many of "
            "each group are to be labelled at least."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.multiselect(
                "Group by",
                columns,
                max_selections=MOST_COLUMNS,
                placeholder="Choose a column; several are crossed",
                width=420,
                **remembered(page.project.id, "groups"),
            )
            floor = int(
                st.number_input("At least", 0, max(1, budget), 0, width=140, **remembered(page.project.id, "floor"))
            )
        if not chosen:
            if floor:
                st.caption("Choose a column to group by; until then the number has no effect.")
            return (), 0, True
        fits = _need(page, dataset, chosen, floor, budget)
        if floor and _made(page) not in (None, (tuple(chosen), floor)):
            st.info(
                "The picks so far were made without these floors. *Start afresh* below picks anew with them; labelled "
                "texts stay and count."
            )
    return (tuple(chosen), floor, fits) if floor else ((), 0, True)


def _made(page: OpenPage) -> tuple[tuple[str, ...], int] | None:
    """(columns, floor) that the picks in force were asked for with; None before there are any."""
    rounds = [made for made in page.workspace.rounds(page.project.id) if made.kind != "repair"]
    if not rounds:
        return None
    made = rounds[0].parameters
    asked = made.get("requested", made)
    return tuple(asked.get("groups", ())), int(asked.get("floor", 0))


def _need(page: OpenPage, dataset: Dataset, columns: list[str], floor: int, budget: int) -> bool:
    prepared = page.workspace.prepared(page.project.id)
    copies = dataset.duplicates if prepared is None else prepared.copies
    row_of = {item: row for row, item in enumerate(dataset.ids)}
    labelled = [row_of[item] for item in page.workspace.labels(page.project.id)]
    try:
        check_columns(dataset, columns, floor)
    except InputError as error:
        st.error(escape(str(error)))
        return False
    need = floor_need(dataset, columns, floor, copies=copies, labelled=labelled)
    if not floor:
        st.caption(f"{need.groups:,} groups. Raise the number to be sure of each.")
        return True
    small = f" {need.small:,} of them are smaller than that and are taken whole." if need.small else ""
    if need.picks <= budget:
        st.caption(
            f"{need.groups:,} groups: {need.picks:,} of the {budget:,} picks {'is' if need.picks == 1 else 'are'} kept "
            f"for them, where they are needed.{small}"
        )
        return True
    st.warning(
        f"{floor:,} of each of the {need.groups:,} groups takes {need.picks:,} picks, more than the {budget:,}. "
        "Lower the number, or label more texts."
    )
    return False
